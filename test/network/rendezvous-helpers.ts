import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import type { Libp2p } from '@libp2p/interface';
import { onTestFinished } from 'vitest';
import { systemClock, systemRandom } from '../../main/helpers/clock.ts';
import type { Clock, Random } from '../../main/helpers/clock.ts';
import type { PeerId } from '../../main/mvds/types.ts';
import { Gate } from '../../main/network/gate.ts';
import { parseNameplate } from '../../main/network/nameplate.ts';
import type { Nameplate } from '../../main/network/nameplate.ts';
import type { NameplateSearch } from '../../main/network/nameplate-search.ts';
import { Network } from '../../main/network/network.ts';
import type { PairingChannel } from '../../main/network/pairing.ts';
import { createDeviceNode } from '../../main/network/node.ts';
import { startRelayServer } from '../../main/network/relay-server.ts';
import { Relays } from '../../main/network/relays.ts';
import { Reservations } from '../../main/network/reservations.ts';
import { serveRendezvous } from '../../main/network/rendezvous-server.ts';
import { Rendezvous } from '../../main/network/rendezvous.ts';
import { keysOf } from '../helpers/identities.ts';

const LOOPBACK = '/ip4/127.0.0.1/tcp/0';

export interface Device {
  readonly network: Network;
  readonly peerId: PeerId;
}

/** A device that is connected to its relays, and reserved at those that are more than fakes. */
export async function start(
  number: number,
  options: {
    readonly relays?: readonly string[];
    readonly listen?: readonly string[];
    readonly clock?: Clock;
  } = {},
): Promise<Device> {
  const keys = keysOf(number);
  const relays = options.relays ?? [];
  const allConnected = Promise.withResolvers<undefined>();
  const network = await Network.create({
    keys,
    listen: options.listen ?? [],
    mustListen: true,
    relays,
    lan: false,
    clock: options.clock ?? systemClock,
    random: systemRandom,
    onRelayChange: () => {
      // Fakes do not relay, and are found to refuse it.
      if (network.relays().every(({ state }) => state === 'connected' || state === 'refused')) {
        allConnected.resolve(undefined);
      }
    },
  });
  await network.start();
  onTestFinished(() => network.stop());
  if (relays.length > 0) await allConnected.promise;
  return { network, peerId: keys.peerId };
}

export async function startRelay(number = 90, clock: Clock = systemClock): Promise<string> {
  const relay = await startRelayServer(keysOf(number).seed, [LOOPBACK], { clock });
  onTestFinished(() => relay.stop());
  return relay.addresses[0] ?? '';
}

/** A node that anyone may connect to, and that serves nothing yet. */
export async function openNode(
  number: number,
  listen: readonly string[] = [LOOPBACK],
): Promise<Libp2p> {
  const gate = new Gate();
  gate.setPairing(true);
  const { seed } = keysOf(number);
  const node = await createDeviceNode({ seed, listen, mustListen: true, lan: false, gate });
  await node.start();
  onTestFinished(async () => node.stop());
  return node;
}

export const addressOf = (node: Libp2p) => node.getMultiaddrs()[0]?.toString() ?? '';

/** Draws these nameplates one after another, and then the last one again and again. */
export function drawing(...nameplates: readonly string[]): Random {
  const left = [...nameplates];
  return {
    next: () => Number((left.length > 1 ? left.shift() : left[0]) ?? 0) / 10_000 + 0.000_05,
  };
}

export function nameplateOf(text: string): Nameplate {
  const nameplate = parseNameplate(text);
  if (!nameplate) throw new Error(`${text} is no nameplate`);
  return nameplate;
}

export interface Finds {
  find(nameplate: Nameplate, signal: AbortSignal): NameplateSearch;
}

export const finderOf = ({ network }: Device): Finds => ({
  find: (nameplate, signal) => network.findNameplate(nameplate, signal),
});

/** What comes until there is nothing more to come. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** A search that ends with the test. */
export function search(finder: Finds, nameplate: Nameplate): NameplateSearch {
  const over = new AbortController();
  onTestFinished(() => over.abort());
  return finder.find(nameplate, over.signal);
}

/** What a search has found and tried once all that were there have answered. */
export async function outcomeOf(finder: Finds, nameplate: Nameplate) {
  const over = new AbortController();
  const found = finder.find(nameplate, over.signal);
  await found.asked();
  over.abort();
  const candidates = await all(found.candidates());
  return { candidates, tried: found.tried() };
}

export interface Joiner extends Finds {
  readonly node: Libp2p;
  readonly gate: Gate;
  /** What mDNS does once it has found a device: its address is noted, and that is reported. */
  tell(peer: string, addresses: readonly string[]): Promise<void>;
}

/** A new device without relays. */
export async function startJoiner(number = 1): Promise<Joiner> {
  const { peerId, seed } = keysOf(number);
  const gate = new Gate();
  const reservations = new Reservations();
  const options = { seed, listen: [], mustListen: false, lan: false, gate, reservations };
  const node = await createDeviceNode(options);
  const relays = new Relays(node, reservations, systemClock, systemRandom, () => undefined);
  const rendezvous = new Rendezvous(node, gate, relays, systemClock, peerId);
  await node.start();
  onTestFinished(async () => node.stop());
  return {
    node,
    gate,
    find: (nameplate, signal) => rendezvous.find(nameplate, signal),
    tell: async (peer, addresses) => {
      const multiaddrs = addresses.map((address) => multiaddr(address));
      await node.peerStore.merge(peerIdFromString(peer), { multiaddrs });
    },
  };
}

/** A device that listens; it lets strangers in only if it invites. */
export async function startInviter(number = 0, clock: Clock = systemClock, invites = true) {
  const device = await start(number, { listen: [LOOPBACK], clock });
  const claimed = await device.network.claimNameplate(systemRandom);
  const pairing = new Promise<PairingChannel>((resolve) => {
    if (invites) device.network.acceptPairing(resolve);
  });
  const addresses = (await device.network.reachableAt()).map((bytes) =>
    multiaddr(bytes).toString(),
  );
  const { nameplate } = claimed;
  return { ...device, nameplate, release: () => claimed.release(), pairing, addresses };
}

/** Answers every lookup with `peer`, which is its own PeerId unless it lies about that too. */
export async function startLiar(number: number, peer = keysOf(number).peerId): Promise<Libp2p> {
  const node = await openNode(number);
  const service = { claim: () => 'ok' as const, lookup: () => peer, release: () => undefined };
  await serveRendezvous(node, service, () => true);
  return node;
}
