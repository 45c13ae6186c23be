import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import { describe, expect, it } from 'vitest';
import { Heartbeats } from '../../main/network/heartbeat.ts';
import { Gate } from '../../main/network/gate.ts';
import type { PeerId } from '../../main/mvds/types.ts';
import { keysOf } from '../helpers/identities.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const [RELAY, ONE, OTHER] = [9, 1, 2].map((number) => keysOf(number).peerId) as [
  PeerId,
  PeerId,
  PeerId,
];
const DIRECT = multiaddr(`/ip4/127.0.0.1/tcp/4001`);
const RELAYED = multiaddr(`/ip4/127.0.0.1/tcp/4001/p2p/${RELAY}/p2p-circuit/p2p/${OTHER}`);

type Handler = (stream: Stream, connection: Connection) => void;

/** One end of a stream, as much of it as heartbeats use; what it sends arrives at the other end `delayMs` later. */
class End extends EventTarget {
  readonly status = 'open';
  sent = 0;
  isCut = false;
  peer: End | undefined;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    super();
    this.#clock = clock;
  }

  send(data: Uint8Array): boolean {
    this.sent += 1;
    if (this.isCut) return true;
    this.#clock.schedule(5, () =>
      this.peer?.dispatchEvent(Object.assign(new Event('message'), { data })),
    );
    return true;
  }
}

/** One end of a connection whose other end is another `Heartbeats`. */
class Wire extends EventTarget {
  readonly status = 'open';
  readonly ends: End[] = [];
  abortedAt: number | undefined;
  other: Wire | undefined;
  accept: Handler | undefined;
  readonly remotePeer: { toString(): string };
  readonly remoteAddr;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock, remotePeer: PeerId, remoteAddr = DIRECT) {
    super();
    this.#clock = clock;
    this.remotePeer = { toString: () => remotePeer };
    this.remoteAddr = remoteAddr;
  }

  get asConnection(): Connection {
    return this as unknown as Connection;
  }

  async newStream(): Promise<Stream> {
    const [here, there] = [new End(this.#clock), new End(this.#clock)];
    [here.peer, there.peer] = [there, here];
    this.ends.push(here);
    this.other?.ends.push(there);
    this.other?.accept?.(there as unknown as Stream, this.other.asConnection);
    return here as unknown as Stream;
  }

  abort(): void {
    this.abortedAt ??= this.#clock.now();
    this.dispatchEvent(new Event('close'));
    for (const end of this.ends) end.dispatchEvent(new Event('close'));
  }

  get sent(): number {
    return this.ends.reduce((sum, { sent }) => sum + sent, 0);
  }

  cut(): void {
    for (const end of this.ends) end.isCut = true;
  }
}

async function pairOfWires(clock: ManualClock, remoteAddr = DIRECT): Promise<[Wire, Wire]> {
  const [near, far] = [new Wire(clock, OTHER, remoteAddr), new Wire(clock, ONE, remoteAddr)];
  [near.other, far.other] = [far, near];
  return [near, far];
}

/** Answers on its side of the wires, and may know of connections to a relay. */
async function beating(clock: ManualClock, wire: Wire, carriers: Wire[] = []): Promise<Heartbeats> {
  const heartbeats = new Heartbeats(clock);
  const gate = new Gate();
  gate.setMembers(new Set([ONE, OTHER]));
  const node = {
    addEventListener: () => undefined,
    handle: async (_protocol: string, handler: Handler) => void (wire.accept = handler),
    getConnections: () => carriers,
  };
  await heartbeats.start(node as unknown as Libp2p, gate);
  return heartbeats;
}

/** Answers as a relay does. */
async function serving(clock: ManualClock, wire: Wire): Promise<void> {
  const node = {
    handle: async (_protocol: string, handler: Handler) => void (wire.accept = handler),
  };
  await new Heartbeats(clock).serve(node as unknown as Libp2p, () => true);
}

/** Lets what waits for promises alone go on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

async function watched(remoteAddr = DIRECT, carriers: Wire[] = []) {
  const clock = new ManualClock();
  const [near, far] = await pairOfWires(clock, remoteAddr);
  const heartbeats = await beating(clock, near, carriers);
  const others = await beating(clock, far);
  heartbeats.watch(near.asConnection);
  await settled();
  /** Bytes of another stream have come on both sides. */
  const heard = () => {
    heartbeats.heard(near.asConnection);
    others.heard(far.asConnection);
  };
  return { clock, near, far, heartbeats, heard };
}

describe('two devices that have nothing to say', () => {
  it('exchange five beats a minute, and only one of them asks', async () => {
    const { clock, near, far, heartbeats } = await watched();
    clock.advance(11_000);
    const before = [near.sent, far.sent];
    clock.advance(60_000);
    expect([near.sent - (before[0] ?? 0), far.sent - (before[1] ?? 0)]).toEqual([5, 5]);
    expect(near.abortedAt ?? far.abortedAt).toBeUndefined();
    expect(heartbeats.roundTrip(near.asConnection)).toBe(10);
  });

  it('ask nothing while other bytes come', async () => {
    const { clock, near, heard } = await watched();
    const before = near.sent;
    for (let second = 0; second < 60; second += 10) {
      clock.advance(10_000);
      heard();
    }
    expect(near.sent).toBe(before);
  });
});

describe('a device that falls silent', () => {
  it.each([0, 3_000, 11_900, 12_050, 17_000])(
    'is noticed on both sides within 20 seconds of its last word, whenever that was: %d ms',
    async (after) => {
      const { clock, near, far } = await watched();
      clock.advance(24_000 + after);
      const cutAt = clock.now();
      near.cut();
      far.cut();
      clock.advance(60_000);
      for (const wire of [near, far]) {
        expect(wire.abortedAt).toBeDefined();
        expect((wire.abortedAt ?? 0) - cutAt).toBeLessThanOrEqual(20_000);
      }
    },
  );

  it('is not taken for gone while its answer may still come', async () => {
    const { clock, near, far, heard } = await watched();
    clock.advance(10);
    near.cut();
    far.cut();
    clock.advance(16_900);
    heard();
    clock.advance(11_000);
    expect(near.abortedAt).toBeUndefined();
  });

  it('is not found out by a clock that is set back, but afterwards', async () => {
    const { clock, near, far } = await watched();
    const now = clock.now.bind(clock);
    clock.now = () => now() - 3_600_000;
    clock.advance(30_000);
    expect(near.abortedAt).toBeUndefined();
    near.cut();
    far.cut();
    clock.advance(60_000);
    expect(near.abortedAt).toBeDefined();
  });
});

describe('a device that refuses to be asked', () => {
  it('is there: its connection stays, and it is asked again later', async () => {
    const clock = new ManualClock();
    const [near] = await pairOfWires(clock);
    const heartbeats = await beating(clock, near);
    let asked = 0;
    near.newStream = async () => {
      asked += 1;
      throw new Error('stream reset');
    };
    heartbeats.watch(near.asConnection);
    await settled();
    expect([asked, near.abortedAt]).toEqual([1, undefined]);
    clock.advance(30_000);
    await settled();
    expect([asked, near.abortedAt]).toEqual([2, undefined]);
  });
});

describe('a device that ends being asked', () => {
  it('is asked again, for its connection is open still', async () => {
    const { clock, near, far } = await watched();
    far.ends[0]?.dispatchEvent(new Event('close'));
    near.ends[0]?.dispatchEvent(new Event('close'));
    clock.advance(6_000);
    await settled();
    expect(near.ends).toHaveLength(2);
    near.cut();
    far.cut();
    clock.advance(20_000);
    expect(near.abortedAt).toBeDefined();
  });
});

describe('a relay', () => {
  it('is not asked while it passes on beats, and is when it does not', async () => {
    const clock = new ManualClock();
    const [toRelay, relay] = await pairOfWires(clock);
    const [near, far] = await pairOfWires(clock, RELAYED);
    const device = await beating(clock, near, [toRelay]);
    await beating(clock, far);
    await serving(clock, relay);
    device.watch(toRelay.asConnection, 13_000);
    device.watch(near.asConnection);
    await settled();
    clock.advance(1_000);
    const asked = toRelay.sent;
    clock.advance(60_000);
    expect(toRelay.sent).toBe(asked);
    near.cut();
    clock.advance(60_000);
    expect(toRelay.sent).toBeGreaterThan(asked);
    expect(toRelay.abortedAt).toBeUndefined();
  });
});
