import type { PeerId } from '../helpers/ids.ts';
import type { PeerSyncStatus } from '../sync/status.ts';

export interface AgreementsOptions {
  /** This device and another one have come to hold the same. */
  readonly onAgreed: (peer: PeerId) => void;
  /** They still do: said whenever the status changes, since a difference may come and go between two looks at it. */
  readonly onAgreeing: (peer: PeerId) => void;
}

/** Notices which other devices hold the same as this one. */
export class Agreements {
  readonly #options: AgreementsOptions;
  #agreed: ReadonlySet<PeerId> = new Set();

  constructor(options: AgreementsOptions) {
    this.#options = options;
  }

  follow(peers: readonly PeerSyncStatus[]): void {
    const before = this.#agreed;
    const agreed = peers.filter(({ state }) => state.kind === 'up-to-date');
    this.#agreed = new Set(agreed.map(({ peerId }) => peerId));
    for (const peer of this.#agreed) {
      if (!before.has(peer)) this.#options.onAgreed(peer);
      this.#options.onAgreeing(peer);
    }
  }
}
