import { noise } from '@libp2p/noise';
import { yamux } from '@libp2p/yamux';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify, identifyPush } from '@libp2p/identify';
import type { Libp2p } from '@libp2p/interface';
import { mdns } from '@libp2p/mdns';
import { ping } from '@libp2p/ping';
import type { Ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { webSockets } from '@libp2p/websockets';
import { createLibp2p } from 'libp2p';
import { STREAM_WINDOW_BYTES } from './constants.ts';
import { DIRECT_LISTEN } from './direct.ts';
import type { Direct } from './direct.ts';
import type { Gate } from './gate.ts';
import { faultTolerance } from './listen.ts';
import type { NodeMetrics } from './node-metrics.ts';
import { Reservations } from './reservations.ts';
import type { UpnpOptions } from './upnp.ts';
import { wholePackets } from './whole-packets.ts';

export interface NodeOptions {
  /** Ed25519 seed, 32 bytes: the PeerId comes from it. */
  readonly seed: Uint8Array;
  /** Multiaddrs to listen on, beside the relays. */
  readonly listen: readonly string[];
  /** Whether it is a failure not to be able to listen on one of them. */
  readonly mustListen: boolean;
  /** Whether to announce and look for devices on the local network (mDNS). */
  readonly lan: boolean;
  /** Default: no direct connections by WebRTC. */
  readonly direct?: Direct | undefined;
  /** Default: no router is asked for anything. */
  readonly upnp?: UpnpOptions | undefined;
  readonly gate: Gate;
  /** Told what libp2p does. Default: nobody is. */
  readonly nodeMetrics?: NodeMetrics | undefined;
  /** What is to reserve at relays; without, nothing does but libp2p, at one of them. */
  readonly reservations?: Reservations;
}

/** libp2p, with the services that are used by name. */
export type DeviceNode = Libp2p<{ ping: Ping }>;

/** A libp2p node for a device, not yet started. */
export async function createDeviceNode(options: NodeOptions): Promise<DeviceNode> {
  const { direct, upnp, reservations = new Reservations() } = options;
  return createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', options.seed),
    // In search mode a reservation can be made again after the relay was gone. A relay listed here by its address would
    // never be reserved again (js-libp2p issue 3601).
    addresses: { listen: [...options.listen, '/p2p-circuit', ...(direct ? [DIRECT_LISTEN] : [])] },
    transportManager: faultTolerance(options.mustListen),
    transports: [
      tcp(),
      webSockets(),
      reservations.transport(),
      ...(direct ? [direct.transport] : []),
    ],
    connectionEncrypters: [wholePackets(noise())],
    // A silent peer is noticed by heartbeats, see `heartbeat.ts`, and neither by the muxer nor by the monitor.
    streamMuxers: [
      yamux({
        enableKeepAlive: false,
        streamOptions: { maxStreamWindowSize: STREAM_WINDOW_BYTES },
      }),
    ],
    connectionGater: options.gate.hooks(),
    ...(options.nodeMetrics && { metrics: options.nodeMetrics }),
    connectionMonitor: { enabled: false },
    peerDiscovery: options.lan ? [mdns()] : [],
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping(),
      // Loaded where it is wanted: it brings a parser of XML.
      ...(upnp && { upnp: (await import('./upnp.ts')).upnpService(upnp) }),
    },
    start: false,
  });
}
