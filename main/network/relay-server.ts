import { noise } from '@libp2p/noise';
import { yamux } from '@libp2p/yamux';
import { circuitRelayServer, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2';
import type { CircuitRelayService } from '@libp2p/circuit-relay-v2';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import type { Libp2p, PeerId as Libp2pPeerId } from '@libp2p/interface';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { webSockets } from '@libp2p/websockets';
import { multiaddr } from '@multiformats/multiaddr';
import type { Multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { systemClock } from '../helpers/clock.ts';
import type { Clock } from '../helpers/clock.ts';
import {
  RELAY_CONNECTION_BYTES_MAX,
  RELAY_CONNECTION_MS_MAX,
  RELAY_CONNECTIONS_PER_RESERVATION,
  RELAY_CONNECTIONS_SPARE,
  RELAY_INBOUND_PER_SECOND,
  RELAY_PENDING_MAX,
  RELAY_PING_MS,
  RELAY_PING_TIMEOUT,
  RELAY_RESERVATIONS_MAX,
  RELAY_RESERVATION_MS,
  RELAY_STOP_MS,
  RELAY_STRANGER_MS,
  STREAM_WINDOW_BYTES,
} from './constants.ts';
import { Heartbeats } from './heartbeat.ts';
import { faultTolerance, ListenError, toListenError } from './listen.ts';
import { NameplateRegistry } from './nameplate-registry.ts';
import { announcingSeconds } from './relay-announcement.ts';
import type { NodeMetrics } from './node-metrics.ts';
import { RelayGate } from './relay-gate.ts';
import type { Refusal } from './relay-gate.ts';
import { RelayedBytes } from './relayed-bytes.ts';
import { serveRegistry } from './rendezvous-server.ts';
import { wholePackets } from './whole-packets.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:relay-server');

export interface RelayServerOptions {
  /** Multiaddrs under which devices are to look for it, where those that it listens on lead nowhere: behind a web proxy or a NAT. */
  readonly announce?: readonly string[];
  readonly maxReservations?: number;
  /** Bytes in both directions after which a relayed connection is cut. */
  readonly connectionBytes?: bigint;
  /** Milliseconds after which a relayed connection is cut, below 2^31. */
  readonly connectionMs?: number;
  /** PeerIds of those that may use it; without, everybody may. */
  readonly allowed?: ReadonlySet<string>;
  /** Told what libp2p does. Without, the bytes that are passed on are not counted either. */
  readonly nodeMetrics?: NodeMetrics;
  readonly clock?: Clock;
}

interface RelayCounts {
  readonly connections: number;
  readonly reservations: number;
  readonly relayedConnections: number;
  /** Bytes that came in to be passed on since the start, with the handshakes of relaying; 0 where they are not counted. */
  readonly relayedBytes: number;
  readonly nameplates: number;
  /** Connections and reservations that were refused since the start. */
  readonly refusals: ReadonlyMap<Refusal, number>;
}

export interface RelayServer {
  /** Multiaddrs under which devices are to look for it; they end in its PeerId. */
  readonly addresses: readonly string[];
  /** Multiaddrs that it listens on; the same, where nothing else is announced. */
  readonly listening: readonly string[];
  /** How many connections it takes at once, relayed ones not counted. */
  readonly connectionsMax: number;
  /** How many devices can be reached through it at once. */
  readonly reservationsMax: number;
  counts(): RelayCounts;
  /** Who may use it from now on; undefined is everybody. Those that no longer may are cut off. */
  setAllowed(allowed: ReadonlySet<string> | undefined): void;
  /** Takes nothing new, and ends what there is, within a few seconds. */
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
  options: RelayServerOptions = {},
): Promise<RelayServer> {
  const { maxReservations = RELAY_RESERVATIONS_MAX, clock = systemClock } = options;
  const asked = listen.length > 0;
  const connectionsMax =
    maxReservations * RELAY_CONNECTIONS_PER_RESERVATION + RELAY_CONNECTIONS_SPARE;
  const gate = new RelayGate(connectionsMax, options.allowed);
  const relayedBytes = new RelayedBytes();
  const privateKey = await generateKeyPairFromSeed('Ed25519', seed);
  const announced = announcedBy(peerIdFromPrivateKey(privateKey), options.announce ?? []);
  let listening: readonly Multiaddr[] = [];
  const node = await createLibp2p({
    privateKey,
    addresses: {
      listen: [...(asked ? listen : DEFAULT_LISTEN)],
      announceFilter: (all) => {
        listening = all;
        return announced.length > 0 ? announced : all;
      },
    },
    transportManager: faultTolerance(asked),
    transports: [tcp(), webSockets()],
    connectionEncrypters: [wholePackets(noise())],
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: STREAM_WINDOW_BYTES } })],
    connectionGater: gate.hooks(),
    connectionManager: {
      inboundConnectionThreshold: RELAY_INBOUND_PER_SECOND,
      maxIncomingPendingConnections: RELAY_PENDING_MAX,
      // The gate keeps to `connectionsMax`; what libp2p does above its own would be to close a connection that is in use.
      maxConnections: connectionsMax + RELAY_PENDING_MAX,
    },
    connectionMonitor: { pingInterval: RELAY_PING_MS, pingTimeout: RELAY_PING_TIMEOUT },
    ...(options.nodeMetrics && { metrics: relayedBytes.counting(options.nodeMetrics) }),
    services: {
      identify: identify(),
      ping: ping(),
      relay: announcingSeconds(
        circuitRelayServer({
          reservations: {
            maxReservations,
            reservationTtl: RELAY_RESERVATION_MS,
            // Large, but set: a connection with limits is how a device knows that it is relayed.
            defaultDataLimit: options.connectionBytes ?? RELAY_CONNECTION_BYTES_MAX,
            defaultDurationLimit: options.connectionMs ?? RELAY_CONNECTION_MS_MAX,
          },
        }),
      ),
    },
  }).catch((error: unknown) => {
    throw toListenError(error);
  });
  const { reservations } = node.services.relay;
  gate.watch({
    remoteAddresses: () => node.getConnections().map(({ remoteAddr }) => remoteAddr),
    isFullFor: (peer) => reservations.size >= maxReservations && !reservations.has(peer),
  });
  freeReservations(node, node.services.relay);
  closeStrangers(node, gate, clock);
  const registry = new NameplateRegistry(clock);
  await serveRegistry(node, registry, (peer) => gate.isAllowed(peer));
  await new Heartbeats(systemClock).serve(node, (peer) => gate.isAllowed(peer));
  const addresses = node.getMultiaddrs().map((address) => address.toString());
  if (listening.length === 0) {
    await node.stop();
    throw new ListenError(
      'Ports 4001 and 4002 cannot be listened on; choose others with --listen.',
    );
  }
  const counts = (): RelayCounts => ({
    connections: node.getConnections().length,
    reservations: reservations.size,
    relayedConnections: relayedConnections(node),
    relayedBytes: relayedBytes.total,
    nameplates: registry.size,
    refusals: gate.refusals,
  });
  return {
    addresses,
    listening: listening.map((address) => address.toString()),
    connectionsMax,
    reservationsMax: maxReservations,
    counts,
    setAllowed: (allowed) => {
      gate.setAllowed(allowed);
      for (const peer of node.getPeers()) if (!gate.isAllowed(peer.toString())) hangUp(node, peer);
    },
    stop: async () => {
      gate.close();
      const late = Promise.withResolvers<undefined>();
      const cancel = clock.schedule(RELAY_STOP_MS, () => late.resolve(undefined));
      await Promise.race([node.stop(), late.promise]);
      cancel();
    },
  };
}

/** With the PeerId at the end, which a person need not write. */
function announcedBy(relay: Libp2pPeerId, addresses: readonly string[]): Multiaddr[] {
  const end = `/p2p/${relay.toString()}`;
  return addresses.map((text) => multiaddr(text.endsWith(end) ? text : `${text}${end}`));
}

/** libp2p holds the place of a device that has left for two hours, so that restarts with new keys would fill the relay. */
function freeReservations(node: Libp2p, { reservations }: CircuitRelayService): void {
  node.addEventListener('peer:disconnect', ({ detail }) => {
    // Its timer would end the next reservation of the same device.
    reservations.get(detail)?.signal.clear();
    reservations.delete(detail);
  });
}

/** Whoever is not allowed has been told so by the answer to its first request, and is not to hold a connection. */
function closeStrangers(node: Libp2p, gate: RelayGate, clock: Clock): void {
  node.addEventListener('connection:open', ({ detail }) => {
    const peer = detail.remotePeer.toString();
    if (gate.isAllowed(peer)) return;
    const cancel = clock.schedule(RELAY_STRANGER_MS, () => {
      if (!gate.isAllowed(peer)) detail.close().catch(ignored);
    });
    detail.addEventListener('close', cancel);
  });
}

function hangUp(node: Libp2p, peer: Libp2pPeerId): void {
  node.hangUp(peer).catch(ignored);
}

/** Each leaves the relay by one stream to the device that was dialled. */
function relayedConnections(node: Libp2p): number {
  return node
    .getConnections()
    .flatMap(({ streams }) => streams)
    .filter(({ protocol }) => protocol === RELAY_V2_STOP_CODEC).length;
}
