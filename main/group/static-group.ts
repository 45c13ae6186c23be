import type { GroupId, PeerId } from '../mvds/types.ts';
import type { PeerGroup } from '../sync/ports.ts';

/** A fixed list of peers that all share the same groups. */
export class StaticGroup implements PeerGroup {
  readonly members: ReadonlyMap<PeerId, ReadonlySet<GroupId>>;

  constructor(peers: readonly PeerId[], groups: readonly GroupId[]) {
    this.members = new Map(peers.map((peer) => [peer, new Set(groups)]));
  }

  onChange(): void {
    // It never changes.
  }
}
