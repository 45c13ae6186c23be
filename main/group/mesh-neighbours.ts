import type { PeerId } from '../mvds/types.ts';

/*
 * With whom a node of a mesh synchronizes. Events change the state, and nothing else does; `neighboursOf` reads it. Times are Unix
 * milliseconds.
 *
 * Invariants, each held by the test of that number in `test/group/mesh-neighbours.test.ts`:
 *
 *  1. There are never more neighbours than the degree, whatever the mesh, visitors and liars do.
 *  2. A mesh peer is a neighbour as long as it is in the mesh and there is room: all of the degree but `placesBesideMesh`.
 *  3. One place is for a peer outside of the mesh that this node visits, another one at each `tick`, so that two meshes that know of
 *     each other become one. One is for a peer that visits this node, as long as its session. With a degree below four there is
 *     one place for either.
 *  4. A neighbour that leaves the mesh is paused for `REST_MS`, then dropped. It gives way to a mesh peer without a place.
 *  5. A peer that is back in the mesh meanwhile goes on where it was.
 *  6. This node is no neighbour of itself, and no peer has two places.
 */

/** A mesh of fewer neighbours than this is no graph that holds together by itself. */
export const THIN_MESH = 2;
/** With such a mesh visits are what spreads messages; milliseconds. */
export const THIN_VISIT_MS = 15_000;
/** A mesh that is mended may graft a peer again at once; what it is owed is kept for so long. */
export const REST_MS = 30_000;
/** A visit lasts as long as two nodes need to find out what differs and exchange it, and no longer than this. */
export const VISIT_MS = 120_000;
/** A visitor whose session has ended has left; one that stays has to go after this. */
const VISITOR_MS = 2 * VISIT_MS;
/** With one neighbour there are only pairs. */
export const DEGREE_MIN = 2;
/** Each neighbour is one more copy of what is sent, and more than this make no graph better connected. */
export const DEGREE_MAX = 64;

/** Places beside the mesh: one for the peer that is visited, one for a visitor; the same one where the degree is small. */
export function placesBesideMesh(degree: number): number {
  return degree < 4 ? 1 : 2;
}

interface Place {
  readonly peer: PeerId;
  readonly since: number;
}

export interface Neighbours {
  readonly degree: number;
  readonly self: PeerId;
  /** Mesh peers with a place, in the order that they came in; `leftAt` of one that is in the mesh no more. */
  readonly mesh: ReadonlyMap<PeerId, { readonly leftAt: number | undefined }>;
  /** Mesh peers without a place. */
  readonly waiting: ReadonlySet<PeerId>;
  readonly visited: Place | undefined;
  readonly visitor: Place | undefined;
}

export type MeshEvent =
  /** The mesh consists of these peers now. */
  | { readonly type: 'mesh'; readonly peers: ReadonlySet<PeerId> }
  /** Time has passed. `candidate`: a peer outside of the mesh to visit, drawn by chance. */
  | { readonly type: 'tick'; readonly candidate: PeerId | undefined }
  /** A peer wants to be let in. Whether it was shows `roleOf`: one that rests was not. */
  | { readonly type: 'visit'; readonly peer: PeerId }
  /** A peer has no room for this node, or cannot be reached. */
  | { readonly type: 'refused'; readonly peer: PeerId }
  | { readonly type: 'session-ended'; readonly peer: PeerId }
  /** A peer is no neighbour from now on, at once. */
  | { readonly type: 'blocked'; readonly peer: PeerId };

/** Throws `RangeError` on a degree out of range. */
export function newNeighbours(self: PeerId, degree: number): Neighbours {
  if (!Number.isInteger(degree) || degree < DEGREE_MIN || degree > DEGREE_MAX) {
    throw new RangeError(`a degree is a whole number from ${DEGREE_MIN} to ${DEGREE_MAX}`);
  }
  return {
    ...{ degree, self, mesh: new Map(), waiting: new Set() },
    ...{ visited: undefined, visitor: undefined },
  };
}

/** All of them, and those of them that are paused. */
export function neighboursOf({ mesh, visited, visitor }: Neighbours): {
  readonly all: ReadonlySet<PeerId>;
  readonly paused: ReadonlySet<PeerId>;
} {
  const beside = [visited?.peer, visitor?.peer].filter((peer) => peer !== undefined);
  const resting = [...mesh].filter(([, { leftAt }]) => leftAt !== undefined);
  return {
    all: new Set([...mesh.keys(), ...beside]),
    paused: new Set(resting.map(([peer]) => peer)),
  };
}

/** Why a peer is a neighbour. `resting`: it has left the mesh. */
export type NeighbourRole = 'mesh' | 'resting' | 'visited' | 'visitor';

/** Undefined of a peer that is none. */
export function roleOf(state: Neighbours, peer: PeerId): NeighbourRole | undefined {
  const place = state.mesh.get(peer);
  if (place) return place.leftAt === undefined ? 'mesh' : 'resting';
  if (state.visited?.peer === peer) return 'visited';
  return state.visitor?.peer === peer ? 'visitor' : undefined;
}

export function isNeighbour({ mesh, visited, visitor }: Neighbours, peer: PeerId): boolean {
  return mesh.has(peer) || visited?.peer === peer || visitor?.peer === peer;
}

export function nextNeighbours(before: Neighbours, event: MeshEvent, now: number): Neighbours {
  switch (event.type) {
    case 'mesh':
      return withMesh(before, event.peers, now);
    case 'tick':
      return explored(rested(before, now), event.candidate, now);
    case 'visit':
      return visitedBy(before, event.peer, now);
    case 'refused':
      return before.visited?.peer === event.peer ? { ...before, visited: undefined } : before;
    case 'session-ended':
      return before.visitor?.peer === event.peer ? { ...before, visitor: undefined } : before;
    case 'blocked':
      return without(before, event.peer);
  }
}

function without(before: Neighbours, peer: PeerId): Neighbours {
  const isOther = (place: Place | undefined): boolean => place?.peer !== peer;
  const { visited, visitor } = before;
  return {
    ...before,
    mesh: new Map([...before.mesh].filter(([one]) => one !== peer)),
    waiting: new Set([...before.waiting].filter((one) => one !== peer)),
    visited: isOther(visited) ? visited : undefined,
    visitor: isOther(visitor) ? visitor : undefined,
  };
}

function withMesh(before: Neighbours, peers: ReadonlySet<PeerId>, now: number): Neighbours {
  const { self, degree } = before;
  const mesh = new Map(
    [...before.mesh].map(([peer, { leftAt }]) => [
      peer,
      { leftAt: peers.has(peer) ? undefined : (leftAt ?? now) },
    ]),
  );
  const waiting = new Set([...peers].filter((peer) => peer !== self && !mesh.has(peer)));
  // A peer that was visited, or visits, and is in the mesh now, needs no place beside it.
  const beside = (place: Place | undefined): Place | undefined =>
    place && mesh.has(place.peer) ? undefined : place;
  const places = degree - placesBesideMesh(degree);
  for (const peer of waiting) {
    if (mesh.size >= places && !dropResting(mesh)) break;
    mesh.set(peer, { leftAt: undefined });
    waiting.delete(peer);
  }
  const { visited, visitor } = before;
  return { ...before, mesh, waiting, visited: beside(visited), visitor: beside(visitor) };
}

/** Drops the one that left the mesh first. Returns false where none has. */
function dropResting(mesh: Map<PeerId, { readonly leftAt: number | undefined }>): boolean {
  let first: { readonly peer: PeerId; readonly leftAt: number } | undefined;
  for (const [peer, { leftAt }] of mesh) {
    if (leftAt !== undefined && (!first || leftAt < first.leftAt)) first = { peer, leftAt };
  }
  return first !== undefined && mesh.delete(first.peer);
}

/** A clock that was set back ends it. */
function isOver(since: number, lastsMs: number, now: number): boolean {
  return now < since || now - since >= lastsMs;
}

function rested(before: Neighbours, now: number): Neighbours {
  const mesh = new Map(
    [...before.mesh].filter(
      ([, { leftAt }]) => leftAt === undefined || !isOver(leftAt, REST_MS, now),
    ),
  );
  const { visitor } = before;
  const stays = visitor && !isOver(visitor.since, VISITOR_MS, now) ? visitor : undefined;
  const freed = { ...before, mesh, visitor: stays };
  const inMesh = [...mesh].filter(([, { leftAt }]) => leftAt === undefined);
  const peers = new Set([...inMesh.map(([peer]) => peer), ...before.waiting]);
  return before.waiting.size > 0 ? withMesh(freed, peers, now) : freed;
}

function explored(before: Neighbours, candidate: PeerId | undefined, now: number): Neighbours {
  const others = { ...before, visited: undefined };
  const isFree =
    candidate !== undefined &&
    candidate !== before.self &&
    !isNeighbour(others, candidate) &&
    hasPlaceBeside(others);
  return { ...others, visited: isFree ? { peer: candidate, since: now } : undefined };
}

function visitedBy(before: Neighbours, peer: PeerId, now: number): Neighbours {
  const role = roleOf(before, peer);
  if (peer === before.self || (role !== undefined && role !== 'resting')) return before;
  if (before.visitor !== undefined || !hasPlaceBeside(before)) return before;
  // One that has left the mesh, and comes back to visit, does not rest any more.
  return { ...without(before, peer), visitor: { peer, since: now } };
}

function hasPlaceBeside({ degree, visited, visitor }: Neighbours): boolean {
  return [visited, visitor].filter((place) => place).length < placesBesideMesh(degree);
}
