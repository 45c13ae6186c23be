import type { GroupId, PeerId } from '../mvds/types.ts';
import type { PeerGroup } from '../sync/ports.ts';

/** Everybody who connects is a member, up to a limit, beside the peers that are named. */
export class OpenGroup implements PeerGroup {
  readonly #groups: ReadonlySet<GroupId>;
  readonly #max: number;
  readonly #listeners: (() => void)[] = [];
  readonly #members = new Map<PeerId, ReadonlySet<GroupId>>();
  #named: ReadonlySet<PeerId> = new Set();

  /** `max`: how many members there may be beside those that are named. */
  constructor(named: Iterable<PeerId>, groups: Iterable<GroupId>, max: number) {
    this.#groups = new Set(groups);
    this.#max = max;
    this.setPeers(named);
  }

  get members(): ReadonlyMap<PeerId, ReadonlySet<GroupId>> {
    return this.#members;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Those that are named from now on. One that is not any more stays as one that has come by itself. */
  setPeers(named: Iterable<PeerId>): void {
    this.#named = new Set(named);
    for (const peer of this.#named) this.#members.set(peer, this.#groups);
    this.#changed();
  }

  /** Lets one in that has connected. Returns false where there is no room. */
  admit(peer: PeerId): boolean {
    if (this.#members.has(peer)) return true;
    if (this.#members.size - this.#named.size >= this.#max) return false;
    this.#members.set(peer, this.#groups);
    this.#changed();
    return true;
  }

  /** Makes room: one that has come by itself and is gone. */
  leave(peer: PeerId): void {
    if (this.#named.has(peer) || !this.#members.delete(peer)) return;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
