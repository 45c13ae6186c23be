import { peerIdFromString } from '@libp2p/peer-id';
import type { MultiaddrConnection } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import { describe, expect, test } from 'vitest';
import { RELAY_CONNECTIONS_PER_ADDRESS_MAX } from '../../main/network/constants.ts';
import { RelayGate } from '../../main/network/relay-gate.ts';
import { keysOf } from '../helpers/identities.ts';

const [A, B] = [peerIdFromString(keysOf(0).peerId), peerIdFromString(keysOf(1).peerId)];
const PER_ADDRESS = RELAY_CONNECTIONS_PER_ADDRESS_MAX;

/** A gate at a relay that has so many connections from each of these hosts, such as `/ip4/1.2.3.4`. */
function gateAt(open: Readonly<Record<string, number>>, connectionsMax = 1_000) {
  const gate = new RelayGate(connectionsMax, undefined);
  const addresses = Object.entries(open).flatMap(([host, count]) =>
    Array.from({ length: count }, (_, index) => multiaddr(`${host}/tcp/${20_000 + index}`)),
  );
  gate.watch({ remoteAddresses: () => addresses, isFullFor: () => false });
  const admits = async (host: string) =>
    !(await gate.hooks().denyInboundConnection?.({
      remoteAddr: multiaddr(`${host}/tcp/30000`),
    } as MultiaddrConnection));
  return { gate, admits };
}

describe('connections', () => {
  test('from one public address are bounded, and those from others are not touched by that', async () => {
    const { gate, admits } = gateAt({
      '/ip4/8.8.8.8': PER_ADDRESS,
      '/ip4/9.9.9.9': PER_ADDRESS - 1,
    });
    expect(await admits('/ip4/8.8.8.8')).toBe(false);
    expect(await admits('/ip4/9.9.9.9')).toBe(true);
    expect([...gate.refusals]).toEqual([['too-many-from-address', 1]]);
  });

  test('over IPv6 count by the 64 bits that one subscriber has', async () => {
    const { admits } = gateAt({ '/ip6/2a00:1450:4001:80b::1': PER_ADDRESS });
    expect(await admits('/ip6/2a00:1450:4001:80b:1234::2')).toBe(false);
    expect(await admits('/ip6/2a00:1450:4001:80c::2')).toBe(true);
  });

  test('from an IPv4 address count alike however the socket shows it', async () => {
    const { admits } = gateAt({ '/ip6/::ffff:8.8.8.8': PER_ADDRESS });
    expect(await admits('/ip4/8.8.8.8')).toBe(false);
  });

  test('through a web proxy are not taken for those of one device', async () => {
    const near = ['/ip4/127.0.0.1', '/ip4/172.17.0.1', '/ip6/::1', '/ip6/::ffff:10.0.0.1'];
    for (const host of near) {
      expect(await gateAt({ [host]: PER_ADDRESS }).admits(host)).toBe(true);
    }
  });

  test('are bounded in all, wherever they come from', async () => {
    const { gate, admits } = gateAt({ '/ip4/127.0.0.1': 20 }, 20);
    expect(await admits('/ip4/127.0.0.1')).toBe(false);
    expect(await admits('/ip4/8.8.8.8')).toBe(false);
    expect([...gate.refusals]).toEqual([['too-many-connections', 2]]);
  });
});

describe('a gate that is closed', () => {
  test('lets in nobody, and no reservation be made or used', async () => {
    const { gate, admits } = gateAt({});
    const hooks = gate.hooks();
    expect(await hooks.denyInboundRelayReservation?.(A)).toBe(false);
    expect(await hooks.denyOutboundRelayedConnection?.(A, B)).toBe(false);
    expect(await admits('/ip4/8.8.8.8')).toBe(true);
    gate.close();
    expect(await hooks.denyInboundRelayReservation?.(A)).toBe(true);
    expect(await hooks.denyOutboundRelayedConnection?.(A, B)).toBe(true);
    expect(await admits('/ip4/8.8.8.8')).toBe(false);
  });
});

describe('an allow-list', () => {
  test('holds for both ends of a connection', async () => {
    const { gate } = gateAt({});
    const denies = async () => gate.hooks().denyOutboundRelayedConnection?.(A, B);
    gate.setAllowed(new Set([A.toString()]));
    expect(await denies()).toBe(true);
    gate.setAllowed(new Set([B.toString()]));
    expect(await denies()).toBe(true);
    gate.setAllowed(new Set([A.toString(), B.toString()]));
    expect(await denies()).toBe(false);
  });

  test('that is empty allows nobody', async () => {
    const { gate } = gateAt({});
    gate.setAllowed(new Set());
    expect(await gate.hooks().denyInboundRelayReservation?.(A)).toBe(true);
  });
});
