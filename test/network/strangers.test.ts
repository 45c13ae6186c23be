import { generateKeyPair } from '@libp2p/crypto/keys';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import type { Libp2p } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  PAIR_PROTOCOL,
  STRANGER_MS,
  STRANGER_WINDOW_MS,
  STRANGERS_MAX,
  STRANGERS_PER_WINDOW_MAX,
  SYNC_PROTOCOL,
} from '../../main/network/constants.ts';
import { Strangers } from '../../main/network/strangers.ts';
import { keysOf } from '../helpers/identities.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { letIn, OwnDevice } from '../helpers/own-devices.ts';

const LOOPBACK = '/ip4/127.0.0.1/tcp/0';
const peers = Array.from({ length: 2 * STRANGERS_PER_WINDOW_MAX }, (_, n) => keysOf(n).peerId);

type Gone = (event: { readonly detail: unknown }) => void;

/** Of a node, what the limits need: whom they hang up on, and who has gone. */
class FakeNode {
  readonly hungUp: string[] = [];
  #gone: Gone = () => undefined;

  addEventListener(_type: string, listener: unknown): void {
    this.#gone = listener as Gone;
  }

  async hangUp(peer: unknown): Promise<void> {
    this.hungUp.push(String(peer));
  }

  goes(peer: string): void {
    this.#gone({ detail: peer });
  }
}

function limited(isKnown = false) {
  const node = new FakeNode();
  const clock = new ManualClock();
  const strangers = new Strangers(node, clock, () => isKnown);
  return { node, clock, strangers };
}

describe('devices that nobody knows', () => {
  it('may be so many at a time, and so many a minute', () => {
    const { node, clock, strangers } = limited();
    const admitted = peers.filter((peer) => strangers.admit(peer));
    expect(admitted).toEqual(peers.slice(0, STRANGERS_MAX));
    // The same one again is no other.
    expect(strangers.admit(peers[0] ?? '')).toBe(true);
    let count = STRANGERS_MAX;
    for (const peer of peers.slice(STRANGERS_MAX)) {
      node.goes(peers[count - 1] ?? '');
      if (!strangers.admit(peer)) break;
      count += 1;
    }
    expect(count).toBe(STRANGERS_PER_WINDOW_MAX);
    clock.advance(STRANGER_WINDOW_MS);
    expect(strangers.admit(peers.at(-1) ?? '')).toBe(true);
  });

  it('have to go after their time, unless a person is asked about them or they became members', () => {
    const { node, clock, strangers } = limited();
    const [one = '', other = ''] = peers;
    strangers.admit(one);
    strangers.admit(other);
    strangers.keep(other);
    clock.advance(STRANGER_MS);
    expect(node.hungUp).toEqual([one]);
    strangers.end();
    clock.advance(STRANGER_MS);
    expect(node.hungUp).toEqual([one, other]);

    const known = limited(true);
    known.strangers.admit(one);
    known.clock.advance(STRANGER_MS);
    expect(known.node.hungUp).toEqual([]);
  });
});

/** A node that keeps to no rules of ours. */
async function strangerNode(): Promise<Libp2p> {
  const node = await createLibp2p({
    privateKey: await generateKeyPair('Ed25519'),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { reconnectRetries: 0 },
  });
  onTestFinished(async () => node.stop());
  return node;
}

/** Whether a dial leads to a stream on which anything is said. */
async function getsIn(node: Libp2p, address: string, protocol: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(10_000);
    const connection = await node.dial(multiaddr(address), { signal });
    const stream = await connection.newStream(protocol, { signal });
    await new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }));
    return false;
  } catch {
    return false;
  }
}

describe('a running transfer', () => {
  it('is not disturbed by a thousand dials of strangers', async () => {
    const a = await OwnDevice.start('A', '', { relays: [], listen: [LOOPBACK] });
    const b = await OwnDevice.start('B', '', { relays: [], listen: [LOOPBACK] });
    await letIn(a, b);
    const address = await a.listensAt();
    const nodes = await Promise.all(Array.from({ length: 10 }, strangerNode));
    const before = await a.commands.activity({ limit: 1_000 });
    const texts = Array.from({ length: 300 }, (_, index) => `text ${index}`);
    const sending = (async () => {
      for (const text of texts) await a.send(text);
    })();
    const dials = nodes.flatMap((node) =>
      Array.from({ length: 100 }, (_, index) =>
        getsIn(node, address, index % 2 === 0 ? SYNC_PROTOCOL : PAIR_PROTOCOL),
      ),
    );
    expect(new Set(await Promise.all(dials))).toEqual(new Set([false]));
    await sending;
    await b.hasTexts(...texts);
    const since = (await a.commands.activity({ limit: 1_000 })).slice(0, -before.length);
    expect(since.filter(({ kind }) => kind === 'disconnected' || kind === 'failed')).toEqual([]);
  }, 120_000);
});
