import { noise } from '@libp2p/noise';
import { yamux } from '@libp2p/yamux';
import { circuitRelayServer } from '@libp2p/circuit-relay-v2';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import { ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { webSockets } from '@libp2p/websockets';
import { createLibp2p } from 'libp2p';
import { systemClock } from '../helpers/clock.ts';
import type { Clock } from '../helpers/clock.ts';
import {
  RELAY_CONNECTION_BYTES_MAX,
  RELAY_CONNECTION_MS_MAX,
  RELAY_INBOUND_PER_SECOND,
  RELAY_RESERVATIONS_MAX,
  RELAY_RESERVATION_MS,
} from './constants.ts';
import { faultTolerance, ListenError, toListenError } from './listen.ts';
import { NameplateRegistry } from './nameplate-registry.ts';
import { serveRegistry } from './rendezvous-server.ts';

export interface RelayServer {
  /** Multiaddrs that end in the relay's PeerId. */
  readonly addresses: readonly string[];
  stop(): Promise<void>;
}

/** All interfaces, TCP and WebSocket. */
const DEFAULT_LISTEN = [
  '/ip4/0.0.0.0/tcp/4001',
  '/ip4/0.0.0.0/tcp/4002/ws',
  '/ip6/::/tcp/4001',
  '/ip6/::/tcp/4002/ws',
];

/**
 * Starts a circuit relay v2 server, which passes on bytes between devices and cannot read them, and which keeps the
 * nameplates of devices that invite others. `seed` has 32 bytes. Where `listen` is empty it takes
 * ports 4001 (TCP) and 4002 (WebSocket). Rejects with `ListenError` where it cannot listen on what was asked for.
 */
export async function startRelayServer(
  seed: Uint8Array,
  listen: readonly string[],
  clock: Clock = systemClock,
): Promise<RelayServer> {
  const asked = listen.length > 0;
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', seed),
    addresses: { listen: [...(asked ? listen : DEFAULT_LISTEN)] },
    transportManager: faultTolerance(asked),
    transports: [tcp(), webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: RELAY_INBOUND_PER_SECOND },
    services: {
      identify: identify(),
      ping: ping(),
      relay: circuitRelayServer({
        reservations: {
          maxReservations: RELAY_RESERVATIONS_MAX,
          reservationTtl: RELAY_RESERVATION_MS,
          // Large, but set: a connection with limits is how a device knows that it is relayed.
          defaultDataLimit: RELAY_CONNECTION_BYTES_MAX,
          defaultDurationLimit: RELAY_CONNECTION_MS_MAX,
        },
      }),
    },
  }).catch((error: unknown) => {
    throw toListenError(error);
  });
  await serveRegistry(node, new NameplateRegistry(clock));
  const addresses = node.getMultiaddrs().map((address) => address.toString());
  if (addresses.length === 0) {
    await node.stop();
    throw new ListenError(
      'Ports 4001 and 4002 cannot be listened on; choose others with --listen.',
    );
  }
  return {
    addresses,
    stop: async () => node.stop(),
  };
}
