import type { PeerId } from '../helpers/ids.ts';
import type { PeerSyncStatus } from '../sync/status.ts';

/** Notices when this device and another one come to hold the same. */
export class Agreements {
  readonly #onAgreed: (peer: PeerId) => void;
  #agreed: ReadonlySet<PeerId> = new Set();

  constructor(onAgreed: (peer: PeerId) => void) {
    this.#onAgreed = onAgreed;
  }

  follow(peers: readonly PeerSyncStatus[]): void {
    const before = this.#agreed;
    const agreed = peers.filter(({ state }) => state.kind === 'up-to-date');
    this.#agreed = new Set(agreed.map(({ peerId }) => peerId));
    for (const peer of this.#agreed) if (!before.has(peer)) this.#onAgreed(peer);
  }
}
