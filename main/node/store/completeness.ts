import type { GroupId, PeerId } from '../../mvds/types.ts';
import type { PeerSyncStatus } from '../../sync/status.ts';

/** When this node and another one were last proven to hold the same of a group. */
interface Agreement {
  readonly peer: PeerId;
  /** Unix milliseconds. */
  readonly at: number;
  /** The first timestamp that both keep; undefined where both keep all. */
  readonly from: bigint | undefined;
  /** Whether it is a neighbour now. */
  readonly isNeighbour: boolean;
}

/** The evidence of how complete a node's copy of a group is. */
export interface Completeness {
  readonly knowsGroup: boolean;
  /** The first timestamp that it keeps; undefined where it keeps all. */
  readonly keptFrom: bigint | undefined;
  readonly neighbours: number;
  /** The latest first. */
  readonly agreements: readonly Agreement[];
  /** The node's clock, Unix milliseconds. */
  readonly now: number;
}

/** Of more, the latest are told. */
const AGREEMENTS_MAX = 64;

export function completenessOf(
  groupId: GroupId,
  peers: readonly PeerSyncStatus[],
  about: Pick<Completeness, 'knowsGroup' | 'keptFrom' | 'now'>,
): Completeness {
  const agreements = peers.flatMap(({ peerId, state, lastInSync, since }) => {
    const at = state.kind === 'up-to-date' ? about.now : lastInSync;
    if (at === undefined || !about.knowsGroup) return [];
    const from = later(about.keptFrom, since.get(groupId));
    return [{ peer: peerId, at, from, isNeighbour: isNeighbour(state) }];
  });
  return {
    ...about,
    neighbours: peers.filter(({ state }) => isNeighbour(state)).length,
    agreements: agreements.sort((a, b) => b.at - a.at).slice(0, AGREEMENTS_MAX),
  };
}

/** One that is paused has left the mesh, and may come back. */
function isNeighbour({ kind }: PeerSyncStatus['state']): boolean {
  return kind !== 'removed' && kind !== 'paused';
}

function later(one: bigint | undefined, other: bigint | undefined): bigint | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}
