import type { ConnectionGater, PeerId as Libp2pPeerId } from '@libp2p/interface';
import type { PeerId } from '../mvds/types.ts';

/** Decides who may connect, before any protocol runs. Strangers are admitted only while pairing is open. */
export class Gate {
  #members: ReadonlySet<PeerId> = new Set();
  #relays: ReadonlySet<string> = new Set();
  #wayToInviter: ReadonlySet<string> = new Set();
  readonly #asked = new Set<string>();
  #pairing = false;
  #removed: ReadonlySet<PeerId> = new Set();
  #notifiers: ReadonlySet<PeerId> = new Set();
  #admitStranger: (peer: string) => boolean = () => true;
  #onRefused: (peer: string) => void = () => undefined;

  setMembers(members: ReadonlySet<PeerId>): void {
    this.#members = members;
  }

  setRelays(relays: ReadonlySet<string>): void {
    this.#relays = relays;
  }

  /** While open, anyone may connect; all but pairing and rendezvous still ask `isMember`. */
  setPairing(open: boolean): void {
    this.#pairing = open;
  }

  /** `admit` decides about each device that nobody knows, while pairing is open. */
  onStranger(admit: (peer: string) => boolean): void {
    this.#admitStranger = admit;
  }

  /** The device whose invitation is being followed, and the relays on the way to it: they may be dialled. */
  setWayToInviter(peers: ReadonlySet<string>): void {
    this.#wayToInviter = peers;
  }

  /** A device that is asked whether a nameplate is its own may be dialled, but not connect by itself. */
  setAsked(peer: PeerId, asked: boolean): void {
    if (asked) this.#asked.add(peer);
    else this.#asked.delete(peer);
  }

  isWayToInviter(peer: string): boolean {
    return this.#wayToInviter.has(peer);
  }

  /** Removed devices are refused also while pairing is open. They may be dialled, to be told so. */
  setRemoved(peers: ReadonlySet<PeerId>): void {
    this.#removed = peers;
  }

  /** Devices that may still tell this one something, though it does not belong to them any more. */
  setNotifiers(peers: ReadonlySet<PeerId>): void {
    this.#notifiers = peers;
  }

  /** `listener` gets the PeerId of each that was refused. */
  onRefused(listener: (peer: string) => void): void {
    this.#onRefused = listener;
  }

  mayNotify(peer: PeerId): boolean {
    return this.#members.has(peer) || this.#notifiers.has(peer);
  }

  isMember(peer: string): peer is PeerId {
    return (this.#members as ReadonlySet<string>).has(peer);
  }

  isRemoved(peer: string): boolean {
    return (this.#removed as ReadonlySet<string>).has(peer);
  }

  isRelay(peer: string): boolean {
    return this.#relays.has(peer);
  }

  admits(peer: string): boolean {
    if (this.isRemoved(peer)) return false;
    return this.#pairing || this.isKnown(peer);
  }

  /** A member, a relay, or on the way to the device that invites this one. */
  isKnown(peer: string): boolean {
    return this.#wayToInviter.has(peer) || this.isMember(peer) || this.isRelay(peer);
  }

  /** The hooks by which libp2p asks. The earliest ones at which the other side's PeerId is known. */
  hooks(): ConnectionGater {
    const denies = (peer: Libp2pPeerId) => {
      const id = peer.toString();
      if ((this.#notifiers as ReadonlySet<string>).has(id)) return false;
      if (this.admits(id) && (this.isKnown(id) || this.#admitStranger(id))) return false;
      this.#onRefused(id);
      return true;
    };
    return {
      denyDialPeer: (peer) => {
        const id = peer.toString();
        return !this.admits(id) && !this.#asked.has(id) && !this.isRemoved(id);
      },
      // Private addresses are where a person's own devices are.
      denyDialMultiaddr: () => false,
      denyInboundEncryptedConnection: denies,
      denyInboundRelayedConnection: (_relay, peer) => denies(peer),
    };
  }
}
