import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import { describe, expect, test } from 'vitest';
import { systemClock, systemRandom } from '../../main/helpers/clock.ts';
import type { Clock } from '../../main/helpers/clock.ts';
import {
  INVITER_REQUESTS,
  NAMEPLATE_CANDIDATES_MAX,
  NAMEPLATE_MS,
  RENDEZVOUS_FRAME_BYTES_MAX,
  RENDEZVOUS_PROTOCOL,
} from '../../main/network/constants.ts';
import { frameChannel } from '../../main/network/framing.ts';
import { Gate } from '../../main/network/gate.ts';
import { askWhose } from '../../main/network/rendezvous-client.ts';
import { RendezvousAction, RendezvousRequest } from '../../main/proto/rendezvous.ts';
import { keysOf } from '../helpers/identities.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import {
  start,
  openNode,
  addressOf,
  nameplateOf,
  all,
  search,
  outcomeOf,
  startJoiner,
  startInviter,
  startLiar,
  startRelay,
} from './rendezvous-helpers.ts';

describe('without a relay, asked at an address that the test notes in place of mDNS', () => {
  test('an inviting device says that the nameplate is its own, and can be paired with', async () => {
    const a = await startInviter();
    const b = await start(1);
    const joiner = await startJoiner(2);
    await joiner.tell(a.peerId, a.addresses);
    const { candidates, tried } = await outcomeOf(joiner, a.nameplate);
    expect(tried).toEqual([]);
    expect(candidates).toMatchObject([{ peerId: a.peerId, via: 'lan' }]);
    const addresses = candidates[0]?.addresses ?? [];
    expect(addresses.map((address) => multiaddr(address).toString())).toEqual(a.addresses);
    expect(joiner.node.getConnections()).toEqual([]);
    // Nor may it be dialled any more.
    await expect(joiner.node.dial(peerIdFromString(a.peerId))).rejects.toThrow('DialPeer');
    await b.network.connectToInviter(a.peerId, addresses);
    expect(await a.pairing).toMatchObject({ peerId: b.peerId, path: 'lan' });
  }, 30_000);

  test('a device that appears during the search is asked too', async () => {
    const a = await startInviter();
    const joiner = await startJoiner();
    const found = search(joiner, a.nameplate);
    await found.asked();
    const next = found.candidates().next();
    await joiner.tell(a.peerId, a.addresses);
    expect((await next).value).toMatchObject({ peerId: a.peerId, via: 'lan' });
  });

  test.each([0, 10, 20, 30])(
    'a device is found though a dial to it is just being refused, %i turns before the search',
    async (turns) => {
      const a = await startInviter();
      const joiner = await startJoiner();
      await joiner.tell(a.peerId, a.addresses);
      // As the library does with whatever is discovered, to see if it is a relay.
      const refused = joiner.node.dial(peerIdFromString(a.peerId)).catch(() => undefined);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      expect((await outcomeOf(joiner, a.nameplate)).candidates).toHaveLength(1);
      await refused;
    },
  );

  test('a device to which there is a connection is asked on that, and it stays open', async () => {
    const a = await startInviter();
    const joiner = await startJoiner();
    joiner.gate.setWayToInviter(new Set([a.peerId]));
    const connection = await joiner.node.dial(a.addresses.map((address) => multiaddr(address)));
    const { candidates } = await outcomeOf(joiner, a.nameplate);
    expect(candidates).toMatchObject([{ peerId: a.peerId, via: 'lan' }]);
    expect(connection.status).toBe('open');
  });

  test('another nameplate, one that was released and one that expired are not known', async () => {
    const clock = new ManualClock();
    const a = await startInviter(0, clock);
    const joiner = await startJoiner();
    await joiner.tell(a.peerId, a.addresses);
    const unknown = {
      candidates: [],
      tried: [{ kind: 'lan', address: a.addresses[0], outcome: 'unknown-nameplate' }],
    };
    const other = nameplateOf(a.nameplate === '0001' ? '0002' : '0001');
    expect(await outcomeOf(joiner, other)).toEqual(unknown);
    expect(joiner.node.getConnections()).toEqual([]);
    expect((await outcomeOf(joiner, a.nameplate)).candidates).toHaveLength(1);
    a.release();
    expect(await outcomeOf(joiner, a.nameplate)).toEqual(unknown);
    const { nameplate } = await a.network.claimNameplate(systemRandom);
    clock.advance(NAMEPLATE_MS - 1);
    expect((await outcomeOf(joiner, nameplate)).candidates).toHaveLength(1);
    clock.advance(1);
    expect(await outcomeOf(joiner, nameplate)).toEqual(unknown);
  }, 30_000);

  test('a device that invites nobody refuses, and one that is gone is unreachable', async () => {
    const a = await startInviter(0, systemClock, false);
    const joiner = await startJoiner();
    await joiner.tell(a.peerId, a.addresses);
    const unreachable = {
      candidates: [],
      tried: [{ kind: 'lan', address: a.addresses[0], outcome: 'unreachable' }],
    };
    expect(await outcomeOf(joiner, a.nameplate)).toEqual(unreachable);
    a.network.acceptPairing(() => undefined);
    expect((await outcomeOf(joiner, a.nameplate)).candidates).toHaveLength(1);
    await a.network.stop();
    expect(await outcomeOf(joiner, a.nameplate)).toEqual(unreachable);
  }, 30_000);

  test('a stranger that comes through a relay gets no answer from the device itself', async () => {
    const relay = await startRelay();
    const a = await start(0, { relays: [relay] });
    const [address = new Uint8Array()] = await a.network.reachableAt();
    const { nameplate } = await a.network.claimNameplate(systemRandom);
    a.network.acceptPairing(() => undefined);
    const stranger = await openNode(5);
    const connection = await stranger.dial(multiaddr(address));
    const ask = async () => {
      const options = { runOnLimitedConnection: true };
      const stream = await connection.newStream(RENDEZVOUS_PROTOCOL, options);
      const channel = frameChannel(stream, RENDEZVOUS_FRAME_BYTES_MAX);
      const request = { action: RendezvousAction.LOOKUP, nameplate: Number(nameplate) };
      await channel.write(RendezvousRequest.encode(request));
      return channel.read();
    };
    expect(await ask().catch(() => undefined)).toBeUndefined();
    expect(connection.status).toBe('open');
  });

  test('a stranger that is still connected gets no answer once pairing has closed', async () => {
    const a = await startInviter();
    const stranger = await openNode(5);
    const connection = await stranger.dial(a.addresses.map((address) => multiaddr(address)));
    const { signal } = new AbortController();
    expect(await askWhose(connection, a.nameplate, signal)).toEqual({ peerId: a.peerId });
    a.network.acceptPairing(undefined);
    expect(await askWhose(connection, a.nameplate, signal)).toBe('unreachable');
  });

  test('an inviting device, too, answers one device only so often in a minute, over new connections as well', async () => {
    const a = await startInviter(0, new ManualClock());
    const stranger = await openNode(5);
    const { signal } = new AbortController();
    const answers: unknown[] = [];
    for (let connections = 0; connections < 3; connections++) {
      const connection = await stranger.dial(a.addresses.map((address) => multiaddr(address)));
      for (let n = 0; n < INVITER_REQUESTS.perPeerMax / 2; n++) {
        answers.push(await askWhose(connection, a.nameplate, signal));
      }
      await connection.close();
    }
    const found = answers.filter((answer) => answer !== 'limited');
    expect(found).toEqual(found.map(() => ({ peerId: a.peerId })));
    expect(found).toHaveLength(INVITER_REQUESTS.perPeerMax);
    expect(answers.at(-1)).toBe('limited');
  });

  test('and all devices of one address together, however many PeerIds they have', async () => {
    const a = await startInviter(0, new ManualClock());
    const { signal } = new AbortController();
    let answered = 0;
    for (let number = 5; number < 10; number++) {
      const stranger = await openNode(number);
      const connection = await stranger.dial(a.addresses.map((address) => multiaddr(address)));
      for (let n = 0; n < INVITER_REQUESTS.perPeerMax; n++) {
        if ((await askWhose(connection, a.nameplate, signal)) !== 'limited') answered++;
      }
      await stranger.stop();
    }
    expect(answered).toBe(INVITER_REQUESTS.perAddressMax);
  });

  test('a device cannot name another one, nor many pretend at once', async () => {
    const joiner = await startJoiner();
    const pointing = await startLiar(80, keysOf(0).peerId);
    await joiner.tell(keysOf(80).peerId, [addressOf(pointing)]);
    expect(await outcomeOf(joiner, nameplateOf('0001'))).toEqual({
      candidates: [],
      tried: [{ kind: 'lan', address: addressOf(pointing), outcome: 'unknown-nameplate' }],
    });
    for (let n = 0; n <= NAMEPLATE_CANDIDATES_MAX; n++) {
      await joiner.tell(keysOf(81 + n).peerId, [addressOf(await startLiar(81 + n))]);
    }
    const { candidates } = await outcomeOf(joiner, nameplateOf('0001'));
    expect(candidates).toHaveLength(NAMEPLATE_CANDIDATES_MAX);
  }, 30_000);

  test('a device that was removed is not asked', async () => {
    const a = await startInviter();
    const joiner = await startJoiner();
    joiner.gate.setRemoved(new Set([a.peerId]));
    await joiner.tell(a.peerId, a.addresses);
    expect(await outcomeOf(joiner, a.nameplate)).toEqual({ candidates: [], tried: [] });
  });
});

test('a search ends when its signal aborts, and when its reader leaves', async () => {
  const a = await startInviter();
  const joiner = await startJoiner();
  const over = new AbortController();
  const ended = all(joiner.find(a.nameplate, over.signal).candidates());
  over.abort();
  expect(await ended).toEqual([]);

  const left = search(joiner, a.nameplate);
  await joiner.tell(a.peerId, a.addresses);
  for await (const { peerId } of left.candidates()) {
    expect(peerId).toBe(a.peerId);
    break;
  }
  expect(await all(left.candidates())).toEqual([]);
});

test('a device that may be asked may be dialled, but not connect by itself', () => {
  const gate = new Gate();
  const { peerId } = keysOf(3);
  const id = peerIdFromString(peerId);
  const hooks = gate.hooks();
  expect(hooks.denyDialPeer?.(id)).toBe(true);
  gate.setAsked(peerId, true);
  expect(hooks.denyDialPeer?.(id)).toBe(false);
  expect(gate.admits(peerId)).toBe(false);
  gate.setAsked(peerId, false);
  expect(hooks.denyDialPeer?.(id)).toBe(true);
});

test('a device that stops leaves no timer behind for the nameplate that it has claimed', async () => {
  const pending = new Set<object>();
  const clock: Clock = {
    now: () => systemClock.now(),
    schedule: (_delayMs, callback) => {
      pending.add(callback);
      return () => pending.delete(callback);
    },
  };
  const { network } = await start(0, { clock });
  const before = pending.size;
  await network.claimNameplate(systemRandom);
  expect(pending.size).toBe(before + 1);
  await network.stop();
  expect(pending.size).toBe(0);
});
