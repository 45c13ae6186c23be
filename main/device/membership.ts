import { hostname } from 'node:os';
import { ReunionError } from '../api/errors.ts';
import type { DeviceInfo, DeviceRole } from '../api/types.ts';
import type { PeerId } from '../helpers/ids.ts';
import { contentKeyGroup, deviceListGroup } from '../identity/device-list.ts';
import type { AdmittedEntries } from '../identity/admitted-entries.ts';
import type { DeviceList, MemberRole } from '../identity/device-list.ts';
import { presentable } from '../identity/device-name.ts';
import type { StoredMessage } from '../mvds/ports.ts';
import { relaysIn } from '../network/multiaddrs.ts';
import { OUTLIVING_SETTING, StoreError } from '../store/index.ts';
import type { Outliving } from '../store/index.ts';
import { Addresses } from './addresses.ts';
import { ContentKeyKeeper } from './content-key-keeper.ts';
import { RENEW_CONTENT_KEY } from './after-loss.ts';
import type { Core } from './core.ts';
import { DeviceConfirmation } from './device-confirmation.ts';
import { DeviceDirectory, deviceName } from './device-directory.ts';
import { DeviceListKeeper, LIST_SETTING } from './device-list-keeper.ts';
import type { ConversationGroups } from './device-list-keeper.ts';
import { adoptKeyEntries, keyEntriesFor } from './key-entries.ts';
import type { WayToInviter } from './pairing-service.ts';
import { Recovery } from './recovery.ts';
import { RecoveryCopies, recoveryKeysOn } from './recovery-copies.ts';
import { RemovalNotices } from './removal-notices.ts';
import { systemName } from './settings.ts';

export interface MembershipHooks {
  /** Whether this device is joining others just now. */
  readonly isJoining: () => boolean;
  /** The device list, or what it is called in it, has changed. */
  readonly onChange: () => void;
}

/** A device that is to be put on the list. */
export interface Joiner {
  readonly peerId: PeerId;
  readonly name: string;
  readonly system: string;
  readonly role: DeviceRole;
}

/** Which devices this one belongs to: the list that it is on, the content keys that go with it, and how it got there. */
export class Membership {
  readonly directory: DeviceDirectory;
  readonly contentKeys: ContentKeyKeeper;
  readonly addresses: Addresses;
  readonly confirmation: DeviceConfirmation;
  readonly copies: RecoveryCopies;
  readonly #core: Core;
  readonly #hooks: MembershipHooks;
  readonly #keeper: DeviceListKeeper;
  readonly #recovery: Recovery;
  #isOutlivingSet = false;
  #notices: RemovalNotices | undefined;
  #creating: Promise<void> | undefined;
  /** The list as this device last confirmed it. */
  #confirmed: DeviceList | undefined;

  constructor(core: Core, hooks: MembershipHooks) {
    this.#core = core;
    this.#hooks = hooks;
    const { keys, store, storeKey, network, settings, group, admission, append, options } = core;
    const { folder, clock, listen } = options;
    const { messages } = store.sync;
    const keeper = new DeviceListKeeper({
      ...{ keys, messages, group, admission },
      settings: store.settings,
      onChange: () => this.#listChanged(),
    });
    this.#keeper = keeper;
    this.contentKeys = new ContentKeyKeeper({
      ...{ keys, messages, append },
      settings: store.settings,
      list: () => keeper.list,
      now: () => clock.now(),
      onError: (error) => options.log.error(error),
      onStored: (entries) => admission.followKeyLog(entries),
    });
    this.#recovery = new Recovery({ keys, keeper, messages, clock, append });
    this.copies = new RecoveryCopies({
      ...{ folder, keys, store, storeKey },
      list: () => keeper.list,
      entries: () => keeper.entries(),
    });
    const self = keys.peerId;
    this.addresses = new Addresses({ self, keeper, network, settings, listen, clock, append });
    const onRemoved = () => this.#rotateKeys();
    this.directory = new DeviceDirectory({
      ...{ self, keeper, clock, append, onRemoved },
      ownName: () => settings.name,
    });
    const { directory } = this;
    this.confirmation = new DeviceConfirmation({ settings: store.settings, directory });
  }

  get self(): PeerId {
    return this.#core.keys.peerId;
  }

  /** Undefined while this device is neither a first device nor joined to others. */
  get list(): DeviceList | undefined {
    return this.#keeper.list;
  }

  /** As `list`. */
  get groups(): ConversationGroups | undefined {
    return this.#keeper.conversationGroups;
  }

  /** Whether it belongs to a list, or is about to. */
  get isMember(): boolean {
    return this.list !== undefined || this.#creating !== undefined;
  }

  get isMailbox(): boolean {
    return this.list?.members.get(this.self)?.role === 'mailbox';
  }

  get isRemoved(): boolean {
    return this.list?.removed.has(this.self) ?? false;
  }

  get hasRecoveryPhrase(): boolean {
    return recoveryKeysOn(this.list).length > 0;
  }

  /** A device by the name that it has, or had when it was removed. */
  info(id: PeerId): DeviceInfo & { readonly id: PeerId } {
    if (id === this.self) return { id, name: this.#core.settings.name };
    return { id, name: deviceName(this.list, id) || 'A device that is not on the list' };
  }

  /** What a device that is dropped is told last. */
  farewell(): Promise<readonly StoredMessage[]> {
    return this.#keeper.newest();
  }

  /** Takes up what the store says. Rejects with `ReunionError` where a recovery phrase does not let this device in. */
  async start(): Promise<void> {
    const { network, store, options, append, background } = this.#core;
    await this.addresses.load();
    this.#notices = await RemovalNotices.open({
      ...{ self: this.self, network, settings: store.settings },
      entries: () => this.#keeper.entries(),
      // While it is being closed others may still tell it something.
      learn: (entries) => background.track(this.#keeper.learn(append, entries)),
      onError: (error) => options.log.error(error),
    });
    await this.#keeper.load();
    await this.#admitByPhrase();
    await this.contentKeys.load();
    await this.#renewContentKey();
    await this.#takeName();
    await this.contentKeys.tend();
    await this.confirmation.load();
  }

  /** Entries of the device list or of the log of content keys have come. */
  async refresh(): Promise<void> {
    await this.#keeper.refresh();
    await this.#tendKeys();
    await this.#followRecovery();
  }

  /** As which of them another device is a member; undefined where it is none. */
  roleOf(peer: PeerId): MemberRole | undefined {
    return this.list?.members.get(peer)?.role;
  }

  /** This device and another one hold the same: what the list says now, both have seen. */
  agrees(peer: PeerId): void {
    const { append, options, background } = this.#core;
    const { list } = this;
    if (this.roleOf(peer) !== 'device' || this.isRemoved || list === this.#confirmed) return;
    this.#confirmed = list;
    background.run(this.#keeper.confirm(append, options.clock.now()));
  }

  /** The groups to write to; makes this a first device where it is none yet, as `becomeFirst`. */
  async groupsToWrite(): Promise<ConversationGroups> {
    await this.becomeFirst();
    if (!this.groups) throw new Error('a first device without groups of conversations');
    return this.groups;
  }

  /**
   * Makes this a first device, unless it belongs to a list already. Once, however many ask at the same time, and never
   * while it joins others, for what was written to a list of its own would be lost to them: rejects with `ReunionError` then.
   */
  async becomeFirst(): Promise<void> {
    if (this.list) return;
    if (this.#hooks.isJoining()) {
      throw new ReunionError(
        'pairing-busy',
        'This device is joining others; wait until it has, or cancel that first.',
      );
    }
    this.#creating ??= this.#create().finally(() => {
      this.#creating = undefined;
    });
    await this.#creating;
  }

  /**
   * Takes over the list of the others, and the content keys that came with it. The way that led to the inviter will lead to
   * it again: nobody need type it in.
   */
  async adopt(entries: AdmittedEntries, { inviter, addresses }: WayToInviter): Promise<void> {
    const { network, settings, store, firstTransfer, admission, append } = this.#core;
    const relays = relaysIn(addresses);
    await settings.addRelays(relays);
    await this.addresses.found(inviter, addresses);
    network.addRelays(relays);
    await firstTransfer.begin((await store.stats()).messages);
    await this.#keeper.adopt(append, entries.deviceList);
    if (this.list) await adoptKeyEntries(append, admission, this.list.id, entries.contentKeys);
    await this.contentKeys.refresh();
  }

  /**
   * Puts a device on the list, and returns what it is to be given: the whole list, and the content keys. With these it reads
   * what any other device gives it, also if this one goes away right then.
   */
  async admit(joiner: Joiner): Promise<AdmittedEntries> {
    const { append, options, store } = this.#core;
    await this.becomeFirst();
    this.directory.checkSay();
    const { peerId, name, system, role } = joiner;
    await this.#keeper.add(append, { peerId, name, system, role, at: options.clock.now() });
    if (!this.list?.members.has(peerId)) {
      throw new ReunionError(
        'device-removed',
        'This device was removed before and keeps its old key: erase it there, and pair it again.',
      );
    }
    await this.#tendKeys();
    const contentKeys =
      role === 'mailbox' ? [] : await keyEntriesFor(store.sync.messages, this.list.id, peerId);
    return { deviceList: await this.#keeper.entries(), contentKeys };
  }

  /** The words of a new recovery phrase, in place of the one before. They are kept nowhere. */
  async createRecoveryPhrase(): Promise<readonly string[]> {
    await this.becomeFirst();
    this.directory.checkSay();
    const words = await this.#recovery.create((peerId) => this.directory.remove(peerId));
    await this.#tendKeys();
    await this.#followRecovery();
    return words;
  }

  /** Once: started again with the phrase, this device is a member already. */
  async #admitByPhrase(): Promise<void> {
    const { settings, options } = this.#core;
    const { recovery, name } = options;
    if (!recovery || this.list?.members.has(this.self)) return;
    // What is kept is the name of the device whose backup this is.
    await settings.setName(name ?? hostname());
    await this.#recovery.admit(recovery, { name: settings.name, system: systemName() });
  }

  /** A name that was given at the start is a renaming, where the others know another one. */
  async #takeName(): Promise<void> {
    const { options, append } = this.#core;
    const { name: given, clock } = options;
    const known = this.list?.members.get(this.self)?.name;
    if (given === undefined || known === undefined) return;
    // A mailbox has no say in the list: another device renames it.
    if (this.isMailbox) return;
    const name = presentable(given);
    if (name === known) return;
    await this.#keeper.rename(append, { peerId: this.self, name, at: clock.now() });
  }

  async #create(): Promise<void> {
    const { settings, options, append } = this.#core;
    const self = { name: settings.name, system: systemName(), at: options.clock.now() };
    await this.#keeper.create(append, self);
    await this.contentKeys.current();
  }

  /** Before anything is written, where the store took the place of another one. */
  async #renewContentKey(): Promise<void> {
    const { settings } = this.#core.store;
    if ((await settings.get(RENEW_CONTENT_KEY)) !== true) return;
    await this.contentKeys.renew();
    await settings.set(RENEW_CONTENT_KEY, undefined);
  }

  /** A full disk, say, keeps the store under its key; the next start tries again. */
  async #followRecovery(): Promise<void> {
    try {
      await this.copies.follow();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#core.options.log.notice(
        `The store could not be encrypted under another key: ${error.message} Reunion tries again when it starts next.`,
      );
    }
  }

  /** Which devices belong together, and by which keys, must not be forgotten with the store. */
  async #outlive(list: DeviceList): Promise<void> {
    if (this.#isOutlivingSet) return;
    this.#isOutlivingSet = true;
    const outliving: Outliving = {
      groups: [deviceListGroup(list.id), contentKeyGroup(list.id)],
      settings: [LIST_SETTING, 'relays', 'addresses'],
    };
    await this.#core.store.settings.set(OUTLIVING_SETTING, outliving);
  }

  async #rotateKeys(): Promise<void> {
    await this.contentKeys.refresh();
    if (this.list?.members.has(this.self)) await this.contentKeys.current();
  }

  async #tendKeys(): Promise<void> {
    await this.contentKeys.refresh();
    await this.contentKeys.tend();
  }

  #listChanged(): void {
    const { list } = this;
    const { settings, background } = this.#core;
    if (list) {
      this.#notices?.follow(list);
      background.run(this.#followRecovery());
      background.run(this.#outlive(list));
      this.addresses.follow(list);
      background.run(this.addresses.tell());
    }
    const name = list?.members.get(this.self)?.name;
    // Renamed, here or on another device.
    if (name !== undefined && name !== settings.name) background.run(settings.setName(name));
    this.#hooks.onChange();
  }
}
