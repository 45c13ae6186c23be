import { expect, test } from 'vitest';
import { utf8 } from '../../main/helpers/bytes.ts';
import { decodePayload, EMPTY_PAYLOAD, encodePayload } from '../../main/mvds/codec.ts';
import { messageIdOf } from '../../main/mvds/ids.ts';
import { createMemorySyncStore, type MemorySyncStore } from '../../main/mvds/memory-store.ts';
import type { NewMessage } from '../../main/mvds/ports.ts';
import type { GroupId, PeerId } from '../../main/mvds/types.ts';
import type { PeerGroup } from '../../main/sync/ports.ts';
import { channelPair } from '../helpers/channels.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { A, B, connect, GROUP, inStep, Side } from './side.ts';

const STORE_A = 'aa'.repeat(16);
const STORE_B = 'bb'.repeat(16);

/** Message number `n`: a minute after the one before. */
function history(n: number): NewMessage {
  const [timestamp, body] = [BigInt(n) * 60_000n, utf8(`message ${n}`)];
  const id = messageIdOf(GROUP, timestamp, body);
  const message = {
    id,
    groupId: GROUP,
    timestamp,
    body,
    metadata: { parents: [], ephemeral: false },
  };
  return { message, delivered: true, source: undefined };
}

async function storeWith(messages: readonly NewMessage[]): Promise<MemorySyncStore> {
  const store = createMemorySyncStore();
  await store.commit({ addMessages: messages });
  return store;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** What passed between the two. */
class Traffic {
  readonly sent = new Map<Side, number>();
  /** Bytes of everything but the messages themselves. */
  overhead = 0;
  offers = 0;
  frames = 0;

  readonly watch = (from: Side, frame: Uint8Array): void => {
    const decoded = decodePayload(frame);
    if (!decoded.ok) throw new Error('no payload');
    const { messages, offers } = decoded.payload;
    this.sent.set(from, (this.sent.get(from) ?? 0) + messages.length);
    this.offers += offers.length;
    this.frames += 1;
    const bodies = encodePayload({ ...EMPTY_PAYLOAD, messages }, 'spec').byteLength;
    this.overhead += frame.byteLength - bodies;
  };
}

async function open(
  a: MemorySyncStore,
  b: MemorySyncStore,
  storeB = STORE_B,
): Promise<{ clock: ManualClock; a: Side; b: Side }> {
  const clock = new ManualClock();
  return {
    clock,
    a: await Side.open(B, clock, a, STORE_A),
    b: await Side.open(A, clock, b, storeB),
  };
}

test('two that never met and hold the same find that out, and send no message', async () => {
  const same = numbers(2_000).map(history);
  const { clock, a, b } = await open(await storeWith(same), await storeWith([...same].reverse()));
  const traffic = new Traffic();
  connect(a, b, traffic.watch);
  await inStep(clock, a, b);
  expect([...traffic.sent.values()]).toEqual([0, 0]);
  expect(traffic.offers).toBe(0);
  expect(traffic.overhead).toBeLessThan(1_000);
  expect(await a.store.records.counts(B)).toEqual({ offers: 0, requests: 0, messages: 0 });
  const cursor = (await a.store.records.cursors(B)).get(GROUP);
  expect(cursor).toEqual({ storeId: STORE_B, sequence: 2_000 });
});

test('each gets what only the other holds, once, and nothing else', async () => {
  const all = numbers(3_000).map(history);
  const onlyA = new Set([5, 700, 701, 2_999]);
  const onlyB = new Set([0, 1_500, 2_998]);
  const { clock, a, b } = await open(
    await storeWith(all.filter((_, n) => !onlyB.has(n))),
    await storeWith(all.filter((_, n) => !onlyA.has(n))),
  );
  const traffic = new Traffic();
  connect(a, b, traffic.watch);
  await inStep(clock, a, b);
  expect(await a.store.messages.count()).toBe(3_000);
  expect(await b.store.messages.count()).toBe(3_000);
  expect([traffic.sent.get(a), traffic.sent.get(b)]).toEqual([4, 3]);
});

test('while it is not known what the other holds, nobody is told a number or that all is well', async () => {
  const same = numbers(100).map(history);
  const { clock, a, b } = await open(await storeWith(same), await storeWith(same.slice(50)));
  const seen = new Set<string>();
  a.orchestrator.subscribe(([status]) => status && seen.add(status.state.kind));
  const pending: (number | undefined)[] = [];
  connect(a, b, (_, frame) => {
    const decoded = decodePayload(frame);
    if (decoded.ok && decoded.payload.hello) pending.push(decoded.payload.hello.pending);
  });
  await inStep(clock, a, b);
  expect(pending.slice(0, 2)).toEqual([undefined, undefined]);
  expect(pending.at(-1)).toBe(0);
});

test('a store that was restored from a backup gets what it lost, and only that', async () => {
  const all = numbers(500).map(history);
  const whole = await storeWith(all);
  const met = await open(whole, await storeWith(all));
  const cut = connect(met.a, met.b);
  await inStep(met.clock, met.a, met.b);
  await cut();
  await met.b.orchestrator.stop();
  // The backup knows of cursors, as the store that it was made of did; what it holds is older, and so it has another id.
  const restored = await Side.open(
    A,
    met.clock,
    await storeWith(all.slice(0, 400)),
    'cc'.repeat(16),
  );
  const traffic = new Traffic();
  connect(met.a, restored, traffic.watch);
  await inStep(met.clock, met.a, restored);
  expect(await restored.store.messages.count()).toBe(500);
  expect(traffic.sent.get(met.a)).toBe(100);
  expect((await whole.records.cursors(B)).get(GROUP)?.storeId).toBe('cc'.repeat(16));
});

test('what both believed to be held, and is not, is found and sent', async () => {
  const all = numbers(300).map(history);
  const [a, b] = [await storeWith(all), await storeWith(all.filter((_, n) => n !== 123))];
  await a.commit({ setCursors: [{ peerId: B, groupIds: [GROUP], storeId: STORE_B }] });
  await b.commit({ setCursors: [{ peerId: A, groupIds: [GROUP], storeId: STORE_A }] });
  const sides = await open(a, b);
  connect(sides.a, sides.b);
  await inStep(sides.clock, sides.a, sides.b);
  expect(await b.messages.count()).toBe(300);
});

test('100,000 messages and 1,000 scattered ones with a cursor: at most 60 kB beside the messages', async () => {
  const old = numbers(100_000).map(history);
  const sides = await open(await storeWith(old), await storeWith(old));
  const first = new Traffic();
  const cut = connect(sides.a, sides.b, first.watch);
  await inStep(sides.clock, sides.a, sides.b);
  expect(first.overhead).toBeLessThan(1_000);
  await cut();
  await sides.a.until(sides.clock, () => sides.a.status()?.state.kind === 'offline');
  for (const n of numbers(1_000)) await sides.a.write(`new ${n}`, BigInt(n) * 6_000_001n);
  const traffic = new Traffic();
  connect(sides.a, sides.b, traffic.watch);
  await inStep(sides.clock, sides.a, sides.b);
  expect(await sides.b.store.messages.count()).toBe(101_000);
  expect(traffic.sent.get(sides.a)).toBe(1_000);
  expect(traffic.overhead).toBeLessThan(60_000);
});

test('a peer that speaks plain MVDS is served by offers', async () => {
  const clock = new ManualClock();
  const a = await Side.open(B, clock, await storeWith(numbers(3).map(history)), STORE_A);
  const [end, plain] = channelPair();
  a.session({ peerId: B, path: 'lan', channel: end });
  const wanted = history(9).message;
  await plain.write(encodePayload({ ...EMPTY_PAYLOAD, messages: [wanted] }, 'spec'));
  const offered = new Set<string>();
  const acked: string[] = [];
  while (offered.size < 3 || acked.length === 0) {
    const frame = await plain.read();
    if (!frame) throw new Error('the session has ended');
    const decoded = decodePayload(frame);
    if (!decoded.ok) throw new Error('no payload');
    acked.push(...decoded.payload.acks);
    for (const id of decoded.payload.offers) offered.add(id);
    expect(decoded.payload.reconcile ?? []).toEqual([]);
  }
  expect([...offered].sort()).toEqual(
    numbers(3)
      .map((n) => history(n).message.id)
      .sort(),
  );
  expect(acked).toEqual([wanted.id]);
});

test('a group that one of them comes to share during the session is reconciled, too', async () => {
  const later = '02'.repeat(32) as GroupId;
  const inLater = ({ message, ...rest }: NewMessage): NewMessage => ({
    ...rest,
    message: {
      ...message,
      groupId: later,
      id: messageIdOf(later, message.timestamp, message.body),
    },
  });
  for (const late of [A, B]) {
    const clock = new ManualClock();
    const groups = new Map([
      [A, growing(B, late === A ? [GROUP] : [GROUP, later])],
      [B, growing(A, late === B ? [GROUP] : [GROUP, later])],
    ]);
    const [a, b] = [await storeWith([inLater(history(1))]), await storeWith([inLater(history(2))])];
    const one = await Side.open(B, clock, a, STORE_A, groups.get(A));
    const two = await Side.open(A, clock, b, STORE_B, groups.get(B));
    connect(one, two);
    await one.until(clock, () => one.status()?.state.kind === 'reconciling');
    groups.get(late)?.grow([GROUP, later]);
    await inStep(clock, one, two);
    expect([await a.messages.count(), await b.messages.count()]).toEqual([2, 2]);
  }
});

function growing(
  peer: PeerId,
  groups: readonly GroupId[],
): PeerGroup & {
  grow: (groups: readonly GroupId[]) => void;
} {
  let members = new Map([[peer, new Set(groups)]]);
  let changed = (): void => undefined;
  return {
    get members() {
      return members;
    },
    onChange: (listener) => (changed = listener),
    grow(more) {
      members = new Map([[peer, new Set(more)]]);
      changed();
    },
  };
}
