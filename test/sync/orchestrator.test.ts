import { describe, expect, it, onTestFinished } from 'vitest';
import { StaticGroup } from '../../main/group/static-group.ts';
import { utf8 } from '../../main/helpers/bytes.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import type { MemorySyncStore } from '../../main/mvds/memory-store.ts';
import type { GroupId, PeerId } from '../../main/mvds/types.ts';
import { Orchestrator } from '../../main/sync/orchestrator.ts';
import type { Session } from '../../main/sync/ports.ts';
import { channelPair } from '../helpers/channels.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const GROUP = '01'.repeat(32) as GroupId;
const [A, B] = ['a', 'b'] as [PeerId, PeerId];

class Side {
  readonly store: MemorySyncStore;
  readonly errors: unknown[] = [];
  orchestrator!: Orchestrator;
  session: (session: Session) => void = () => undefined;
  wanted: ReadonlySet<PeerId> = new Set();
  #wake: () => void = () => undefined;

  private constructor(store: MemorySyncStore) {
    this.store = store;
  }

  static async open(
    peer: PeerId,
    clock: ManualClock,
    store = createMemorySyncStore(),
    storeId = (peer === B ? 'aa' : 'bb').repeat(16),
  ): Promise<Side> {
    const side = new Side(store);
    side.orchestrator = await Orchestrator.open({
      store,
      storeId,
      transport: {
        want: (keep) => (side.wanted = keep),
        retry: () => undefined,
        onSession: (listener) => (side.session = listener),
      },
      group: new StaticGroup([peer], [GROUP]),
      clock,
      random: { next: () => 0.5 },
      onDelivered: () => side.#wake(),
      onError: (error) => side.errors.push(error),
    });
    side.orchestrator.subscribe(() => side.#wake());
    await side.orchestrator.start();
    onTestFinished(() => side.orchestrator.stop());
    return side;
  }

  async write(text: string): Promise<void> {
    await this.orchestrator.append(GROUP, 1n, utf8(text));
  }

  status() {
    return this.orchestrator.peers()[0];
  }

  async bodies(): Promise<string[]> {
    const messages = await this.store.messages.arrivedAfter(0, 10_000);
    return messages.map(({ body }) => Buffer.from(body).toString('utf8')).sort();
  }

  /** Resolves once `holds`; asked again after every change that the side tells of. */
  async until(clock: ManualClock, holds: () => Promise<boolean> | boolean): Promise<void> {
    while (!(await holds())) {
      const changed = new Promise<void>((resolve) => (this.#wake = resolve));
      // Status is told of on the clock; time passes as often as it takes.
      clock.advance(200);
      await Promise.race([changed, new Promise((resolve) => setImmediate(resolve))]);
    }
  }
}

/** A session between two sides; the returned function cuts it. */
function connect(a: Side, b: Side): () => Promise<void> {
  const [endA, endB] = channelPair();
  a.session({ peerId: B, path: 'relay', channel: endA });
  b.session({ peerId: A, path: 'relay', channel: endB });
  return () => endA.close();
}

async function inStep(clock: ManualClock, ...sides: Side[]): Promise<void> {
  for (const side of sides) {
    await side.until(clock, () => side.status()?.state.kind === 'up-to-date');
  }
}

describe('the orchestrator', () => {
  it('wants the members of the group, and gives a newcomer everything', async () => {
    const clock = new ManualClock();
    const [a, b] = [await Side.open(B, clock), await Side.open(A, clock)];
    expect([...a.wanted]).toEqual([B]);
    for (const text of ['one', 'two', 'three']) await a.write(text);
    await b.write('four');
    expect(a.status()).toMatchObject({ state: { kind: 'connecting' }, toSend: 3 });
    expect(a.status()?.toReceive).toBeUndefined();

    connect(a, b);
    await inStep(clock, a, b);
    expect(await a.bodies()).toEqual(['four', 'one', 'three', 'two']);
    expect(await b.bodies()).toEqual(await a.bodies());
    for (const side of [a, b]) {
      expect(side.status()).toMatchObject({ toSend: 0, toReceive: 0 });
      expect(side.status()?.lastInSync).toBeGreaterThan(0);
      expect(side.errors).toEqual([]);
    }
  });

  it('never says up to date before the other side has said that it has nothing more', async () => {
    const clock = new ManualClock();
    const a = await Side.open(B, clock);
    const [endA] = channelPair();
    a.session({ peerId: B, path: 'lan', channel: endA });
    await a.until(clock, () => a.status()?.state.kind === 'connecting');
    clock.advance(20_000);
    expect(a.status()).toMatchObject({ state: { kind: 'connecting', path: 'lan' }, toSend: 0 });
    expect(a.status()?.lastInSync).toBeUndefined();
  });

  it('counts what the other side has not acknowledged, and sends it when the other is back', async () => {
    const clock = new ManualClock();
    const [a, b] = [await Side.open(B, clock), await Side.open(A, clock)];
    const cut = connect(a, b);
    await inStep(clock, a, b);
    await cut();
    await a.until(clock, () => a.status()?.state.kind === 'offline');
    for (const text of ['while', 'away']) await a.write(text);
    expect(a.status()).toMatchObject({ state: { kind: 'offline' }, toSend: 2 });

    connect(a, b);
    await inStep(clock, a, b);
    expect(await b.bodies()).toEqual(['away', 'while']);
  });

  it('takes a new session in place of one that hangs', async () => {
    const clock = new ManualClock();
    const [a, b] = [await Side.open(B, clock), await Side.open(A, clock)];
    const [hanging] = channelPair();
    a.session({ peerId: B, path: 'lan', channel: hanging });
    await a.write('into the hanging session');
    connect(a, b);
    await inStep(clock, a, b);
    expect(await b.bodies()).toEqual(['into the hanging session']);
    expect(await hanging.read()).toBeUndefined();
  });

  it('sends everything again to a peer that has lost its store', async () => {
    const clock = new ManualClock();
    const a = await Side.open(B, clock);
    const first = await Side.open(A, clock);
    for (const text of ['kept', 'safe']) await a.write(text);
    await first.write('written there');
    const cut = connect(a, first);
    await inStep(clock, a, first);
    await cut();
    await a.until(clock, () => a.status()?.state.kind === 'offline');

    const anew = await Side.open(A, clock, createMemorySyncStore(), 'cc'.repeat(16));
    connect(a, anew);
    await anew.until(clock, async () => (await anew.bodies()).length === 3);
    expect(await anew.bodies()).toEqual(['kept', 'safe', 'written there']);
  });

  it('survives bytes that are no payload', async () => {
    const clock = new ManualClock();
    const [a, b] = [await Side.open(B, clock), await Side.open(A, clock)];
    const [endA, hostile] = channelPair();
    a.session({ peerId: B, path: 'lan', channel: endA });
    await hostile.write(new Uint8Array([255, 255, 255, 255]));
    await a.write('still here');
    connect(a, b);
    await inStep(clock, a, b);
    expect(await b.bodies()).toEqual(['still here']);
  });
});
