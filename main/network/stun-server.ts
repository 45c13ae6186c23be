import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';
import { getNetConfig, getThinWaistAddresses } from '@libp2p/utils';
import { multiaddr } from '@multiformats/multiaddr';
import { answerTo } from './stun-message.ts';
import type { StunAddress } from './stun-message.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:stun-server');

export interface StunServer {
  /** `host:port` of each socket and interface, IPv6 in brackets. */
  readonly addresses: readonly string[];
  stop(): Promise<void>;
}

interface Family {
  readonly type: 'udp4' | 'udp6';
  readonly host: string;
  /** What stands for an address of this family in a multiaddr, before the address itself. */
  readonly protocol: 'ip4' | 'ip6';
}

const ALL: readonly Family[] = [
  { type: 'udp4', host: '0.0.0.0', protocol: 'ip4' },
  { type: 'udp6', host: '::', protocol: 'ip6' },
];
const LOOPBACK: readonly Family[] = [
  { type: 'udp4', host: '127.0.0.1', protocol: 'ip4' },
  { type: 'udp6', host: '::1', protocol: 'ip6' },
];

/** One byte: the codes of ip4 (4) and ip6 (41) as varints. */
const PROTOCOL_BYTES = 1;

/**
 * Tells devices under which address they are seen from outside (RFC 8489), which is how two of them behind NATs find a direct
 * path to each other. Listens on UDP `port`, over IPv4 and IPv6; a computer without one of them does with the other. Port 0
 * is any free one, and each family has its own. Undefined where it can listen on neither.
 */
export async function startStunServer(
  port: number,
  reach: 'everyone' | 'loopback' = 'everyone',
): Promise<StunServer | undefined> {
  const opened = await Promise.all(
    (reach === 'everyone' ? ALL : LOOPBACK).map((family) => open(family, port)),
  );
  const sockets = opened.filter((socket) => socket !== undefined);
  if (sockets.length === 0) return undefined;
  return {
    addresses: sockets.flatMap(addressTexts),
    stop: async () => {
      await Promise.all(
        sockets.map(async (socket) => {
          const closed = once(socket, 'close');
          socket.close();
          await closed;
        }),
      );
    },
  };
}

async function open(family: Family, port: number): Promise<Socket | undefined> {
  const { type, host } = family;
  // Without `ipv6Only` the IPv6 socket would take the port of the other one too.
  const socket = createSocket({ type, ipv6Only: type === 'udp6' });
  try {
    socket.bind(port, host);
    await once(socket, 'listening');
  } catch (error) {
    ignored(error);
    socket.close();
    return undefined;
  }
  // What cannot be delivered is lost, as a datagram may be.
  socket.on('error', () => undefined);
  socket.on('message', (datagram, from) => {
    const answer = answerTo(datagram, sourceOf(from, family));
    if (answer) socket.send(answer, from.port, from.address, () => undefined);
  });
  return socket;
}

function sourceOf({ address, port }: RemoteInfo, { protocol }: Family): StunAddress {
  // A link-local address comes with the interface that it was seen on.
  const [plain = ''] = address.split('%');
  return { ip: multiaddr(`/${protocol}/${plain}`).bytes.subarray(PROTOCOL_BYTES), port };
}

/** All interfaces, where it is bound to all. */
function addressTexts(socket: Socket): string[] {
  const { address, family, port } = socket.address();
  const protocol = family === 'IPv6' ? 'ip6' : 'ip4';
  return getThinWaistAddresses(multiaddr(`/${protocol}/${address}/udp/${port}`), port).map(
    (one) => {
      const { host } = getNetConfig(one);
      return family === 'IPv6' ? `[${host}]:${port}` : `${host}:${port}`;
    },
  );
}
