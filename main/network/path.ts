import type { Connection } from '@libp2p/interface';
import { isPrivateIp } from '@libp2p/utils';
import { Circuit } from '@multiformats/multiaddr-matcher';
import type { Path } from '../sync/ports.ts';

/** How the peer at the other end of a connection is reached. */
export function pathOf(connection: Connection): Path {
  if (Circuit.matches(connection.remoteAddr)) return 'relay';
  const host = connection.remoteAddr
    .getComponents()
    .find(({ name }) => name === 'ip4' || name === 'ip6')?.value;
  return host !== undefined && isPrivateIp(host) === true ? 'lan' : 'direct';
}
