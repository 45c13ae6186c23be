import type { GroupId, PeerId } from '../mvds/types.ts';
import type { PeerGroup } from '../sync/ports.ts';

/** A list of peers that all share the same groups, as the command line or a file gives it. */
export class StaticGroup implements PeerGroup {
  readonly #groups: ReadonlySet<GroupId>;
  readonly #listeners: (() => void)[] = [];
  #members: ReadonlyMap<PeerId, ReadonlySet<GroupId>>;

  constructor(peers: Iterable<PeerId>, groups: Iterable<GroupId>) {
    this.#groups = new Set(groups);
    this.#members = this.#membersOf(peers);
  }

  get members(): ReadonlyMap<PeerId, ReadonlySet<GroupId>> {
    return this.#members;
  }

  /** Takes the place of the list. A peer on both lists keeps its session. */
  setPeers(peers: Iterable<PeerId>): void {
    const members = this.#membersOf(peers);
    const isSame =
      members.size === this.#members.size &&
      [...members.keys()].every((id) => this.#members.has(id));
    if (isSame) return;
    this.#members = members;
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #membersOf(peers: Iterable<PeerId>): ReadonlyMap<PeerId, ReadonlySet<GroupId>> {
    return new Map([...peers].map((peer) => [peer, this.#groups]));
  }
}
