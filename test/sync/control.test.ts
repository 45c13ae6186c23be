import { describe, expect, it } from 'vitest';
import { UnknownPeerError } from '../../main/sync/orchestrator.ts';
import { toPeerId } from '../../main/mvds/ids.ts';
import { TestDevices } from './devices.ts';

async function pair() {
  const devices = new TestDevices();
  const [a, b] = [await devices.open('a', ['b']), await devices.open('b', ['a'])];
  await devices.pass(1_000);
  return { devices, a, b };
}

const UP_TO_DATE = { state: { kind: 'up-to-date' }, toSend: 0, toReceive: 0 };

describe('pause and resume', () => {
  it('ends the session on both sides, which say why, and nothing passes until it is resumed', async () => {
    const { devices, a, b } = await pair();
    expect([a.of(b), b.of(a)]).toMatchObject([UP_TO_DATE, UP_TO_DATE]);
    a.orchestrator.pause(b.peerId);
    await devices.pass(1_000);
    expect(a.of(b).state).toEqual({ kind: 'paused' });
    expect(b.of(a).state).toEqual({ kind: 'paused-there' });
    await a.write('from a');
    await b.write('from b');
    await devices.pass(20 * 60_000);
    expect([a.of(b), b.of(a)]).toMatchObject([
      { state: { kind: 'paused' }, toSend: 1, toReceive: undefined },
      { state: { kind: 'paused-there' }, toSend: 1, toReceive: undefined },
    ]);
    expect(await a.texts()).toEqual(['from a']);

    a.orchestrator.resume(b.peerId);
    await devices.pass(1_000);
    expect([a.of(b), b.of(a)]).toMatchObject([UP_TO_DATE, UP_TO_DATE]);
    expect(await b.texts()).toEqual(['from a', 'from b']);
  });

  it('on both sides needs both to resume, in either order', async () => {
    const { devices, a, b } = await pair();
    a.orchestrator.pause(b.peerId);
    b.orchestrator.pause(a.peerId);
    await devices.pass(2_000);
    expect([a.of(b).state.kind, b.of(a).state.kind]).toEqual(['paused', 'paused']);
    a.orchestrator.resume(b.peerId);
    await devices.pass(2_000);
    expect([a.of(b).state.kind, b.of(a).state.kind]).toEqual(['paused-there', 'paused']);
    b.orchestrator.resume(a.peerId);
    await devices.pass(2_000);
    expect([a.of(b), b.of(a)]).toMatchObject([UP_TO_DATE, UP_TO_DATE]);
  });

  it('is told to a peer that was away when it was set', async () => {
    const { devices, a, b } = await pair();
    devices.network.setReachable(b.peerId, false);
    a.orchestrator.pause(b.peerId);
    await devices.pass(5_000);
    devices.network.setReachable(b.peerId, true);
    await devices.pass(5_000);
    expect(b.of(a).state.kind).toBe('paused-there');
  });
});

describe('an interval', () => {
  it('connects, synchronizes and disconnects, and so again, with a live peer that waits for it', async () => {
    const { devices, a, b } = await pair();
    a.orchestrator.setInterval(b.peerId, 60);
    await devices.pass(2_000);
    const next = devices.clock.now() + 58_000;
    expect(a.of(b).state).toMatchObject({ kind: 'offline' });
    expect(b.of(a).state).toMatchObject({ kind: 'offline', nextAt: expect.any(Number) as number });
    await a.write('from a');
    await b.write('from b');
    await devices.pass(50_000);
    expect(await a.texts()).toEqual(['from a']);
    expect(b.of(a)).toMatchObject({ state: { kind: 'offline' }, toSend: 1 });
    await devices.pass(next - devices.clock.now() + 3_000);
    expect(await a.texts()).toEqual(['from a', 'from b']);
    expect(await b.texts()).toEqual(['from a', 'from b']);
    expect([a.of(b), b.of(a)]).toMatchObject([
      { state: { kind: 'offline' }, toSend: 0 },
      { state: { kind: 'offline' }, toSend: 0 },
    ]);
    expect(a.activity.map(({ kind }) => kind)).not.toContain('failed');
  });

  it('works when both have one, and ends when it is set back to live', async () => {
    const { devices, a, b } = await pair();
    a.orchestrator.setInterval(b.peerId, 60);
    b.orchestrator.setInterval(a.peerId, 200);
    await devices.pass(5_000);
    await b.write('from b');
    await devices.pass(70_000);
    expect(await a.texts()).toEqual(['from b']);
    expect(a.of(b).state.kind).toBe('offline');
    for (const [device, other] of [
      [a, b],
      [b, a],
    ] as const) {
      device.orchestrator.setInterval(other.peerId, 'live');
    }
    await devices.pass(5_000);
    expect([a.of(b), b.of(a)]).toMatchObject([UP_TO_DATE, UP_TO_DATE]);
  });

  it('is cut short by syncNow, from either side', async () => {
    const { devices, a, b } = await pair();
    a.orchestrator.setInterval(b.peerId, 3_600);
    await devices.pass(2_000);
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const text = `from ${from.peerId}`;
      await from.write(text);
      from.orchestrator.syncNow(to.peerId);
      await devices.pass(2_000);
      expect(await to.texts()).toContain(text);
      expect(a.of(b).state.kind).toBe('offline');
    }
  });
});

describe('removal', () => {
  it('ends a transfer at once, and leaves nothing but the word that it is removed', async () => {
    const devices = new TestDevices();
    const a = await devices.open('a', ['b']);
    await Promise.all(
      Array.from({ length: 3_000 }, (_, index) => a.write(`${index} ${'x'.repeat(900)}`)),
    );
    const b = await devices.open('b', ['a']);
    devices.clock.advance(1);
    // Until something has arrived, and not all.
    while ((await b.store.messages.count()) === 0) await Promise.resolve();
    a.group.drop(b.peerId);
    await devices.pass(60_000);
    const arrived = await b.store.messages.count();
    expect(arrived).toBeGreaterThan(0);
    expect(arrived).toBeLessThan(3_000);
    expect(a.of(b)).toMatchObject({ state: { kind: 'removed' }, toSend: 0 });
    expect(await a.store.records.counts(b.peerId)).toMatchObject({ messages: 0, offers: 0 });
    expect(b.of(a).state.kind).toBe('offline');
    expect(() => a.orchestrator.pause(b.peerId)).toThrow(UnknownPeerError);
    expect(a.errors).toEqual([]);
  });
});

describe('what is known of messages and of the past', () => {
  it('says on which devices a message is known to be', async () => {
    const devices = new TestDevices();
    const a = await devices.open('a', ['b', 'c']);
    const b = await devices.open('b', ['a', 'c']);
    const { id } = await a.write('to whom it may concern');
    await devices.pass(2_000);
    const holders = async () => [...((await a.orchestrator.holders([id])).get(id) ?? [])];
    expect(await holders()).toEqual([b.peerId]);
    const c = await devices.open('c', ['a', 'b']);
    await devices.pass(5_000);
    expect(await holders()).toEqual([b.peerId, c.peerId]);
    a.group.drop(b.peerId);
    await devices.pass(1_000);
    expect(await holders()).toEqual([c.peerId]);
    const unknown = (await c.write('elsewhere')).id;
    expect((await b.orchestrator.holders([id])).get(id)?.size).toBe(2);
    devices.network.setReachable(a.peerId, false);
    expect((await a.orchestrator.holders([`${unknown.slice(0, -1)}x` as typeof id])).size).toBe(0);
  });

  it('passes on what came from one device to the others, and never back', async () => {
    const devices = new TestDevices();
    const a = await devices.open('a', ['b']);
    const b = await devices.open('b', ['a', 'c']);
    const c = await devices.open('c', ['b']);
    await devices.pass(2_000);
    await a.write('through b');
    await devices.pass(5_000);
    expect(await c.texts()).toEqual(['through b']);
    const kinds = b.activity.filter(({ kind }) => kind === 'sent' || kind === 'received');
    expect(kinds).toEqual([]);
    await b.orchestrator.stop();
    const sums = b.activity.filter(({ kind }) => kind === 'sent' || kind === 'received');
    expect(sums.map(({ kind, peerId, detail }) => [kind, peerId, detail.messages])).toEqual([
      ['received', a.peerId, 1],
      ['sent', c.peerId, 1],
    ]);
  });

  it('tells of both in an activity log that a person can read', async () => {
    const { devices, a, b } = await pair();
    for (let count = 0; count < 12; count += 1) await a.write(`${count}`);
    for (let count = 0; count < 3; count += 1) await b.write(`b ${count}`);
    await devices.pass(3_000);
    a.orchestrator.pause(b.peerId);
    await devices.pass(3_000);
    expect(a.activity.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['connected', { path: 'direct' }],
      ['paused', {}],
      ['sent', { messages: 12 }],
      ['received', { messages: 3 }],
      ['disconnected', {}],
    ]);
    expect(b.activity.at(-1)).toMatchObject({ kind: 'paused', detail: { there: true } });
    expect(() => a.orchestrator.resume(toPeerId('nobody'))).toThrow(UnknownPeerError);
  });
});
