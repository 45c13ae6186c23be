import type { Clock } from '../helpers/clock.ts';
import { coalesced } from '../helpers/coalesced.ts';
import type { GroupId, PeerId } from '../helpers/ids.ts';
import { ADDRESS_BYTES_MAX, ADDRESSES_MAX, isTrusted } from '../identity/device-list.ts';
import type { DeviceList } from '../identity/device-list.ts';
import { lastingAddress, relayPeer, relaysIn } from '../network/multiaddrs.ts';
import type { Network } from '../network/network.ts';
import type { DeviceListKeeper } from './device-list-keeper.ts';
import type { DeviceSettings } from './settings.ts';

/** Relays of other devices that are used beside one's own: more than a person has, and few enough to keep. */
const RELAYS_MAX = 8;

export interface AddressesOptions {
  readonly self: PeerId;
  readonly keeper: DeviceListKeeper;
  readonly network: Network;
  readonly settings: DeviceSettings;
  /** Multiaddrs that a person gave this device to listen on: they stay, as those that are taken by chance do not. */
  readonly listen: readonly string[];
  readonly clock: Clock;
  readonly append: (groupId: GroupId, timestamp: bigint, body: Uint8Array) => Promise<unknown>;
}

/** Where the devices can be reached, as the device list says it: tells that of this one, and looks there for the others. */
export class Addresses {
  readonly #options: AddressesOptions;
  /** Where others were found before: where an inviter was, say. */
  #found: ReadonlyMap<PeerId, readonly Uint8Array[]> = new Map();

  /** Relays, by PeerId, that a person does not want. */
  #removed: ReadonlySet<string> = new Set();

  /** Relays of others that were taken over since the start, however often they have told of new ones. */
  readonly #relays = new Set<string>();

  constructor(options: AddressesOptions) {
    this.#options = options;
  }

  /** Looks for others where they were found before. */
  async load(): Promise<void> {
    this.#found = await this.#options.settings.addresses();
    await this.#readRemoved();
    for (const [peer, addresses] of this.#found) {
      this.#options.network.learnAddresses(peer, addresses);
    }
  }

  /** Another device was found there, and is looked for there from now on. */
  async found(peer: PeerId, addresses: readonly Uint8Array[]): Promise<void> {
    await this.#options.settings.setAddresses(peer, addresses);
    await this.load();
  }

  /** Looks for the others where they say they are, and uses their relays too. */
  follow(list: DeviceList): void {
    const { self, network } = this.#options;
    const told: Uint8Array[] = [];
    for (const { peerId, addresses } of list.members.values()) {
      if (peerId === self || addresses.length === 0) continue;
      network.learnAddresses(peerId, [...(this.#found.get(peerId) ?? []), ...addresses]);
      told.push(...addresses);
    }
    const more = relaysIn(told).filter(
      (relay) => !this.#relays.has(relay) && !this.#removed.has(relayPeer(relay) ?? ''),
    );
    const taken = more.slice(0, RELAYS_MAX - this.#relays.size);
    for (const relay of taken) this.#relays.add(relay);
    network.addRelays(taken);
  }

  async #readRemoved(): Promise<void> {
    const removed = await this.#options.settings.removedRelays();
    this.#removed = new Set(removed.map((relay) => relayPeer(relay) ?? ''));
  }

  /** A person wants this one no more, or wants it after all. */
  async relaysChanged(): Promise<void> {
    await this.#readRemoved();
    await this.tell();
  }

  /** Tells the others where this device can be reached, where that is not what they know. */
  readonly tell = coalesced(async () => {
    const { self, keeper, settings, listen, clock, append } = this.#options;
    const member = keeper.list?.members.get(self);
    if (!member || !isTrusted(member.role)) return;
    const relayed = (await settings.relays()).map((relay) => `${relay}/p2p-circuit`);
    const addresses = [...listen, ...relayed]
      .map(lastingAddress)
      .filter((address) => address !== undefined)
      .filter(({ byteLength }) => byteLength <= ADDRESS_BYTES_MAX)
      .sort((one, other) => Buffer.compare(one, other))
      .slice(0, ADDRESSES_MAX);
    const isKnown =
      addresses.length === member.addresses.length &&
      addresses.every((address, index) => isSame(address, member.addresses[index]));
    if (!isKnown) await keeper.move(append, { addresses, at: clock.now() });
  });
}

function isSame(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.compare(one, other) === 0;
}
