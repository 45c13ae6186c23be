import type { PeerId } from '../../mvds/types.ts';
import { MESH_CONNECTIONS_KEPT, MESH_INTRODUCTION_MS } from './constants.ts';

export interface OpenConnection {
  readonly peer: PeerId;
  /** Unix milliseconds. */
  readonly openedAt: number;
  /** Something goes over it: the peer is in the mesh, or a neighbour, or no node of the mesh. */
  readonly isNeeded: boolean;
}

/**
 * The connections that a node closes to have room for others: beyond `MESH_CONNECTIONS_KEPT`, those that are not needed, the oldest
 * first. The node that all others know first would else be full of the first that came, and nobody else could join.
 */
export function spareConnections(open: readonly OpenConnection[], now: number): readonly PeerId[] {
  const surplus = open.length - MESH_CONNECTIONS_KEPT;
  if (surplus <= 0) return [];
  return open
    .filter(({ isNeeded, openedAt }) => !isNeeded && now - openedAt >= MESH_INTRODUCTION_MS)
    .sort((a, b) => a.openedAt - b.openedAt)
    .slice(0, surplus)
    .map(({ peer }) => peer);
}
