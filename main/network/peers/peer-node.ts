import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify, identifyPush } from '@libp2p/identify';
import type { Libp2p, ServiceMap } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import type { Libp2pOptions } from 'libp2p';
import { STREAM_WINDOW_BYTES } from '../constants.ts';
import { faultTolerance } from '../listen.ts';
import type { NodeMetrics } from '../node-metrics.ts';
import { wholePackets } from '../whole-packets.ts';
import {
  PEER_CONNECTIONS_MAX,
  PEER_IDLE_MS,
  PEER_INBOUND_PER_SECOND,
  PEER_PENDING_MAX,
} from './constants.ts';
import type { PeerGate } from './peer-gate.ts';

export interface PeerNodeOptions<T extends ServiceMap> {
  /** Ed25519 seed, 32 bytes: the PeerId comes from it. */
  readonly seed: Uint8Array;
  /** Multiaddrs to listen on; all of them must work. */
  readonly listen: readonly string[];
  readonly gate: PeerGate;
  readonly nodeMetrics?: NodeMetrics | undefined;
  readonly services?: NonNullable<Libp2pOptions<T>['services']>;
}

/** A libp2p node that peers are connected with by their addresses, not yet started. */
export async function createPeerNode<T extends ServiceMap = ServiceMap>(
  options: PeerNodeOptions<T>,
): Promise<Libp2p<T>> {
  const { seed, listen, gate, nodeMetrics, services } = options;
  return createLibp2p<T>({
    privateKey: await generateKeyPairFromSeed('Ed25519', seed),
    addresses: { listen: [...listen] },
    transportManager: faultTolerance(true),
    transports: [
      tcp({
        inboundSocketInactivityTimeout: PEER_IDLE_MS,
        outboundSocketInactivityTimeout: PEER_IDLE_MS,
      }),
      webSockets(),
    ],
    connectionEncrypters: [wholePackets(noise())],
    // A silent peer is noticed by heartbeats, see `heartbeat.ts`, and neither by the muxer nor by the monitor.
    streamMuxers: [
      yamux({
        enableKeepAlive: false,
        streamOptions: { maxStreamWindowSize: STREAM_WINDOW_BYTES },
      }),
    ],
    connectionGater: gate.hooks(),
    ...(nodeMetrics && { metrics: nodeMetrics }),
    connectionMonitor: { enabled: false },
    connectionManager: {
      maxConnections: PEER_CONNECTIONS_MAX,
      inboundConnectionThreshold: PEER_INBOUND_PER_SECOND,
      maxIncomingPendingConnections: PEER_PENDING_MAX,
    },
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping(),
      ...services,
    } as unknown as NonNullable<Libp2pOptions<T>['services']>,
    start: false,
  });
}
