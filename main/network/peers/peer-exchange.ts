import type { Connection, Libp2p } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { Clock } from '../../helpers/clock.ts';
import { peerIdOfBytes, peerIdToBytes } from '../../helpers/peer-id.ts';
import { RequestLimit } from '../../helpers/request-limit.ts';
import type { PeerId } from '../../mvds/types.ts';
import { KnownPeers as WireKnownPeers } from '../../proto/peers.ts';
import { STREAMS_MAX } from '../constants.ts';
import { frameChannel } from '../framing.ts';
import { multiaddrsOf } from '../multiaddrs.ts';
import {
  ADDRESSES_TOLD_MAX,
  PEERS_FRAME_BYTES_MAX,
  PEERS_PROTOCOL,
  PEERS_REPLIES_PER_MINUTE,
  PEERS_TIMEOUT_MS,
  PEERS_TOLD_MAX,
} from './constants.ts';
import type { KnownPeers } from './known-peers.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('network:peers:peer-exchange');

const MINUTE_MS = 60_000;
/** Of all peers together: more than a node has connections. */
const REPLIES_PER_MINUTE_MAX = 1_200;

/** Tells peers of other peers that are known, and asks them. */
export class PeerExchange {
  readonly #known: KnownPeers;
  readonly #limit: RequestLimit;

  constructor(known: KnownPeers, clock: Clock) {
    this.#known = known;
    this.#limit = new RequestLimit(clock, {
      windowMs: MINUTE_MS,
      perPeerMax: PEERS_REPLIES_PER_MINUTE,
      perAddressMax: REPLIES_PER_MINUTE_MAX,
      totalMax: REPLIES_PER_MINUTE_MAX,
      reservedMax: 0,
      firstRequests: 0,
    });
  }

  async serve(node: Libp2p): Promise<void> {
    await node.handle(
      PEERS_PROTOCOL,
      (stream, connection) => {
        const peer = connection.remotePeer.toString() as PeerId;
        const address = connection.remoteAddr.toString();
        if (!this.#limit.admits({ peer, address })) {
          stream.abort(new Error('asked too often'));
          return;
        }
        const channel = frameChannel(stream, PEERS_FRAME_BYTES_MAX);
        const reply = async (): Promise<void> => {
          await channel.write(this.#reply(peer));
          await channel.close();
        };
        reply().catch((error: unknown) => {
          ignored(error);
          stream.abort(new Error('the reply could not be sent'));
        });
      },
      { maxInboundStreams: STREAMS_MAX },
    );
  }

  /** Asks the peer at the other end of a connection for others, and takes note of them. Never rejects. */
  async ask(connection: Connection): Promise<void> {
    try {
      const signal = AbortSignal.timeout(PEERS_TIMEOUT_MS);
      const stream = await connection.newStream(PEERS_PROTOCOL, { signal });
      signal.addEventListener('abort', () => stream.abort(new Error('no answer')), { once: true });
      const channel = frameChannel(stream, PEERS_FRAME_BYTES_MAX);
      const reply = await channel.read();
      void channel.close();
      if (reply) this.#take(reply);
    } catch (error) {
      ignored(error);
      // It knows nobody, or not the protocol.
    }
  }

  #reply(asker: PeerId): Uint8Array {
    // Nodes would else tell each other for ever of one that has left.
    const told = this.#known.sample(
      PEERS_TOLD_MAX,
      (peer) => peer !== asker && this.#known.isReachable(peer),
    );
    return WireKnownPeers.encode({
      peers: told.map((peer) => ({
        peer: peerIdToBytes(peer),
        addresses: this.#known.addressesOf(peer).map(({ bytes }) => bytes),
      })),
    });
  }

  /** Throws on bytes that are none. */
  #take(reply: Uint8Array): void {
    const { peers } = WireKnownPeers.decode(reply, {
      limits: { peers: PEERS_TOLD_MAX, peers$: { addresses: ADDRESSES_TOLD_MAX } },
    });
    for (const { peer, addresses } of peers) {
      const peerId = peerIdOfBytes(peer);
      if (peerId) this.#known.told(peerId, multiaddrsOf(addresses).filter(isCallable));
    }
  }
}

/** A TCP address of a host: nothing that leads through a relay, and no name that another node would have to look up. */
function isCallable(address: Multiaddr): boolean {
  const names = multiaddr(address)
    .getComponents()
    .map(({ name }) => name);
  return (
    ['ip4', 'ip6'].includes(names[0] ?? '') && names[1] === 'tcp' && !names.includes('p2p-circuit')
  );
}
