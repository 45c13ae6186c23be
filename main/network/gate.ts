import type { ConnectionGater, PeerId as Libp2pPeerId } from '@libp2p/interface';
import type { PeerId } from '../mvds/types.ts';

/** Decides who may connect, before any protocol runs. Strangers are admitted only while pairing is open. */
export class Gate {
  #members: ReadonlySet<PeerId> = new Set();
  #relays: ReadonlySet<string> = new Set();
  #wayToInviter: ReadonlySet<string> = new Set();
  #pairing = false;

  setMembers(members: ReadonlySet<PeerId>): void {
    this.#members = members;
  }

  setRelays(relays: ReadonlySet<string>): void {
    this.#relays = relays;
  }

  /** While open, anyone may connect; all but the pairing protocol still asks `isMember`. */
  setPairing(open: boolean): void {
    this.#pairing = open;
  }

  /** The device whose invitation is being followed, and the relays on the way to it: they may be dialled. */
  setWayToInviter(peers: ReadonlySet<string>): void {
    this.#wayToInviter = peers;
  }

  isMember(peer: string): peer is PeerId {
    return (this.#members as ReadonlySet<string>).has(peer);
  }

  isRelay(peer: string): boolean {
    return this.#relays.has(peer);
  }

  admits(peer: string): boolean {
    return (
      this.#pairing || this.#wayToInviter.has(peer) || this.isMember(peer) || this.isRelay(peer)
    );
  }

  /** The hooks by which libp2p asks. The earliest ones at which the other side's PeerId is known. */
  hooks(): ConnectionGater {
    const denies = (peer: Libp2pPeerId) => !this.admits(peer.toString());
    return {
      denyDialPeer: denies,
      // Private addresses are where a person's own devices are.
      denyDialMultiaddr: () => false,
      denyInboundEncryptedConnection: denies,
      denyInboundRelayedConnection: (_relay, peer) => denies(peer),
    };
  }
}
