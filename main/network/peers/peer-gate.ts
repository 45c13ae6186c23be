import type { ConnectionGater, PeerId as Libp2pPeerId } from '@libp2p/interface';
import type { PeerId } from '../../mvds/types.ts';
import type { Membership } from '../sessions.ts';

/**
 * Decides who may connect to a node: its members alone, or, where it is open, everybody. A session is for members in either
 * case.
 */
export class PeerGate implements Membership {
  readonly #isOpen: boolean;
  readonly #onTurnedAway: (peer: string) => void;
  #members: ReadonlySet<PeerId> = new Set();
  readonly #listeners = new Set<() => void>();

  /** `onTurnedAway` gets the PeerId of each that wanted to connect and may not. */
  constructor(isOpen: boolean, onTurnedAway: (peer: string) => void = () => undefined) {
    this.#isOpen = isOpen;
    this.#onTurnedAway = onTurnedAway;
  }

  setMembers(members: ReadonlySet<PeerId>): void {
    this.#members = members;
    for (const listener of this.#listeners) listener();
  }

  isMember(peer: string): peer is PeerId {
    return (this.#members as ReadonlySet<string>).has(peer);
  }

  /** Resolves with whether a peer is a member by the time that `signal` aborts. */
  async becomesMember(peer: string, signal: AbortSignal): Promise<boolean> {
    if (this.isMember(peer)) return true;
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.isMember(peer) && !signal.aborted) return;
        this.#listeners.delete(look);
        resolve(this.isMember(peer));
      };
      this.#listeners.add(look);
      signal.addEventListener('abort', look, { once: true });
    });
  }

  /** The hooks by which libp2p asks. */
  hooks(): ConnectionGater {
    const denies = (peer: Libp2pPeerId) => !this.#isOpen && !this.isMember(peer.toString());
    return {
      denyDialPeer: denies,
      // Peers may well be on the same computer or local network.
      denyDialMultiaddr: () => false,
      denyInboundEncryptedConnection: (peer) => {
        const isDenied = denies(peer);
        if (isDenied) this.#onTurnedAway(peer.toString());
        return isDenied;
      },
    };
  }
}
