import { concatBytes } from '../../main/helpers/bytes.ts';
import { multiaddr } from '@multiformats/multiaddr';
import { pEvent } from 'p-event';
import { describe, expect, test } from 'vitest';
import { systemClock, systemRandom } from '../../main/helpers/clock.ts';
import {
  NAMEPLATE_DRAWS_MAX,
  NAMEPLATE_MS,
  RENDEZVOUS_FRAME_BYTES_MAX,
  RENDEZVOUS_PROTOCOL,
  REQUESTS_PER_PEER_MAX,
} from '../../main/network/constants.ts';
import { frameChannel } from '../../main/network/framing.ts';
import type { Nameplate } from '../../main/network/nameplate.ts';
import { NameplateRegistry } from '../../main/network/nameplate-registry.ts';
import type { PairingChannel } from '../../main/network/pairing.ts';
import { askWhose } from '../../main/network/rendezvous-client.ts';
import { serveRegistry, serveRendezvous } from '../../main/network/rendezvous-server.ts';
import type { RendezvousService } from '../../main/network/rendezvous-server.ts';
import { NoNameplateError } from '../../main/network/rendezvous.ts';
import {
  RendezvousAction,
  RendezvousOutcome,
  RendezvousReply,
  RendezvousRequest,
} from '../../main/proto/rendezvous.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import {
  start,
  startRelay,
  openNode,
  addressOf,
  drawing,
  nameplateOf,
  finderOf,
  search,
  outcomeOf,
} from './rendezvous-helpers.ts';

describe('through a relay', () => {
  test('the device that claimed a nameplate is found, and can be paired with', async () => {
    const relay = await startRelay();
    const [a, b] = [await start(0, { relays: [relay] }), await start(1, { relays: [relay] })];
    await a.network.reachableAt();
    const { nameplate } = await a.network.claimNameplate(systemRandom);
    expect(nameplate).toMatch(/^\d{4}$/u);
    const pairing = new Promise<PairingChannel>((resolve) => a.network.acceptPairing(resolve));

    const found = search(finderOf(b), nameplate);
    const { value: candidate } = await found.candidates().next();
    expect(candidate).toMatchObject({ peerId: a.peerId, via: 'relay' });
    expect(found.tried()).toEqual([]);
    const addresses = candidate?.addresses ?? [];
    expect(addresses.map((address) => multiaddr(address).toString())).toEqual([
      `${relay}/p2p-circuit/p2p/${a.peerId}`,
    ]);
    const { channel } = await b.network.connectToInviter(a.peerId, addresses);
    await channel.write(new Uint8Array([7]));
    const accepted = await pairing;
    expect(accepted.peerId).toBe(b.peerId);
    expect([...((await accepted.channel.read()) ?? [])]).toEqual([7]);
  }, 30_000);

  test('a nameplate that is taken at one relay is left alone, and another one drawn', async () => {
    const [first, second] = [await startRelay(90), await startRelay(91)];
    const a = await start(0, { relays: [first] });
    const b = await start(1, { relays: [first, second] });
    const c = await start(2, { relays: [second] });
    expect((await a.network.claimNameplate(drawing('1234'))).nameplate).toBe('1234');
    expect((await b.network.claimNameplate(drawing('1234', '0042'))).nameplate).toBe('0042');
    const found = await outcomeOf(finderOf(c), nameplateOf('0042'));
    expect(found.candidates).toMatchObject([{ peerId: b.peerId, via: 'relay' }]);
    // At the relay where it was free it was released again.
    expect(await outcomeOf(finderOf(c), nameplateOf('1234'))).toEqual({
      candidates: [],
      tried: [{ kind: 'relay', address: second, outcome: 'unknown-nameplate' }],
    });
  }, 30_000);

  test('an end is made of drawing nameplates that are all taken', async () => {
    const relay = await startRelay();
    const [a, b] = [await start(0, { relays: [relay] }), await start(1, { relays: [relay] })];
    await a.network.claimNameplate(drawing('1234'));
    let draws = 0;
    const random = { next: () => (draws++, 0.123_45) };
    await expect(b.network.claimNameplate(random)).rejects.toBeInstanceOf(NoNameplateError);
    expect(draws).toBe(NAMEPLATE_DRAWS_MAX);
  }, 30_000);

  test('a nameplate expires after five minutes', async () => {
    const clock = new ManualClock();
    const relay = await startRelay(90, clock);
    const [a, b] = [await start(0, { relays: [relay] }), await start(1, { relays: [relay] })];
    const { nameplate } = await a.network.claimNameplate(systemRandom);
    clock.advance(NAMEPLATE_MS - 1);
    const before = await outcomeOf(finderOf(b), nameplate);
    expect(before.candidates).toMatchObject([{ peerId: a.peerId }]);
    clock.advance(1);
    expect(await outcomeOf(finderOf(b), nameplate)).toEqual({
      candidates: [],
      tried: [{ kind: 'relay', address: relay, outcome: 'unknown-nameplate' }],
    });
  }, 30_000);

  test('a nameplate that was released, or replaced by another, is not known any more', async () => {
    const relay = await startRelay();
    const [a, b] = [await start(0, { relays: [relay] }), await start(1, { relays: [relay] })];
    const first = await a.network.claimNameplate(drawing('0001'));
    first.release();
    // A claim waits for the release before it.
    const second = await a.network.claimNameplate(drawing('0002'));
    first.release();
    const whose = async (nameplate: Nameplate) =>
      (await outcomeOf(finderOf(b), nameplate)).candidates.map(({ peerId }) => peerId);
    expect(await whose(first.nameplate)).toEqual([]);
    expect(await whose(second.nameplate)).toEqual([a.peerId]);
    const third = await a.network.claimNameplate(drawing('0003'));
    expect(await whose(second.nameplate)).toEqual([]);
    expect(await whose(third.nameplate)).toEqual([a.peerId]);
  }, 30_000);

  test('a nameplate goes with the connection of its device', async () => {
    const relay = await openNode(90);
    await serveRegistry(relay, new NameplateRegistry(systemClock));
    const relays = [addressOf(relay)];
    const [a, b] = [await start(0, { relays }), await start(1, { relays })];
    const { nameplate } = await a.network.claimNameplate(systemRandom);
    expect((await outcomeOf(finderOf(b), nameplate)).candidates).toHaveLength(1);
    const gone = pEvent(relay, 'peer:disconnect');
    await a.network.stop();
    await gone;
    expect((await outcomeOf(finderOf(b), nameplate)).candidates).toEqual([]);
  }, 30_000);

  test('whoever asks too often in a minute is told so, and gets no more answers', async () => {
    const clock = new ManualClock();
    const relay = await startRelay(90, clock);
    const [a, b] = [await start(0, { relays: [relay] }), await start(1, { relays: [relay] })];
    const { nameplate } = await a.network.claimNameplate(systemRandom);
    for (let n = 0; n < REQUESTS_PER_PEER_MAX; n++) {
      expect((await outcomeOf(finderOf(b), nameplate)).candidates).toHaveLength(1);
    }
    expect(await outcomeOf(finderOf(b), nameplate)).toEqual({
      candidates: [],
      tried: [{ kind: 'relay', address: relay, outcome: 'limited' }],
    });
    // Without the relay it is claimed on the local network alone.
    expect((await b.network.claimNameplate(drawing(nameplate))).nameplate).toBe(nameplate);
    clock.advance(60_000);
    expect((await outcomeOf(finderOf(b), nameplate)).candidates).toHaveLength(1);
  }, 30_000);

  test('a relay that comes while another one is being asked is asked as well', async () => {
    const late = await openNode(91);
    const registry = new NameplateRegistry(systemClock);
    await serveRegistry(late, registry);
    const slow = await openNode(90);
    const a = await start(0, { relays: [addressOf(slow)] });
    await slow.handle(RENDEZVOUS_PROTOCOL, async (stream) => {
      const channel = frameChannel(stream, RENDEZVOUS_FRAME_BYTES_MAX);
      await channel.read();
      // What tells the late relay who it is is told on an open connection.
      const connected = pEvent(late, 'peer:identify');
      a.network.addRelays([addressOf(late)]);
      await connected;
      await channel.write(RendezvousReply.encode({ outcome: RendezvousOutcome.OK }));
      await channel.close();
    });
    const { nameplate } = await a.network.claimNameplate(systemRandom);
    const asker = { peer: a.peerId, connection: '', address: '' };
    expect(registry.lookup(asker, nameplate)).toBe(a.peerId);
  });

  test('a relay without the protocol is passed over, and said to be', async () => {
    const [old, relay] = [addressOf(await openNode(91)), await startRelay()];
    const a = await start(0, { relays: [old, relay] });
    const b = await start(1, { relays: [old, relay] });
    const { nameplate } = await a.network.claimNameplate(systemRandom);
    const { candidates, tried } = await outcomeOf(finderOf(b), nameplate);
    expect(candidates).toMatchObject([{ peerId: a.peerId, via: 'relay' }]);
    expect(tried).toEqual([{ kind: 'relay', address: old, outcome: 'no-rendezvous' }]);
  }, 30_000);

  test('a relay that is gone keeps nobody from claiming, and is said to be unreachable', async () => {
    const relay = await openNode(90);
    await serveRegistry(relay, new NameplateRegistry(systemClock));
    const address = addressOf(relay);
    const b = await start(1, { relays: [address] });
    await relay.stop();
    const { nameplate } = await b.network.claimNameplate(systemRandom);
    expect(nameplate).toMatch(/^\d{4}$/u);
    expect(await outcomeOf(finderOf(b), nameplate)).toEqual({
      candidates: [],
      tried: [{ kind: 'relay', address, outcome: 'unreachable' }],
    });
  }, 30_000);

  test('a relay that was away is told of the nameplate, and asked for it, once it is back', async () => {
    const first = await openNode(90);
    await serveRegistry(first, new NameplateRegistry(systemClock));
    const address = addressOf(first);
    const [a, b] = [await start(0, { relays: [address] }), await start(1, { relays: [address] })];
    const { nameplate } = await a.network.claimNameplate(systemRandom);
    await first.stop();
    const found = search(finderOf(b), nameplate);
    const claimed = Promise.withResolvers<Nameplate>();
    const again = await openNode(90, [address.split('/p2p/')[0] ?? '']);
    const service: RendezvousService = {
      claim: (_asker, wanted) => {
        claimed.resolve(wanted);
        return 'ok';
      },
      // Whichever of the two is back first.
      lookup: () => a.peerId,
      release: () => undefined,
    };
    await serveRendezvous(again, service, () => true);
    expect(await claimed.promise).toBe(nameplate);
    const { value } = await found.candidates().next();
    expect(value).toMatchObject({ peerId: a.peerId, via: 'relay' });
    expect(found.tried()).toEqual([]);
  }, 30_000);

  // Read as protobuf it is a lookup, and a field that nobody knows.
  const overlong = concatBytes(
    RendezvousRequest.encode({ action: RendezvousAction.LOOKUP, nameplate: 1 }),
    new Uint8Array([0x7a, RENDEZVOUS_FRAME_BYTES_MAX]),
    new Uint8Array(RENDEZVOUS_FRAME_BYTES_MAX),
  );
  test.each([
    ['a frame over the limit', overlong],
    ['what is no message', new Uint8Array([0xff])],
    [
      'a request without an action',
      RendezvousRequest.encode({ action: RendezvousAction.NO_ACTION, nameplate: 1 }),
    ],
    [
      'a number over 9999',
      RendezvousRequest.encode({ action: RendezvousAction.CLAIM, nameplate: 10_000 }),
    ],
  ])('%s gets no answer, and the next request does', async (_what, frame) => {
    const relay = await startRelay();
    const stranger = await openNode(5);
    const connection = await stranger.dial(multiaddr(relay));
    const channel = frameChannel(await connection.newStream(RENDEZVOUS_PROTOCOL), 1_000);
    await channel.write(frame);
    expect(await channel.read()).toBeUndefined();
    const { signal } = new AbortController();
    expect(await askWhose(connection, nameplateOf('0001'), signal)).toBe('unknown-nameplate');
  });
});
