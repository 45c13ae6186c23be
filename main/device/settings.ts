import { hostname, type as systemType } from 'node:os';
import { z } from 'zod';
import { presentable } from '../identity/device-name.ts';
import type { GroupId, PeerId } from '../mvds/types.ts';
import type { SettingStore } from '../store/ports.ts';
import type { PeerHistory, PeerSettings } from '../sync/peer-state.ts';

const nameSetting = z.string().min(1);
const relaysSetting = z.array(z.string());
const addressesSetting = z.record(z.string(), z.array(z.string()));
const historySetting = z.record(
  z.string(),
  z.object({
    storeId: z.string().optional(),
    lastContact: z.number().optional(),
    lastInSync: z.number().optional(),
    since: z.record(z.string(), z.string().regex(/^\d+$/u)).default({}),
  }),
);

const syncSetting = z.record(
  z.string(),
  z.object({ paused: z.boolean(), interval: z.union([z.literal('live'), z.number().positive()]) }),
);

const SYSTEM_NAMES: Readonly<Record<string, string>> = { Darwin: 'macOS', Windows_NT: 'Windows' };

/** The operating system, as a person calls it. */
export function systemName(): string {
  return SYSTEM_NAMES[systemType()] ?? systemType();
}

/** What this runs on, for whoever is asked for help. */
export function runtimeName(): string {
  const { versions, platform, arch } = process;
  // Electron's own types say that it is always there.
  const electron = (versions as Partial<Record<string, string>>).electron;
  const host = electron === undefined ? `Node ${versions.node}` : `Electron ${electron}`;
  return `${host}, ${platform} ${arch}`;
}

/** What a device remembers of itself, beside its messages. */
export class DeviceSettings {
  readonly #store: SettingStore;
  #name = '';

  private constructor(store: SettingStore) {
    this.#store = store;
  }

  /** `name` takes the place of the one kept. */
  static async open(store: SettingStore, name: string | undefined): Promise<DeviceSettings> {
    const settings = new DeviceSettings(store);
    const kept = nameSetting.safeParse(await store.get('name'));
    await settings.setName(name ?? (kept.success ? kept.data : hostname()));
    return settings;
  }

  get name(): string {
    return this.#name;
  }

  async setName(name: string): Promise<void> {
    this.#name = presentable(name);
    await this.#store.set('name', this.#name);
  }

  async relays(): Promise<readonly string[]> {
    const kept = relaysSetting.safeParse(await this.#store.get('relays'));
    return kept.success ? kept.data : [];
  }

  async addRelays(addresses: readonly string[]): Promise<void> {
    const known = await this.relays();
    const added = addresses.filter((address) => !known.includes(address));
    if (added.length > 0) await this.#store.set('relays', [...known, ...added]);
  }

  /** A person wants it after all. */
  async wantRelay(isSame: (other: string) => boolean): Promise<void> {
    const removed = await this.removedRelays();
    const left = removed.filter((other) => !isSame(other));
    if (left.length < removed.length) await this.#store.set('relays-removed', left);
  }

  /** Relays that a person does not want: not taken over from other devices either. */
  async removedRelays(): Promise<readonly string[]> {
    const kept = relaysSetting.safeParse(await this.#store.get('relays-removed'));
    return kept.success ? kept.data : [];
  }

  /** @param isSame whether another address is of the same relay */
  async removeRelay(address: string, isSame: (other: string) => boolean): Promise<void> {
    const known = await this.relays();
    await this.#store.set('relays-removed', [...(await this.removedRelays()), address]);
    await this.#store.set(
      'relays',
      known.filter((other) => !isSame(other)),
    );
  }

  /** Where other devices were found, as binary multiaddrs: a way to them that needs no relay and no local network. */
  async addresses(): Promise<ReadonlyMap<PeerId, readonly Uint8Array[]>> {
    const kept = addressesSetting.safeParse(await this.#store.get('addresses'));
    return new Map(
      Object.entries(kept.success ? kept.data : {}).map(([peerId, addresses]) => [
        peerId as PeerId,
        addresses.map((address) => new Uint8Array(Buffer.from(address, 'base64'))),
      ]),
    );
  }

  async setAddresses(peerId: PeerId, addresses: readonly Uint8Array[]): Promise<void> {
    const kept = addressesSetting.safeParse(await this.#store.get('addresses'));
    const texts = addresses.map((address) => Buffer.from(address).toString('base64'));
    await this.#store.set('addresses', { ...(kept.success ? kept.data : {}), [peerId]: texts });
  }

  async history(): Promise<ReadonlyMap<PeerId, PeerHistory>> {
    const kept = historySetting.safeParse(await this.#store.get('history'));
    const entries = Object.entries(kept.success ? kept.data : {}).map(
      ([peerId, { storeId, lastContact, lastInSync, since }]) => {
        const first = Object.entries(since).map(([id, at]) => [id as GroupId, BigInt(at)] as const);
        const history = { storeId, lastContact, lastInSync, since: new Map(first) };
        return [peerId as PeerId, history] as const;
      },
    );
    return new Map(entries);
  }

  async setHistory(peers: readonly ({ readonly peerId: PeerId } & PeerHistory)[]): Promise<void> {
    const entries = peers.map(({ peerId, storeId, lastContact, lastInSync, since }) => {
      const first = [...since].map(([groupId, timestamp]) => [groupId, timestamp.toString()]);
      const kept = { storeId, lastContact, lastInSync, since: Object.fromEntries(first) as object };
      return [peerId, kept] as const;
    });
    await this.#store.set('history', Object.fromEntries(entries));
  }

  /** How each of the other devices is to be synchronized with, where a person has said so. */
  async sync(): Promise<ReadonlyMap<PeerId, PeerSettings>> {
    const kept = syncSetting.safeParse(await this.#store.get('sync'));
    const entries = Object.entries(kept.success ? kept.data : {});
    return new Map(entries.map(([peerId, settings]) => [peerId as PeerId, settings]));
  }

  async setSync(peerId: PeerId, settings: PeerSettings): Promise<void> {
    await this.#store.set('sync', {
      ...Object.fromEntries(await this.sync()),
      [peerId]: settings,
    });
  }
}
