import { noise } from '@libp2p/noise';
import { yamux } from '@libp2p/yamux';
import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import type { Libp2p } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { webSockets } from '@libp2p/websockets';
import { createLibp2p } from 'libp2p';
import { pEvent } from 'p-event';
import { onTestFinished } from 'vitest';
import { systemClock, systemRandom } from '../../main/helpers/clock.ts';
import type { PeerId } from '../../main/mvds/types.ts';
import { Network } from '../../main/network/network.ts';
import { startRelayServer } from '../../main/network/relay-server.ts';
import type { RelayServer, RelayServerOptions } from '../../main/network/relay-server.ts';
import type { RelayState } from '../../main/network/relays.ts';
import { keysOf } from '../helpers/identities.ts';

const LOOPBACK = '/ip4/127.0.0.1/tcp/0';

/** What has not come about by then will not, milliseconds. */
const TIMEOUT_MS = 20_000;

/** Our relay, with its address. */
export async function ourRelay(
  options: RelayServerOptions = {},
  number = 90,
  listen: readonly string[] = [LOOPBACK],
): Promise<RelayServer & { readonly address: string }> {
  const relay = await startRelayServer(keysOf(number).seed, listen, options);
  onTestFinished(() => relay.stop());
  return { ...relay, address: relay.addresses[0] ?? '' };
}

/**
 * A relay without any of our code: no rendezvous, 128 KiB and 2 minutes a connection. `onConnect` is called each time that a
 * device asks for a connection to another.
 */
export async function foreignRelay(
  number = 95,
  onConnect: () => void = () => undefined,
): Promise<string> {
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', keysOf(number).seed),
    addresses: { listen: [LOOPBACK] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: {
      denyOutboundRelayedConnection: () => {
        onConnect();
        return false;
      },
    },
    services: { identify: identify(), relay: circuitRelayServer() },
  });
  onTestFinished(async () => node.stop());
  return node.getMultiaddrs()[0]?.toString() ?? '';
}

/** A libp2p node without any of our code. */
export async function plainNode(number: number, listen: readonly string[] = []): Promise<Libp2p> {
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', keysOf(number).seed),
    addresses: { listen: [...listen] },
    transports: [tcp(), webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify() },
  });
  onTestFinished(async () => node.stop());
  return node;
}

/** Its first address through a relay; waits for it. */
export async function relayedAddress(node: Libp2p): Promise<string> {
  for (;;) {
    const found = node
      .getMultiaddrs()
      .map((address) => address.toString())
      .find((address) => address.includes('/p2p-circuit'));
    if (found !== undefined) return found;
    await pEvent(node, 'self:peer:update', { timeout: TIMEOUT_MS });
  }
}

export interface RelayedDevice {
  readonly network: Network;
  readonly peerId: PeerId;
  /** Resolves once its relays are in these states, in the order in which they were given. */
  relaysAre(...states: readonly RelayState[]): Promise<void>;
}

export async function deviceAt(
  number: number,
  ...relays: readonly string[]
): Promise<RelayedDevice> {
  const keys = keysOf(number);
  const changes = new EventTarget();
  const network = await Network.create({
    keys,
    listen: [],
    mustListen: true,
    relays,
    lan: false,
    clock: systemClock,
    random: systemRandom,
    onRelayChange: () => changes.dispatchEvent(new Event('change')),
  });
  await network.start();
  onTestFinished(() => network.stop());
  const relaysAre = async (...states: readonly RelayState[]) => {
    const are = () => network.relays().map(({ state }) => state);
    while (are().join() !== states.join()) {
      await pEvent(changes, 'change', { timeout: TIMEOUT_MS }).catch(() => {
        throw new Error(`relays are ${are().join()}, and not ${states.join()}`);
      });
    }
  };
  return { network, peerId: keys.peerId, relaysAre };
}
