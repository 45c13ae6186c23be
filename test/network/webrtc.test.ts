import { multiaddr } from '@multiformats/multiaddr';
import { describe, expect, test } from 'vitest';
import { pathOf } from '../../main/network/path.ts';
import { Parts, relayOf } from './direct-helpers.ts';

const LOOPBACK_TCP = '/ip4/127.0.0.1/tcp/0';

/** Two devices that know each other; the one with the smaller PeerId, which decides, comes first. */
async function twoDevices(options: Parameters<typeof Parts.start>[1]): Promise<[Parts, Parts]> {
  const both = [await Parts.start(0, options), await Parts.start(1, options)];
  return both.sort((a, b) => (a.peerId < b.peerId ? -1 : 1)) as [Parts, Parts];
}

async function expectTraffic(a: Parts, b: Parts): Promise<void> {
  const [toB, toA] = [a.sessions.at(-1), b.sessions.at(-1)];
  for (const size of [1, 300_000]) {
    await toB?.channel.write(new Uint8Array(size));
    expect((await toA?.channel.read())?.byteLength).toBe(size);
    await toA?.channel.write(new Uint8Array(size));
    expect((await toB?.channel.read())?.byteLength).toBe(size);
  }
}

describe('two devices that a relay connects', () => {
  test('are connected directly soon after, and do not need the relay any more', async () => {
    const relay = await relayOf();
    const [a, b] = await twoDevices({ relays: [relay.address] });
    a.want(b);
    b.want(a);
    const relayed = await a.sessionOver('relay');
    await Promise.all([a.onlyConnectionTo(b, 'direct'), b.onlyConnectionTo(a, 'direct')]);
    expect(await relayed.channel.read()).toBeUndefined();
    await relay.stop();
    await expectTraffic(a, b);
  }, 60_000);

  test('are back on the relay as soon as the direct path is cut', async () => {
    const relay = await relayOf();
    const [a, b] = await twoDevices({ relays: [relay.address] });
    a.want(b);
    b.want(a);
    const direct = await a.onlyConnectionTo(b, 'direct');
    await b.onlyConnectionTo(a, 'direct');
    const began = performance.now();
    direct.abort(new Error('cut'));
    const again = [
      a.sessionOver('relay', a.sessions.length),
      b.sessionOver('relay', b.sessions.length),
    ];
    await Promise.all(again);
    expect(performance.now() - began).toBeLessThan(2_000);
    await expectTraffic(a, b);
  }, 60_000);

  test('keep one of two direct connections, the one that the smaller PeerId dialled', async () => {
    const relay = await relayOf();
    const [a, b] = await twoDevices({ relays: [relay.address], upgrades: false });
    a.admit(b);
    b.admit(a);
    // In search mode a device is reachable once it has a reservation.
    await Promise.all([a.isReserved(), b.isReserved()]);
    await a.node.dial(multiaddr(`${relay.address}/p2p-circuit/p2p/${b.peerId}`));
    await Promise.all([a.dialDirectly(b, relay.address), b.dialDirectly(a, relay.address)]);
    expect(
      a
        .connectionsTo(b)
        .map(pathOf)
        .filter((path) => path === 'direct'),
    ).toHaveLength(2);
    a.want(b);
    b.want(a);
    const [atA, atB] = await Promise.all([
      a.onlyConnectionTo(b, 'direct'),
      b.onlyConnectionTo(a, 'direct'),
    ]);
    expect([atA.direction, atB.direction]).toEqual(['outbound', 'inbound']);
    await expectTraffic(a, b);
  }, 60_000);
});

describe('the local network', () => {
  test('is preferred to a direct path', async () => {
    const relay = await relayOf();
    const [a, b] = await twoDevices({ relays: [relay.address], listen: [LOOPBACK_TCP] });
    a.want(b);
    b.want(a);
    await Promise.all([a.onlyConnectionTo(b, 'direct'), b.onlyConnectionTo(a, 'direct')]);
    const [local] = b.node
      .getMultiaddrs()
      .filter((address) => !address.toString().includes('p2p-circuit'));
    if (!local) throw new Error('no address');
    await a.node.dial(local, { force: true });
    await Promise.all([a.onlyConnectionTo(b, 'lan'), b.onlyConnectionTo(a, 'lan')]);
    await expectTraffic(a, b);
  }, 60_000);

  test('has one connection where both have dialled at once', async () => {
    const [a, b] = await twoDevices({ listen: [LOOPBACK_TCP] });
    a.members.learn(b.peerId, b.node.getMultiaddrs());
    b.members.learn(a.peerId, a.node.getMultiaddrs());
    a.want(b);
    b.want(a);
    const [atA, atB] = await Promise.all([
      a.onlyConnectionTo(b, 'lan'),
      b.onlyConnectionTo(a, 'lan'),
    ]);
    expect([atA.direction, atB.direction].sort()).toEqual(['inbound', 'outbound']);
    await expectTraffic(a, b);
  }, 60_000);
});
