import type { Connection } from '@libp2p/interface';
import { isPrivateIp } from '@libp2p/utils';
import { Circuit, WebRTC } from '@multiformats/multiaddr-matcher';
import type { Path } from '../sync/ports.ts';

/** How the peer at the other end of a connection is reached. */
export function pathOf({ remoteAddr }: Connection): Path {
  // Its address is that of the relay by which it was arranged, or none at all. Which address the peer has in the end the
  // library does not tell, so one within the local network counts as direct too.
  if (WebRTC.exactMatch(remoteAddr)) return 'direct';
  if (Circuit.matches(remoteAddr)) return 'relay';
  const host = remoteAddr
    .getComponents()
    .find(({ name }) => name === 'ip4' || name === 'ip6')?.value;
  return host !== undefined && isPrivateIp(host) === true ? 'lan' : 'direct';
}

const RANK: Readonly<Record<Path, number>> = { lan: 2, direct: 1, relay: 0 };

/**
 * The connection to use where there are several to one peer: lan before direct before relay; among equals one that
 * `dialler` has dialled, and else the oldest.
 */
export function bestOf(
  connections: readonly Connection[],
  isByDialler: (connection: Connection) => boolean,
): Connection | undefined {
  const better = (a: Connection, b: Connection): number =>
    RANK[pathOf(b)] - RANK[pathOf(a)] ||
    Number(isByDialler(b)) - Number(isByDialler(a)) ||
    a.timeline.open - b.timeline.open;
  return connections.toSorted(better)[0];
}
