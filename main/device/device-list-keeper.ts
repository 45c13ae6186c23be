import { z } from 'zod';
import type { DeviceGroup } from '../group/device-group.ts';
import type { GroupId } from '../helpers/ids.ts';
import {
  addDevice,
  confirmList,
  conversationGroup,
  conversationNameGroup,
  createDeviceList,
  deviceListGroup,
  deviceListOf,
  fileGroup,
  isTrusted,
  isUnconfirmed,
  listIdOfEntry,
  moveDevice,
  removeDevice,
  renameDevice,
  settleDispute,
  timeOfEntry,
} from '../identity/device-list.ts';
import type {
  DeviceList,
  DeviceListId,
  Member,
  MemberRole,
  Removal,
} from '../identity/device-list.ts';
import type { SigningKeys } from '../identity/keys.ts';
import type { MessageStore, StoredMessage } from '../mvds/ports.ts';
import type { PeerId } from '../mvds/types.ts';
import type { SettingStore } from '../store/ports.ts';
import { readGroup } from './read-group.ts';

/** The setting that names the list. */
export const LIST_SETTING = 'device-list';
const listSetting = z.string().length(64);
/** The list that a value of `LIST_SETTING` names; undefined for anything else. */
export function deviceListIdOf(value: unknown): DeviceListId | undefined {
  return listSetting.safeParse(value).data as DeviceListId | undefined;
}
/** As many as surely fit one payload: a device that was connected had all the others. */
const FAREWELL_ENTRIES = 32;

type Append = (groupId: GroupId, timestamp: bigint, body: Uint8Array) => Promise<unknown>;

/** What admission has to know of the device list. */
interface ListGate {
  belongTo(id: DeviceListId): void;
  followList(stored: readonly Uint8Array[]): void;
  /** Whether an entry that came by another way than synchronization may be stored. */
  admits(groupId: GroupId, timestamp: bigint, entry: Uint8Array): boolean;
}

export interface DeviceListKeeperOptions {
  readonly keys: SigningKeys;
  readonly messages: MessageStore;
  readonly settings: SettingStore;
  readonly group: DeviceGroup;
  readonly admission: ListGate;
  /** Called whenever the list has changed. */
  readonly onChange: () => void;
}

/** The groups in which the names of conversations, what is written in them, and files are synchronized. */
export interface ConversationGroups {
  readonly names: GroupId;
  readonly texts: GroupId;
  readonly files: GroupId;
}

/** Which devices belong together, as this device knows it: reads the device list from the store, and adds to it. */
export class DeviceListKeeper {
  readonly #options: DeviceListKeeperOptions;
  #id: DeviceListId | undefined;
  #groups: ConversationGroups | undefined;
  #list: DeviceList | undefined;
  /** Whether entries of a list that this device takes over are still being stored. */
  #isAdopting = false;

  constructor(options: DeviceListKeeperOptions) {
    this.#options = options;
  }

  /** Undefined while this device is neither a first device nor joined to others. */
  get list(): DeviceList | undefined {
    return this.#list;
  }

  /** Where conversations are synchronized; undefined as `list` is. */
  get conversationGroups(): ConversationGroups | undefined {
    const id = this.#id;
    if (!id) return undefined;
    // Each is a hash, and whoever passes a message on looks at them.
    this.#groups ??= {
      names: conversationNameGroup(id),
      texts: conversationGroup(id),
      files: fileGroup(id),
    };
    return this.#groups;
  }

  async load(): Promise<void> {
    const stored = listSetting.safeParse(await this.#options.settings.get(LIST_SETTING));
    if (!stored.success) return;
    this.#belongTo(stored.data as DeviceListId);
    await this.refresh();
  }

  /** Reads the list anew: entries may have arrived. */
  async refresh(): Promise<void> {
    if (!this.#id) return;
    const entries = await this.entries();
    this.#options.admission.followList(entries);
    if (this.#isAdopting) return;
    const list = deviceListOf(this.#id, entries, this.#options.keys.peerId);
    if (!list || isSame(list, this.#list)) return;
    this.#list = list;
    this.#options.group.follow(list);
    this.#options.onChange();
  }

  /** Makes this device the first of a new list. */
  async create(append: Append, self: { name: string; system: string; at: number }): Promise<void> {
    await this.adopt(append, [createDeviceList(this.#options.keys, self)]);
  }

  /** Takes over a list that this device is on. The entries are stored before the list counts as this device's. */
  async adopt(append: Append, entries: readonly Uint8Array[]): Promise<void> {
    const [first] = entries;
    const id = first && listIdOfEntry(first);
    const list = id && deviceListOf(id, entries, this.#options.keys.peerId);
    if (!list?.members.has(this.#options.keys.peerId)) {
      throw new RangeError('a device list that this device is not on');
    }
    if (this.#id && this.#id !== id) {
      throw new RangeError('a device belongs to one list, and that for good');
    }
    // A part of the list may lack this device, which would then share nothing but the list with the others.
    this.#isAdopting = true;
    try {
      this.#belongTo(list.id);
      await this.#appendAdmitted(append, list.id, entries);
      await this.#options.settings.set(LIST_SETTING, list.id);
    } finally {
      this.#isAdopting = false;
    }
    await this.refresh();
  }

  /** Adds a device, signed by this one or by the recovery key; one that is on the list already is left as it is. */
  async add(
    append: Append,
    device: { peerId: PeerId; name: string; system: string; role: MemberRole; at: number },
    signer: SigningKeys = this.#options.keys,
  ): Promise<void> {
    if (!this.#id) throw new RangeError('no device list to add a device to');
    if (this.#list?.members.has(device.peerId)) return;
    const entry = addDevice(signer, this.#id, await this.entries(), device);
    await this.#append(append, this.#id, entry);
    await this.refresh();
  }

  /** Removes a device for good. Throws `DeviceRemovedError` where this one was removed. */
  async remove(append: Append, device: { peerId: PeerId; at: number }): Promise<void> {
    if (!this.#id) throw new RangeError('no device list to remove a device from');
    const entry = removeDevice(this.#options.keys, this.#id, await this.entries(), device);
    await this.#append(append, this.#id, entry);
    await this.refresh();
  }

  /** Gives a device another name. Throws `DeviceRemovedError` where this one was removed. */
  async rename(
    append: Append,
    device: { peerId: PeerId; name: string; at: number },
  ): Promise<void> {
    if (!this.#id) throw new RangeError('no device list to rename a device in');
    const entry = renameDevice(this.#options.keys, this.#id, await this.entries(), device);
    await this.#append(append, this.#id, entry);
    await this.refresh();
  }

  /** Says where this device can be reached. Throws `DeviceRemovedError` where it was removed. */
  async move(
    append: Append,
    moved: { addresses: readonly Uint8Array[]; at: number },
  ): Promise<void> {
    if (!this.#id) throw new RangeError('no device list to tell an address to');
    const entry = moveDevice(this.#options.keys, this.#id, await this.entries(), moved);
    await this.#append(append, this.#id, entry);
    await this.refresh();
  }

  /** Stores entries of this list that have come by another way than synchronization; whatever else is there is not. */
  async learn(append: Append, entries: readonly Uint8Array[]): Promise<void> {
    if (!this.#id) return;
    await this.#appendAdmitted(append, this.#id, entries);
    await this.refresh();
  }

  /** Decides for one of two devices that removed each other. Throws `DeviceRemovedError` where this one was removed. */
  async settle(append: Append, dispute: { kept: PeerId; lost: PeerId; at: number }): Promise<void> {
    if (!this.#id) throw new RangeError('no device list to decide about');
    const entry = settleDispute(this.#options.keys, this.#id, await this.entries(), dispute);
    await this.#append(append, this.#id, entry);
    await this.refresh();
  }

  /** Shows the others that this device has seen the list as it is. Does nothing where an earlier entry of it shows that. */
  async confirm(append: Append, at: number): Promise<void> {
    const { keys } = this.#options;
    if (!this.#id) return;
    // With what is stored now: an entry that has just come may have removed this device.
    const entries = await this.entries();
    const list = deviceListOf(this.#id, entries, keys.peerId);
    if (!list || list.disputes.length > 0) return;
    if (!isTrusted(list.members.get(keys.peerId)?.role ?? 'mailbox')) return;
    if (!isUnconfirmed(this.#id, entries, keys.peerId)) return;
    await this.#append(append, this.#id, confirmList(keys, this.#id, entries, at));
    await this.refresh();
  }

  /** Every entry in the store, in order of time. */
  async entries(): Promise<readonly Uint8Array[]> {
    return (await this.#stored()).map(({ body }) => body);
  }

  /** The entries that came last, whatever their clocks say: for a device that is about to get no others. */
  async newest(): Promise<readonly StoredMessage[]> {
    const stored = await this.#stored();
    return stored.sort((one, other) => one.sequence - other.sequence).slice(-FAREWELL_ENTRIES);
  }

  #belongTo(id: DeviceListId): void {
    this.#id = id;
    this.#groups = undefined;
    this.#options.admission.belongTo(id);
  }

  /** Those that admission takes, whatever their order: one may name the signer of another. */
  async #appendAdmitted(
    append: Append,
    id: DeviceListId,
    entries: readonly Uint8Array[],
  ): Promise<void> {
    const group = deviceListGroup(id);
    const { admission } = this.#options;
    const isAdmitted = (entry: Uint8Array): boolean =>
      admission.admits(group, BigInt(timeOfEntry(entry)), entry);
    let waiting = entries.filter((entry) => listIdOfEntry(entry) === id);
    for (;;) {
      const admitted = waiting.filter(isAdmitted);
      if (admitted.length === 0) return;
      for (const entry of admitted) await this.#append(append, id, entry);
      waiting = waiting.filter((entry) => !admitted.includes(entry));
    }
  }

  async #stored(): Promise<StoredMessage[]> {
    return this.#id ? readGroup(this.#options.messages, deviceListGroup(this.#id)) : [];
  }

  /** An entry is the same message on every device: its timestamp is the one that it was signed with. */
  async #append(append: Append, id: DeviceListId, entry: Uint8Array): Promise<void> {
    await append(deviceListGroup(id), BigInt(timeOfEntry(entry)), entry);
  }
}

function isSame(one: DeviceList, other: DeviceList | undefined): boolean {
  if (one.members.size !== other?.members.size || one.removed.size !== other.removed.size) {
    return false;
  }
  if (one.removalsSeen.size !== other.removalsSeen.size) return false;
  if (JSON.stringify(one.disputes) !== JSON.stringify(other.disputes)) return false;
  const isSameRemoval = (peer: PeerId, { name, by, at }: Removal): boolean => {
    const known = other.removed.get(peer);
    return known?.name === name && known.by === by && known.at === at;
  };
  return (
    [...one.members].every(([peer, member]) => isSameMember(member, other.members.get(peer))) &&
    [...one.removed].every(([peer, removal]) => isSameRemoval(peer, removal))
  );
}

function isSameMember(one: Member, other: Member | undefined): boolean {
  return (
    one.name === other?.name &&
    one.role === other.role &&
    one.addresses.length === other.addresses.length &&
    one.addresses.every(
      (bytes, index) => Buffer.compare(bytes, other.addresses[index] ?? bytes) === 0,
    )
  );
}
