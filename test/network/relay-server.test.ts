import { peerIdFromString } from '@libp2p/peer-id';
import { byteStream } from '@libp2p/utils';
import { multiaddr } from '@multiformats/multiaddr';
import { pEvent } from 'p-event';
import { Registry } from 'prom-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { nodeMetricsIn } from '../../main/network/node-metrics.ts';
import { systemClock } from '../../main/helpers/clock.ts';
import type { Clock } from '../../main/helpers/clock.ts';
import { RELAY_STRANGER_MS } from '../../main/network/constants.ts';
import { startRelayServer } from '../../main/network/relay-server.ts';
import type { Session } from '../../main/sync/ports.ts';
import { keysOf } from '../helpers/identities.ts';
import { deviceAt, ourRelay, plainNode, relayedAddress } from './relay-helpers.ts';
import type { RelayedDevice } from './relay-helpers.ts';

const nextSession = async ({ network }: RelayedDevice): Promise<Session> =>
  new Promise((resolve) => network.onSession(resolve));

const ECHO = '/echo/1.0.0';

describe('libp2p nodes without any of our code', () => {
  test.each([
    ['TCP', '/ip4/127.0.0.1/tcp/0'],
    ['WebSocket', '/ip4/127.0.0.1/tcp/0/ws'],
  ])('reserve and talk through our relay over %s', async (_transport, listen) => {
    const relay = await ourRelay({}, 90, [listen]);
    const a = await plainNode(50, [`${relay.address}/p2p-circuit`]);
    await a.handle(
      ECHO,
      async (stream) => {
        const bytes = byteStream(stream);
        await bytes.write((await bytes.read())?.subarray() ?? new Uint8Array());
      },
      { runOnLimitedConnection: true },
    );
    const b = await plainNode(51);
    const connection = await b.dial(multiaddr(await relayedAddress(a)));
    expect(connection.remoteAddr.toString()).toContain('/p2p-circuit');
    const stream = byteStream(await connection.newStream(ECHO, { runOnLimitedConnection: true }));
    await stream.write(new TextEncoder().encode('through a relay'));
    expect(new TextDecoder().decode((await stream.read())?.subarray())).toBe('through a relay');
    expect(relay.counts()).toMatchObject({
      reservations: 1,
      connections: 2,
      relayedConnections: 1,
    });
    expect(connection.limits?.bytes).toBeGreaterThan((1n << 30n) - 10_000n);
  });
});

describe('a relay with one place', () => {
  test('says to the second device that it is full, and takes it when the first has left', async () => {
    const relay = await ourRelay({ maxReservations: 1 });
    const a = await deviceAt(0, relay.address);
    await a.relaysAre('connected');
    const b = await deviceAt(1, relay.address);
    await b.relaysAre('full');
    expect(relay.counts().reservations).toBe(1);
    expect(relay.counts().refusals.get('full')).toBeGreaterThan(0);

    // What it cannot be is reached; it still reaches the other one.
    a.network.want(new Set([b.peerId]));
    b.network.want(new Set([a.peerId]));
    await nextSession(b);

    await a.network.stop();
    await b.relaysAre('connected');
    expect(relay.counts().reservations).toBe(1);
  });

  test('takes one device after another, whatever keys they had', async () => {
    const relay = await ourRelay({ maxReservations: 1 });
    for (const number of [0, 1, 2]) {
      const device = await deviceAt(number, relay.address);
      await device.relaysAre('connected');
      await device.network.stop();
    }
    expect(relay.counts().reservations).toBeLessThanOrEqual(1);
  });
});

describe('a relay with an allow-list', () => {
  test('refuses a device that is not on it, until it is', async () => {
    const [a, b] = [keysOf(0).peerId, keysOf(1).peerId];
    const relay = await ourRelay({ allowed: new Set([a]) });
    const first = await deviceAt(0, relay.address);
    await first.relaysAre('connected');
    const second = await deviceAt(1, relay.address);
    await second.relaysAre('refused');
    expect(relay.counts().refusals.get('not-allowed')).toBeGreaterThan(0);

    relay.setAllowed(new Set([a, b]));
    await second.relaysAre('connected');
    expect(relay.counts().reservations).toBe(2);

    relay.setAllowed(new Set([b]));
    await first.relaysAre('refused');
    expect(relay.counts().reservations).toBe(1);
  });

  test('connects nobody who is not on it, in either direction', async () => {
    const relay = await ourRelay({ allowed: new Set([keysOf(50).peerId]) });
    const a = await plainNode(50, [`${relay.address}/p2p-circuit`]);
    const stranger = await plainNode(51);
    await expect(stranger.dial(multiaddr(await relayedAddress(a)))).rejects.toThrow(
      'PERMISSION_DENIED',
    );
    expect(a.getConnections(stranger.peerId)).toEqual([]);

    relay.setAllowed(undefined);
    await stranger.dial(multiaddr(await relayedAddress(a)));
  });

  test('does not let a stranger hold a connection', async () => {
    // A clock on which the time that strangers have is over as soon as the test says.
    const isCounting = Promise.withResolvers<() => void>();
    const clock: Clock = {
      ...systemClock,
      schedule: (delayMs, callback) => {
        if (delayMs === RELAY_STRANGER_MS) isCounting.resolve(callback);
        return () => undefined;
      },
    };
    const relay = await ourRelay({ allowed: new Set(), clock });
    const stranger = await plainNode(51);
    const connection = await stranger.dial(multiaddr(relay.address));
    const timeIsOver = await isCounting.promise;
    expect(connection.status).toBe('open');
    const closed = pEvent(connection, 'close');
    timeIsOver();
    await closed;
  });
});

describe('several relays', () => {
  test('are all reserved at, and devices stay in contact when one of them dies', async () => {
    const one = await startRelayServer(keysOf(90).seed, ['/ip4/127.0.0.1/tcp/0']);
    onTestFinished(() => one.stop());
    const two = await ourRelay({}, 91);
    const relays = [one.addresses[0] ?? '', two.address];
    const [a, b] = [await deviceAt(0, ...relays), await deviceAt(1, ...relays)];
    await Promise.all([a, b].map((device) => device.relaysAre('connected', 'connected')));
    expect([one.counts().reservations, two.counts().reservations]).toEqual([2, 2]);

    const met = nextSession(a);
    a.network.want(new Set([b.peerId]));
    b.network.want(new Set([a.peerId]));
    await met;
    const metAgain = nextSession(a);
    // Whichever of them the connection goes through.
    const [carrier, other] = one.counts().relayedConnections > 0 ? [one, two] : [two, one];
    await carrier.stop();
    await metAgain;
    expect(other.counts().relayedConnections).toBeGreaterThan(0);
  });
});

describe('what a relay announces', () => {
  test('takes the place of what it listens on, with its id at the end', async () => {
    const announce = ['/dns4/relay.example.org/tcp/443/tls/ws'];
    const relay = await ourRelay({ announce });
    const id = keysOf(90).peerId;
    expect(relay.addresses).toEqual([`${announce[0]}/p2p/${id}`]);
    expect(relay.listening.join()).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\//u);
    // A device that is reserved is told the same, and passes it on.
    const a = await plainNode(50, [`${relay.listening[0]}/p2p-circuit`]);
    await relayedAddress(a);
    const addresses = a.getMultiaddrs().map((address) => address.toString());
    expect(addresses).toContain(`${announce[0]}/p2p/${id}/p2p-circuit/p2p/${a.peerId.toString()}`);
  });
});

describe('a relay that stops', () => {
  test('ends its connections, and can be started again in the same place', async () => {
    const relay = await ourRelay();
    const a = await plainNode(50);
    const connection = await a.dial(multiaddr(relay.address));
    const closed = pEvent(connection, 'close');
    await relay.stop();
    await closed;
    await expect(a.dial(multiaddr(relay.address))).rejects.toThrow();
    await ourRelay({}, 90, [relay.address.split('/p2p/')[0] ?? '']);
    await a.dial(multiaddr(relay.address));
    expect(a.getConnections(peerIdFromString(keysOf(90).peerId))).toHaveLength(1);
  });
});

describe('what is measured of a relay', () => {
  test('is what goes on at it', async () => {
    const registry = new Registry();
    const nodeMetrics = nodeMetricsIn(registry);
    const relay = await ourRelay({ nodeMetrics, maxReservations: 1 });
    const [a, b] = [await deviceAt(0, relay.address), await deviceAt(1, relay.address)];
    await a.relaysAre('connected');
    await b.relaysAre('full');
    a.network.want(new Set([b.peerId]));
    b.network.want(new Set([a.peerId]));
    const [ours, theirs] = await Promise.all([nextSession(a), nextSession(b)]);
    const before = relay.counts().relayedBytes;
    await ours.channel.write(new Uint8Array(100_000));
    await theirs.channel.read();
    const relayed = relay.counts().relayedBytes - before;
    expect(relayed).toBeGreaterThan(100_000);
    expect(relayed).toBeLessThan(120_000);

    await a.network.claimNameplate({ next: () => 0.4711 });
    expect(relay.counts()).toMatchObject({
      ...{ reservations: 1, connections: 2, relayedConnections: 1, nameplates: 1 },
    });
    expect(relay.counts().refusals.get('full')).toBeGreaterThan(0);
    // libp2p's own, and those of the process.
    const text = await registry.metrics();
    expect(text).toContain('libp2p_data_transfer_bytes_total');
    expect(text).toContain('process_cpu_user_seconds_total');
  });
});
