import { describe, expect, it } from 'vitest';
import { EMPTY_PAYLOAD, encodePayload, extensionsOf } from '../../main/mvds/codec.ts';
import { MAX_PAYLOAD_BYTES, WINDOW_BYTES } from '../../main/mvds/constants.ts';
import type { SyncStore } from '../../main/mvds/ports.ts';
import { INBOX_GROUP_BYTES, STALL_MS } from '../../main/sync/constants.ts';
import { channelPair } from '../helpers/channels.ts';
import { HandTransport, TestDevices, turn } from './devices.ts';

const HELLO = { version: 1, storeId: 'ee'.repeat(16), maxPayloadBytes: 0, pending: 0 };
const hello = encodePayload({ ...EMPTY_PAYLOAD, hello: HELLO }, 'spec');

/** A device with peers that are played by the test: what it writes is kept, and taken or not. */
async function played(...names: readonly string[]) {
  const devices = new TestDevices();
  const transport = new HandTransport();
  const device = await devices.open('device', names, { transport });
  const begin = (name: string) => {
    const [own, theirs] = channelPair();
    transport.session({ peerId: name as never, path: 'lan', channel: own });
    return theirs;
  };
  return { devices, transport, device, begin };
}

/** A session whose other side says hello and then takes nothing. */
function stuck() {
  let bytes = 0;
  const pending: (() => void)[] = [];
  const frames: (Uint8Array | undefined)[] = [hello];
  let wake: () => void = () => undefined;
  let isClosed = false;
  const channel = {
    read: async () => {
      if (frames.length > 0) return frames.shift();
      if (!isClosed) await new Promise<void>((resolve) => (wake = resolve));
      return undefined;
    },
    write: (frame: Uint8Array) => {
      bytes += frame.byteLength;
      return new Promise<void>((resolve) => pending.push(resolve));
    },
    close: async () => {
      isClosed = true;
      wake();
    },
  };
  return { channel, bytes: () => bytes, isClosed: () => isClosed };
}

describe('live push', () => {
  it('has a message on the wire in the turn of the event loop in which it was written', async () => {
    const { device, begin } = await played('peer');
    const peer = begin('peer');
    await peer.write(hello);
    await turn();
    const arrived: Uint8Array[] = [];
    void (async () => {
      for (let frame = await peer.read(); frame; frame = await peer.read()) arrived.push(frame);
    })();
    await turn();
    arrived.length = 0;
    const nextTurn = turn();
    void device.write('now');
    await nextTurn;
    const text = Buffer.from('now');
    expect(arrived.some((frame) => Buffer.from(frame).includes(text))).toBe(true);
    // Who has not reconciled is told of nothing that it would be in step with.
    expect(arrived.map((frame) => extensionsOf(frame).hello?.pending)).not.toContain(0);
  });

  it('never lets a peer believe that it has all while more is on its way', async () => {
    const devices = new TestDevices();
    const [a, b] = [await devices.open('a', ['b']), await devices.open('b', ['a'])];
    await devices.pass(2_000);
    expect(b.of(a).state.kind).toBe('up-to-date');
    const writing = Promise.all(
      Array.from({ length: 1_500 }, (_, index) => a.write(`${index} ${'x'.repeat(900)}`)),
    );
    const claims: number[] = [];
    for (let had = 0; had < 1_500; had = await b.store.messages.count()) {
      if (had > 0 && b.of(a).state.kind === 'up-to-date') claims.push(had);
      await Promise.resolve();
      devices.clock.advance(1);
    }
    await writing;
    expect(claims).toEqual([]);
    await devices.pass(1_000);
    expect(b.of(a)).toMatchObject({ state: { kind: 'up-to-date' }, toReceive: 0 });
  });
});

describe('a peer that takes nothing', () => {
  it('is owed no more memory than a window, and delays nobody', async () => {
    const { devices, device, transport, begin } = await played('stuck', 'well');
    const other = stuck();
    transport.session({ peerId: 'stuck' as never, path: 'lan', channel: other.channel });
    const well = begin('well');
    await well.write(hello);
    await turn();
    let [received, bytes] = [0, 0];
    void (async () => {
      for (let frame = await well.read(); frame; frame = await well.read()) {
        received += Buffer.from(frame).toString('latin1').split('message ').length - 1;
        bytes += frame.byteLength;
      }
    })();
    for (let round = 0; round < 100; round += 1) {
      const texts = Array.from({ length: 100 }, (_, index) => `message ${round} ${index}`);
      await Promise.all(texts.map((text) => device.write(`${text} ${'x'.repeat(300)}`)));
    }
    await turn();
    expect(device.of('stuck' as never)).toMatchObject({ toSend: 10_000 });
    // One payload that waits for room, and a hello or two: no more is ever handed to its channel.
    expect(other.bytes()).toBeLessThan(MAX_PAYLOAD_BYTES + 1_024);
    // The other one has got a whole window meanwhile, and acknowledges nothing.
    expect(bytes).toBeGreaterThan(WINDOW_BYTES / 2);
    expect(received).toBeGreaterThan(1_000);
    expect(other.isClosed()).toBe(false);
    await devices.pass(STALL_MS + 1_000);
    expect(other.isClosed()).toBe(true);
  });

  it('is ended as stalled also where a buffer swallows all that is sent again', async () => {
    const { devices, device, begin } = await played('peer');
    const swallowing = begin('peer');
    await swallowing.write(hello);
    await turn();
    await device.write('into the void');
    await devices.pass(STALL_MS + 500, 500);
    expect(device.of('peer' as never).state).toMatchObject({ kind: 'failing', reason: 'stalled' });
  });

  it('is ended as stalled, dialled again after a wait, and given all when it is well again', async () => {
    const { devices, device, transport } = await played('peer');
    const peer = 'peer' as never;
    const { channel, isClosed } = stuck();
    transport.session({ peerId: peer, path: 'lan', channel });
    await device.write('sooner or later');
    await devices.pass(STALL_MS - 2_000);
    expect(device.of(peer)).toMatchObject({ state: { kind: 'reconciling' }, toSend: 1 });
    // The wait after a first failure is 0.75 s here.
    await devices.pass(2_500, 100);
    expect(isClosed()).toBe(true);
    expect(device.of(peer).state).toMatchObject({ kind: 'failing', reason: 'stalled' });
    await devices.pass(2_000);
    expect([...transport.keep]).toEqual([peer]);
    expect(device.activity).toContainEqual(
      expect.objectContaining({ kind: 'failed', detail: { reason: 'stalled' } }),
    );
    const again = stuck();
    transport.session({ peerId: peer, path: 'lan', channel: again.channel });
    await turn();
    expect(device.of(peer).state.kind).toBe('reconciling');
    expect(again.bytes()).toBeGreaterThan(0);
  });
});

describe('what goes wrong in a session', () => {
  it('ends it where the peer sends what is no payload, and keeps it away for a while', async () => {
    const { devices, device, transport, begin } = await played('peer');
    const channel = begin('peer');
    await channel.write(hello);
    await channel.write(new Uint8Array([255, 255, 255, 255]));
    await turn();
    expect(device.of('peer' as never).state).toMatchObject({ kind: 'failing', reason: 'protocol' });
    expect([...transport.keep, ...transport.accept]).toEqual([]);
    expect(await begin('peer').read()).toBeUndefined();
    await devices.pass(2_000);
    expect([...transport.keep]).toEqual(['peer']);
    device.orchestrator.syncNow();
    expect(transport.retried).toEqual(['peer']);
  });

  it('goes on where a payload is too large, tells of it, and ends it when that goes on', async () => {
    const { device, begin, devices } = await played('peer');
    const channel = begin('peer');
    await channel.write(hello);
    const huge = new Uint8Array(4 * 1024 * 1024 + 1);
    await channel.write(huge);
    await turn();
    expect(device.of('peer' as never).state.kind).not.toBe('failing');
    await devices.pass(2_000);
    expect(device.activity).toContainEqual(
      expect.objectContaining({ kind: 'refused', detail: { bytes: huge.byteLength } }),
    );
    for (let n = 0; n < 65; n += 1) await channel.write(huge);
    await turn();
    expect(device.of('peer' as never).state).toMatchObject({
      kind: 'failing',
      reason: 'misbehaving',
    });
  });

  it('tells of a frame that the network has skipped', async () => {
    const { devices, transport, device } = await played('peer');
    let skipped: (bytes: number) => void = () => undefined;
    const [channel, theirs] = channelPair();
    const onOversizedFrame = (listener: typeof skipped) => (skipped = listener);
    transport.session({ peerId: 'peer' as never, path: 'lan', channel, onOversizedFrame });
    await theirs.write(hello);
    await turn();
    skipped(700_000);
    await devices.pass(2_000);
    expect(device.activity.map(({ kind, detail }) => [kind, detail])).toContainEqual([
      'refused',
      { bytes: 700_000 },
    ]);
  });

  it('ends it when the group drops the peer', async () => {
    const { device, begin } = await played('peer');
    const channel = begin('peer');
    await channel.write(hello);
    await turn();
    device.group.drop('peer' as never);
    await turn();
    let frames = 0;
    while (await channel.read()) frames += 1;
    expect(frames).toBeGreaterThan(0);
    expect(await begin('peer').read()).toBeUndefined();
  });

  it('ends it where the peer speaks another version, and says which', async () => {
    const { device, begin } = await played('peer');
    const channel = begin('peer');
    await device.write('not for this version');
    const other = { ...HELLO, version: 7 };
    await channel.write(encodePayload({ ...EMPTY_PAYLOAD, hello: other }, 'spec'));
    await turn();
    const versions: (number | undefined)[] = [];
    for (let frame = await channel.read(); frame; frame = await channel.read()) {
      versions.push(extensionsOf(frame).hello?.version);
    }
    expect(new Set(versions)).toEqual(new Set([1]));
    expect(device.of('peer' as never).state).toEqual({ kind: 'incompatible', ours: 1, theirs: 7 });
    expect(device.activity).toEqual([]);
    await device.orchestrator.stop();
    expect(device.activity.map(({ kind }) => kind)).toEqual(['connected', 'incompatible']);
  });

  it('ends it where this device cannot write, and goes on when it can', async () => {
    const devices = new TestDevices();
    let isFull = false;
    const wrap = (store: SyncStore): SyncStore => ({
      ...store,
      commit: (changes) =>
        isFull ? Promise.reject(new Error('disk full')) : store.commit(changes),
    });
    const a = await devices.open('a', ['b'], { wrap });
    const b = await devices.open('b', ['a']);
    await devices.pass(2_000);
    isFull = true;
    await b.write('cannot be kept');
    await devices.pass(500, 100);
    expect(a.of(b).state).toMatchObject({ kind: 'failing', reason: 'store' });
    expect(a.errors.length).toBeGreaterThan(0);
    isFull = false;
    await devices.pass(20_000);
    expect(await a.texts()).toEqual(['cannot be kept']);
    expect([a.of(b).state.kind, b.of(a).state.kind]).toEqual(['up-to-date', 'up-to-date']);
  });

  it('resumes where it stopped', async () => {
    const devices = new TestDevices();
    const [a, b] = [await devices.open('a', ['b']), await devices.open('b', ['a'])];
    await Promise.all(Array.from({ length: 2_000 }, (_, i) => a.write(`${i} ${'x'.repeat(900)}`)));
    devices.clock.advance(1);
    while ((await b.store.messages.count()) < 500) await Promise.resolve();
    devices.network.setReachable(b.peerId, false);
    await devices.pass(2_000);
    const before = await b.store.messages.count();
    expect(before).toBeGreaterThanOrEqual(500);
    expect(before).toBeLessThan(2_000);
    devices.network.setReachable(b.peerId, true);
    await devices.pass(5_000);
    expect(await b.store.messages.count()).toBe(2_000);
    // Messages that were acknowledged, or found out to be held, did not come again. Those of the group that was being committed may.
    expect(b.of(a).bytesReceived).toBeLessThan((2_000 - before) * 1_100 + INBOX_GROUP_BYTES);
  });
});

describe('a status', () => {
  it('is told to whoever subscribes, at most five times a second', async () => {
    const devices = new TestDevices();
    const [a, b] = [await devices.open('a', ['b']), await devices.open('b', ['a'])];
    await devices.pass(2_000);
    const told: number[] = [];
    const end = a.orchestrator.subscribe((peers) => told.push(peers[0]?.toSend ?? -1));
    for (let index = 0; index < 50; index += 1) await a.write(`${index}`);
    await devices.pass(1_000, 10);
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThanOrEqual(6);
    expect(told.at(-1)).toBe(0);
    end();
    const before = told.length;
    await b.write('more');
    await devices.pass(1_000);
    expect(told).toHaveLength(before);
  });
});
