import { peerIdFromString } from '@libp2p/peer-id';
import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import type { Clock } from '../helpers/clock.ts';
import type { FrameChannel } from '../helpers/frame-channel.ts';
import type { PeerId } from '../mvds/types.ts';
import type { Path } from '../sync/ports.ts';
import { DIAL_TIMEOUT_MS, PAIR_FRAME_BYTES_MAX, PAIR_PROTOCOL, STREAMS_MAX } from './constants.ts';
import { frameChannel } from './framing.ts';
import type { Gate } from './gate.ts';
import { multiaddrsOf, naming, parseRelayAddress, peerIn, relaysIn } from './multiaddrs.ts';
import { pathOf } from './path.ts';
import { Strangers } from './strangers.ts';

/** A channel of the pairing protocol to a device whose PeerId Noise has proven. */
export interface PairingChannel {
  readonly peerId: PeerId;
  readonly path: Path;
  readonly channel: FrameChannel;
}

/** The pairing protocol, from both ends: strangers who come to an inviter, and the way to one. */
export class PairingProtocol {
  readonly #node: Libp2p;
  readonly #gate: Gate;
  readonly #strangers: Strangers;
  #onPairing: ((pairing: PairingChannel) => void) | undefined;

  constructor(node: Libp2p, gate: Gate, clock: Clock) {
    this.#node = node;
    this.#gate = gate;
    this.#strangers = new Strangers(node, clock, (peer) => gate.isKnown(peer));
    gate.onStranger((peer) => this.#strangers.admit(peer));
  }

  async start(): Promise<void> {
    await this.#node.handle(
      PAIR_PROTOCOL,
      (stream, connection) => {
        if (this.#onPairing) this.#onPairing(pairingChannel(connection, stream));
        else stream.abort(new Error('no invitation is open'));
      },
      { runOnLimitedConnection: true, maxInboundStreams: STREAMS_MAX },
    );
  }

  stop(): void {
    this.#strangers.stop();
  }

  /** See `Network.acceptPairing`. */
  accept(handler: ((pairing: PairingChannel) => void) | undefined): void {
    this.#gate.setPairing(handler !== undefined);
    this.#onPairing = handler;
    if (!handler) this.#strangers.end();
  }

  /** See `Network.keepWaiting`. */
  keepWaiting(peer: PeerId): void {
    this.#strangers.keep(peer);
  }

  /** See `Network.connectToInviter`. */
  async connect(peer: PeerId, addresses: readonly Uint8Array[]): Promise<PairingChannel> {
    const relays = relaysIn(addresses).map(parseRelayAddress);
    const relayIds = relays.flatMap((relay) => (relay && peerIn(relay)) ?? []);
    this.#gate.setWayToInviter(new Set([peer, ...relayIds]));
    const targets = multiaddrsOf(addresses).map((address) => naming(address, peer));
    const signal = AbortSignal.timeout(DIAL_TIMEOUT_MS);
    const connection = await this.#node.dial(targets, { signal });
    const stream = await connection.newStream(PAIR_PROTOCOL, {
      runOnLimitedConnection: true,
      signal,
    });
    return pairingChannel(connection, stream);
  }

  /** See `Network.leaveInviter`. */
  async leave(peer: PeerId): Promise<void> {
    this.#gate.setWayToInviter(new Set());
    if (!this.#gate.isMember(peer)) await this.#node.hangUp(peerIdFromString(peer));
  }
}

function pairingChannel(connection: Connection, stream: Stream): PairingChannel {
  return {
    peerId: connection.remotePeer.toString() as PeerId,
    path: pathOf(connection),
    channel: frameChannel(stream, PAIR_FRAME_BYTES_MAX),
  };
}
