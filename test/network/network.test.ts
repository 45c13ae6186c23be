import { multiaddr } from '@multiformats/multiaddr';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock, systemRandom } from '../../main/helpers/clock.ts';
import { ChannelClosedError } from '../../main/helpers/frame-channel.ts';
import type { PeerId } from '../../main/mvds/types.ts';
import {
  PAIR_PROTOCOL,
  SYNC_FRAME_BYTES_MAX,
  SYNC_PROTOCOL,
} from '../../main/network/constants.ts';
import { frameChannel } from '../../main/network/framing.ts';
import { Gate } from '../../main/network/gate.ts';
import { Network } from '../../main/network/network.ts';
import type { PairingChannel } from '../../main/network/pairing.ts';
import { createDeviceNode } from '../../main/network/node.ts';
import { startRelayServer } from '../../main/network/relay-server.ts';
import type { Session } from '../../main/sync/ports.ts';
import { keysOf } from '../helpers/identities.ts';

interface Started {
  readonly network: Network;
  readonly peerId: PeerId;
  /** The next session that the network reports. */
  nextSession(): Promise<Session>;
}

async function start(
  number: number,
  options: { readonly relays?: readonly string[]; readonly listen?: readonly string[] } = {},
): Promise<Started> {
  const keys = keysOf(number);
  const network = await Network.create({
    keys,
    listen: options.listen ?? [],
    mustListen: true,
    relays: options.relays ?? [],
    lan: false,
    clock: systemClock,
    random: systemRandom,
    onRelayChange: () => undefined,
  });
  const sessions: Session[] = [];
  let wake: () => void = () => undefined;
  network.onSession((session) => {
    sessions.push(session);
    wake();
  });
  await network.start();
  onTestFinished(() => network.stop());
  const nextSession = async () => {
    for (;;) {
      const session = sessions.shift();
      if (session) return session;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { network, peerId: keys.peerId, nextSession };
}

async function startRelay(number = 9): Promise<string> {
  const relay = await startRelayServer(keysOf(number).seed, ['/ip4/127.0.0.1/tcp/0']);
  onTestFinished(() => relay.stop());
  return relay.addresses[0] ?? '';
}

function wantEachOther(...devices: readonly Started[]): void {
  for (const { network, peerId } of devices) {
    const others = devices.map((device) => device.peerId).filter((other) => other !== peerId);
    network.want(new Set(others));
  }
}

describe('sessions', () => {
  test('carry whole frames both ways through a relay, whatever their size', async () => {
    const relay = await startRelay();
    const [a, b] = [await start(0, { relays: [relay] }), await start(1, { relays: [relay] })];
    wantEachOther(a, b);
    const [toB, toA] = await Promise.all([a.nextSession(), b.nextSession()]);
    expect(toB).toMatchObject({ peerId: b.peerId, path: 'relay' });
    expect(toA).toMatchObject({ peerId: a.peerId, path: 'relay' });
    for (const size of [0, 1, 3, 70_000, 400_000]) {
      const frame = new Uint8Array(size).map((_, index) => index % 251);
      await toB.channel.write(frame);
      expect(Buffer.from((await toA.channel.read()) ?? []).equals(frame)).toBe(true);
      await toA.channel.write(frame);
      expect((await toB.channel.read())?.byteLength).toBe(size);
    }
  }, 30_000);

  test('end at both ends when one of them closes, and begin again', async () => {
    const relay = await startRelay();
    const [a, b] = [await start(0, { relays: [relay] }), await start(1, { relays: [relay] })];
    wantEachOther(a, b);
    const [first, other] = await Promise.all([a.nextSession(), b.nextSession()]);
    await first.channel.close();
    expect(await other.channel.read()).toBeUndefined();
    const [again] = await Promise.all([a.nextSession(), b.nextSession()]);
    expect(again.peerId).toBe(b.peerId);
    await expect(first.channel.write(new Uint8Array(1))).rejects.toThrow('ended');
  }, 30_000);

  test('skip a frame over the limit, and end when the other side sends too much of that', async () => {
    const relay = await startRelay();
    const [a, b] = [await start(0, { relays: [relay] }), await start(1, { relays: [relay] })];
    wantEachOther(a, b);
    const [toB, toA] = await Promise.all([a.nextSession(), b.nextSession()]);
    const tooLong = new Uint8Array(SYNC_FRAME_BYTES_MAX + 1);
    await toB.channel.write(tooLong);
    await toB.channel.write(Uint8Array.of(7));
    expect([...((await toA.channel.read()) ?? [])]).toEqual([7]);
    const flood = async (): Promise<void> => {
      for (;;) await toB.channel.write(tooLong);
    };
    const flooding = flood().catch((error: unknown) => error);
    expect(await toA.channel.read()).toBeUndefined();
    expect(await flooding).toBeInstanceOf(ChannelClosedError);
  }, 30_000);

  test('take the local network where there is a way, and say so', async () => {
    const a = await start(0, { listen: ['/ip4/127.0.0.1/tcp/0'] });
    const b = await start(1);
    b.network.learnAddresses(a.peerId, await a.network.reachableAt());
    wantEachOther(a, b);
    expect((await b.nextSession()).path).toBe('lan');
  }, 30_000);

  test('are carried over IPv6 as well', async () => {
    const relay = await startRelayServer(keysOf(9).seed, ['/ip6/::1/tcp/0']);
    onTestFinished(() => relay.stop());
    const options = { relays: relay.addresses };
    const [a, b] = [await start(0, options), await start(1, options)];
    wantEachOther(a, b);
    const session = await a.nextSession();
    const other = await b.nextSession();
    await session.channel.write(new Uint8Array([6]));
    expect([...((await other.channel.read()) ?? [])]).toEqual([6]);
    expect(session.path).toBe('relay');
  });

  test.each(['directly', 'through a relay'])(
    'begin, %s, once the pairing by which a device was let in is over, and never end it',
    async (way) => {
      const relays = way === 'directly' ? [] : [await startRelay()];
      const listen = way === 'directly' ? ['/ip4/127.0.0.1/tcp/0'] : [];
      const both = [await start(0, { relays, listen }), await start(1, { relays, listen })];
      // The one that opens sessions is the one that could open them too early.
      const [inviter, joiner] = both.sort((one, other) => (one.peerId < other.peerId ? -1 : 1));
      if (!inviter || !joiner) throw new Error('two were started');
      const accepted = new Promise<PairingChannel>((resolve) =>
        inviter.network.acceptPairing(resolve),
      );
      const addresses = await inviter.network.reachableAt();
      const asking = await joiner.network.connectToInviter(inviter.peerId, addresses);
      await asking.channel.write(new Uint8Array([1]));
      const answering = await accepted;
      expect([...((await answering.channel.read()) ?? [])]).toEqual([1]);

      const began = inviter.nextSession();
      inviter.network.want(new Set([joiner.peerId]));
      await answering.channel.write(new Uint8Array([2]));
      expect([...((await asking.channel.read()) ?? [])]).toEqual([2]);
      // As after a session that the other side has refused.
      inviter.network.want(new Set(), new Set([joiner.peerId]));
      await answering.channel.write(new Uint8Array([3]));
      expect([...((await asking.channel.read()) ?? [])]).toEqual([3]);

      wantEachOther(inviter, joiner);
      await asking.channel.close();
      const [here, there] = await Promise.all([began, joiner.nextSession()]);
      await here.channel.write(new Uint8Array([4]));
      expect([...((await there.channel.read()) ?? [])]).toEqual([4]);
    },
    30_000,
  );

  test('end with a device that is to come by itself, which is hung up on', async () => {
    const listen = ['/ip4/127.0.0.1/tcp/0'];
    const [a, b] = [await start(0, { listen }), await start(1)];
    b.network.learnAddresses(a.peerId, await a.network.reachableAt());
    wantEachOther(a, b);
    const [, there] = await Promise.all([a.nextSession(), b.nextSession()]);
    a.network.want(new Set(), new Set([b.peerId]));
    expect(await there.channel.read()).toBeUndefined();
  }, 30_000);

  test('come back after the relay was away', async () => {
    const seed = keysOf(9).seed;
    const relay = await startRelayServer(seed, ['/ip4/127.0.0.1/tcp/0']);
    const address = relay.addresses[0] ?? '';
    const [a, b] = [await start(0, { relays: [address] }), await start(1, { relays: [address] })];
    wantEachOther(a, b);
    const [before] = await Promise.all([a.nextSession(), b.nextSession()]);
    await relay.stop();
    expect(await before.channel.read()).toBeUndefined();
    const [listen = ''] = address.split('/p2p/');
    const again = await startRelayServer(seed, [listen]);
    onTestFinished(() => again.stop());
    const [after] = await Promise.all([a.nextSession(), b.nextSession()]);
    expect(after.peerId).toBe(b.peerId);
  }, 60_000);
});

describe('the gate', () => {
  test('refuses a stranger, through the relay and directly, and lets members in', async () => {
    const relay = await startRelay();
    const listen = ['/ip4/127.0.0.1/tcp/0'];
    const a = await start(0, { relays: [relay], listen });
    const stranger = await start(5, { relays: [relay] });
    const addresses = await a.network.reachableAt();
    expect(addresses.length).toBeGreaterThanOrEqual(2);
    for (const address of addresses) {
      await expect(stranger.network.connectToInviter(a.peerId, [address])).rejects.toThrow();
    }
  }, 30_000);

  test('lets a stranger speak the pairing protocol while that is open, and nothing else', async () => {
    const relay = await startRelay();
    const a = await start(0, { relays: [relay] });
    const addresses = await a.network.reachableAt();
    const pairing = new Promise<PairingChannel>((resolve) => a.network.acceptPairing(resolve));

    const gate = new Gate();
    gate.setPairing(true);
    const stranger = await createDeviceNode({
      seed: keysOf(1).seed,
      listen: [],
      mustListen: false,
      lan: false,
      gate,
    });
    await stranger.start();
    onTestFinished(() => stranger.stop());
    const connection = await stranger.dial(addresses.map((address) => multiaddr(address)));
    const open = async (protocol: string) =>
      frameChannel(await connection.newStream(protocol, { runOnLimitedConnection: true }), 1_000);

    const channel = await open(PAIR_PROTOCOL);
    await channel.write(new Uint8Array([7]));
    const accepted = await pairing;
    expect(accepted.peerId).toBe(keysOf(1).peerId);
    expect([...((await accepted.channel.read()) ?? [])]).toEqual([7]);

    // The stream of the sync protocol is refused, or ended before it has said anything.
    const said = await open(SYNC_PROTOCOL).then(
      (session) => session.read(),
      () => undefined,
    );
    expect(said).toBeUndefined();

    a.network.acceptPairing(undefined);
    const late = await open(PAIR_PROTOCOL).then(
      (pairingChannel) => pairingChannel.read(),
      () => undefined,
    );
    expect(late).toBeUndefined();
    const other = await start(7, { relays: [relay] });
    await expect(other.network.connectToInviter(a.peerId, addresses)).rejects.toThrow();
  }, 30_000);
});
