import { hostname } from 'node:os';
import { ReunionError } from '../api/errors.ts';
import type { DeviceService } from '../api/server.ts';
import type {
  ApiEvent,
  DeviceRole,
  History,
  MailboxLimits as Limits,
  RecoveryPhrase,
  Status,
} from '../api/types.ts';
import { DeviceGroup } from '../group/device-group.ts';
import { Background } from '../helpers/background.ts';
import type { GroupId, PeerId } from '../helpers/ids.ts';
import type { Backend } from '../identity/key-protection.ts';
import { presentable } from '../identity/device-name.ts';
import { eraseKeys, openKeys } from '../identity/keys.ts';
import type { OpenedKeys } from '../identity/keys.ts';
import { eraseRecoveryFile } from '../identity/recovery-file.ts';
import type { StoredMessage } from '../mvds/ports.ts';
import { VERSION } from '../helpers/version.ts';
import { Network } from '../network/network.ts';
import { eraseStore, holdsStore, openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { limitedTransport } from '../sync/limited-transport.ts';
import { Orchestrator } from '../sync/orchestrator.ts';
import { Addresses } from './addresses.ts';
import { createCommands } from './commands.ts';
import { ContentKeyKeeper } from './content-key-keeper.ts';
import { createConversations } from './conversations.ts';
import { DeviceDirectory, deviceName } from './device-directory.ts';
import { diagnose } from './doctor.ts';
import { FirstTransfer } from './first-transfer.ts';
import { HistoryChoice } from './history-choice.ts';
import { EventWriter } from './event-writer.ts';
import { Exchange } from './exchange/exchange.ts';
import { createFiles, eraseAddedFiles } from './files/create.ts';
import { FileChoice } from './files/file-choice.ts';
import type { Files } from './files/files.ts';
import { DeviceListKeeper } from './device-list-keeper.ts';
import type { ConversationGroups } from './device-list-keeper.ts';
import { directOptions } from './options.ts';
import type { DeviceOptions } from './options.ts';
import { PairingService } from './pairing-service.ts';
import type { WayToInviter } from './pairing-service.ts';
import { MailboxLimits } from './mailbox-limits.ts';
import { PauseAll } from './pause-all.ts';
import { AWAKE, decideSystem } from './power.ts';
import type { SystemEffect, SystemEvent } from './power.ts';
import { Projector } from './projector.ts';
import { Recovery } from './recovery.ts';
import { RelayList } from './relay-list.ts';
import { RemovalNotices } from './removal-notices.ts';
import { SealedBodies } from './sealed-bodies.ts';
import { DeviceSettings, systemName } from './settings.ts';
import { statusOf } from './status.ts';
import { SyncControl } from './sync-control.ts';
import { Unopened } from './unopened.ts';

/** What a device on the LAN is reached at where no address is given: any free port. */
const LAN_LISTEN = ['/ip4/0.0.0.0/tcp/0', '/ip6/::/tcp/0'];

/** What is remembered of the other devices is written at most this often: a crash forgets no more than that. */
const HISTORY_INTERVAL_MS = 5_000;

/** What a device is made of. */
interface Parts {
  readonly store: Store;
  readonly settings: DeviceSettings;
  readonly network: Network;
  readonly sync: Orchestrator;
  readonly group: DeviceGroup;
  readonly history: HistoryChoice;
  readonly choice: FileChoice;
  readonly firstTransfer: FirstTransfer;
  readonly limits: MailboxLimits;
  readonly pauseAll: PauseAll;
}

/**
 * One device: store, identity, group, network, synchronization and conversations, put together. Every host (the Electron
 * window, the daemon, a test) makes this same thing and shows it through `service`.
 */
export class Device {
  readonly id: PeerId;
  readonly service: DeviceService;
  readonly #options: DeviceOptions;
  readonly #store: Store;
  readonly #settings: DeviceSettings;
  readonly #network: Network;
  readonly #sync: Orchestrator;
  readonly #history: HistoryChoice;
  readonly #firstTransfer: FirstTransfer;
  readonly #list: DeviceListKeeper;
  readonly #contentKeys: ContentKeyKeeper;
  readonly #directory: DeviceDirectory;
  readonly #pairing: PairingService;
  readonly #projector: Projector;
  readonly #recovery: Recovery;
  readonly #background: Background;
  readonly #addresses: Addresses;
  readonly #limits: MailboxLimits;
  readonly #files: Files;
  readonly #exchange: Exchange;
  readonly #pauseAll: PauseAll;
  readonly #keyProtection: Backend;
  readonly #listeners = new Set<(event: ApiEvent) => void>();
  #notices: RemovalNotices | undefined;
  #creating: Promise<void> | undefined;
  #system = AWAKE;
  #isToBeErased = false;
  #isStarted = false;
  #cancelSaving: (() => void) | undefined;
  #storage: Status['storage'] = { messages: 0, bytes: 0, unsupported: 0 };

  /** Opens the data folder, which must not be in use, and connects to the other devices. Rejects with a clear error. */
  static async open(options: DeviceOptions): Promise<Device> {
    const { folder, protections } = options;
    const keys = await openKeys(folder, holdsStore(folder), protections);
    const store = await openStore({
      folder: options.folder,
      key: keys.storeKey,
      onNotice: (notice) => options.log.notice(notice.message),
    });
    try {
      return await Device.#compose(options, keys, store);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  static async #compose(options: DeviceOptions, keys: OpenedKeys, store: Store): Promise<Device> {
    const settings = await DeviceSettings.open(store.settings, options.name);
    await settings.addRelays(options.relays);
    const events = {
      conversations: (): GroupId | undefined => undefined,
      kept: (): readonly GroupId[] => [],
      files: (): GroupId | undefined => undefined,
      since: async (): Promise<void> => undefined,
      relays: (): void => undefined,
      farewell: async (): Promise<readonly StoredMessage[]> => [],
      paused: (): void => undefined,
    };
    const network = await Network.create({
      keys,
      listen: options.listen.length === 0 && options.lan ? LAN_LISTEN : options.listen,
      mustListen: options.listen.length > 0,
      relays: await settings.relays(),
      lan: options.lan,
      direct: directOptions(options),
      ...(options.upnp === true && { upnp: {} }),
      clock: options.clock,
      random: options.random,
      onRelayChange: () => events.relays(),
      onNotice: (text) => options.log.notice(text),
    });
    const history = await HistoryChoice.open({
      settings: store.settings,
      clock: options.clock,
      group: () => events.conversations(),
      onChange: () => events.since(),
    });
    const choice = await FileChoice.open({
      settings: store.settings,
      clock: options.clock,
      historySince: () => history.since,
    });
    const firstTransfer = await FirstTransfer.open(store.settings);
    const pauseAll = await PauseAll.open({
      store: store.settings,
      settings,
      clock: options.clock,
      onChange: () => events.paused(),
      onError: (error) => options.log.error(error),
    });
    let delivered: (messages: readonly StoredMessage[]) => void = () => undefined;
    const group = new DeviceGroup(keys.peerId);
    const sync = await Orchestrator.open({
      store: store.sync,
      storeId: store.storeId,
      transport: limitedTransport(network, options.clock, () => choice.rates),
      group,
      clock: options.clock,
      random: options.random,
      history: await settings.history(),
      settings: await pauseAll.settingsAtStart(),
      activity: store.activity,
      since: (groupId) => (groupId === events.files() ? choice.since : history.sinceOf(groupId)),
      bulk: (groupId) => groupId === events.files(),
      mutes: (groupId) => choice.settings.metered && groupId === events.files(),
      farewell: () => events.farewell(),
      onDelivered: (messages) => delivered(messages),
      onError: (error) => options.log.error(error),
    });
    const limits = await MailboxLimits.open({
      settings: store.settings,
      messages: store.sync.messages,
      clock: options.clock,
      groups: () => events.kept(),
      since: () => history.since,
      raise: (since) => history.raise(since),
      bury: (tombstones) => sync.bury(tombstones),
      onError: (error) => options.log.error(error),
    });
    const parts = {
      limits,
      store,
      settings,
      network,
      sync,
      group,
      history,
      choice,
      firstTransfer,
      pauseAll,
    };
    const device = new Device(options, keys, parts);
    events.conversations = () => device.#list.conversationGroups?.texts;
    events.kept = () => {
      const { texts, files } = device.#list.conversationGroups ?? {};
      return device.#isMailbox && texts && files ? [texts, files] : [];
    };
    events.files = () => device.#list.conversationGroups?.files;
    events.since = () => sync.sinceChanged();
    events.relays = () => device.#emitStatus();
    events.paused = () => device.#emitStatus();
    events.farewell = () => device.#list.newest();
    sync.subscribe(() => {
      pauseAll.follow();
      device.#syncChanged();
    });
    delivered = (messages) => device.#delivered(messages);
    await device.#start();
    return device;
  }

  private constructor(
    options: DeviceOptions,
    keys: OpenedKeys,
    {
      store,
      settings,
      network,
      sync,
      group,
      history,
      choice,
      firstTransfer,
      limits,
      pauseAll,
    }: Parts,
  ) {
    this.id = keys.peerId;
    this.#keyProtection = keys.backend;
    this.#background = new Background((error) => options.log.error(error));
    this.#history = history;
    this.#firstTransfer = firstTransfer;
    this.#limits = limits;
    this.#pauseAll = pauseAll;
    this.#options = options;
    this.#store = store;
    this.#settings = settings;
    this.#network = network;
    this.#sync = sync;
    this.#list = new DeviceListKeeper({
      keys,
      messages: store.sync.messages,
      settings: store.settings,
      group,
      onChange: () => this.#listChanged(),
    });
    this.#contentKeys = new ContentKeyKeeper({
      keys,
      messages: store.sync.messages,
      list: () => this.#list.list,
      now: () => options.clock.now(),
      append: this.#append,
    });
    this.#recovery = new Recovery({
      folder: options.folder,
      keys,
      keeper: this.#list,
      messages: store.sync.messages,
      clock: options.clock,
      append: this.#append,
    });
    this.#addresses = new Addresses({
      self: this.id,
      keeper: this.#list,
      network,
      settings,
      listen: options.listen,
      clock: options.clock,
      append: this.#append,
    });
    const bodies = new SealedBodies({
      self: this.id,
      list: () => this.#list.list,
      contentKeys: this.#contentKeys,
      append: this.#append,
    });
    this.#projector = new Projector({
      messages: store.sync.messages,
      conversations: store.conversations,
      open: (message) => bodies.open(message),
      hasKey: (epoch) => this.#contentKeys.get(epoch) !== undefined,
      unopened: new Unopened(store.settings),
      onChange: ({ conversationIds, entryIds }) => {
        this.#emit({
          kind: 'messages',
          conversationIds: [...conversationIds],
          messageIds: [...entryIds],
        });
        if (this.#isStarted) this.#background.run(this.#files.projected());
      },
    });
    this.#directory = new DeviceDirectory({
      self: this.id,
      keeper: this.#list,
      clock: options.clock,
      append: this.#append,
      onRemoved: () => this.#rotateKeys(),
    });
    this.#pairing = new PairingService({
      self: { peerId: keys.peerId, name: () => settings.name, system: systemName() },
      clock: options.clock,
      random: options.random,
      network,
      onState: (pairing) => this.#emit({ kind: 'pairing', pairing }),
      onBug: (error) => options.log.error(error),
      isMember: () => this.#list.list !== undefined || this.#creating !== undefined,
      admit: (joiner) => this.#admit(joiner),
      adopt: (entries, invitation) => this.#adopt(entries, invitation),
    });
    const writer = new EventWriter({
      self: keys.peerId,
      clock: options.clock,
      store: store.conversations,
      groups: () => this.#conversationGroups(),
      append: (groupId, timestamp, body) => bodies.append(groupId, timestamp, body),
      projected: () => this.#projector.catchUp(),
    });
    this.#files = createFiles({
      ...{ folder: options.folder, clock: options.clock, limits: options.files },
      ...{ store, sync, choice, bodies },
      group: () => (this.#isMailbox ? undefined : this.#list.conversationGroups?.files),
      groupToWrite: async () => (await this.#conversationGroups()).files,
      epoch: async () => (await this.#contentKeys.current()).epoch,
      append: this.#append,
      say: (events) => writer.aboutFiles(events),
      emit: (event) => this.#emit(event),
      onStatus: () => this.#emitStatus(),
      onError: (error) => options.log.error(error),
    });
    const conversations = createConversations({
      self: keys.peerId,
      store: store.conversations,
      writer,
      files: this.#files,
      deviceInfo: (peerId) => ({ id: peerId, name: this.#nameOf(peerId) }),
    });
    const syncControl = new SyncControl({
      self: this.id,
      sync,
      settings,
      activity: store.activity,
      records: store.sync.records,
      pauseAll,
      devices: () => [
        { id: this.id, name: settings.name },
        ...sync.peers().map(({ peerId }) => ({ id: peerId, name: this.#nameOf(peerId) })),
      ],
    });
    const exchange = new Exchange({
      ...{ folder: options.folder, clock: options.clock, writer, conversations },
      store: store.conversations,
      backUp: (path) => store.backup(path),
      isMailbox: () => this.#isMailbox,
      onState: (state) => this.#emit({ kind: 'import', import: state }),
      onBug: (error) => options.log.error(error),
    });
    this.#exchange = exchange;
    this.service = {
      commands: createCommands({
        conversations,
        exchange,
        files: this.#files,
        pairing: this.#pairing,
        devices: this.#directory,
        relays: new RelayList({ settings, network, addresses: this.#addresses }),
        missing: async (device, limit) => {
          const ids = await syncControl.missing(device, limit);
          const messages = await conversations.messages.views(ids);
          return { messages, others: ids.length - messages.length };
        },
        sync: syncControl,
        status: () => this.#status(),
        diagnose: () =>
          diagnose({
            version: VERSION,
            devices: () =>
              sync.peers().map(({ peerId }) => ({ id: peerId, name: this.#nameOf(peerId) })),
            relays: () => network.relays(),
            addresses: () => network.ownAddresses(),
            examine: (peer) => network.examine(peer),
          }),
        createFirstDevice: (name) => this.#createFirstDevice(name),
        erase: () => this.#erase(),
        setMailboxLimits: (chosen) => this.#setMailboxLimits(chosen),
        createRecoveryPhrase: () => this.#createRecoveryPhrase(),
        setHistory: (chosen) => this.#setHistory(chosen),
        join: (link, name, chosen) => this.#join(link, name, chosen),
      }),
      files: {
        add: (content, announced) => this.#files.add(content, announced),
        open: (id) => this.#files.open(id),
        exchange,
      },
      onEvent: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      onBug: (error) => options.log.error(error),
    };
  }

  get name(): string {
    return this.#settings.name;
  }

  /** What its computer goes through: it sleeps, wakes, changes networks or runs on its battery. */
  tell(event: SystemEvent): void {
    const { state, effects } = decideSystem(this.#system, event, this.#options.clock.now());
    this.#system = state;
    for (const effect of effects) this.#follow(effect);
  }

  #follow(effect: SystemEffect): void {
    switch (effect) {
      case 'save-power':
      case 'spend-power':
        this.#network.savePower(effect === 'save-power');
        break;
      case 'reconnect':
      case 'retry':
        this.#pauseAll.check();
        if (effect === 'reconnect') this.#network.dropConnections();
        this.#network.retryAll();
        this.#sync.syncNow();
        break;
    }
  }

  /** Ends the sessions and closes the store; and erases the device, where that was asked for. */
  async close(): Promise<void> {
    await this.#pairing.stop();
    this.#limits.stop();
    await this.#exchange.cancelImport();
    await this.#files.stop();
    this.#pauseAll.stop();
    await this.#sync.stop();
    await this.#background.ended();
    await this.#projector.stop();
    await this.#network.stop();
    await this.#background.ended();
    this.#cancelSaving?.();
    await this.#settings.setHistory(this.#sync.peers());
    await this.#store.close();
    if (!this.#isToBeErased) return;
    // The key first: whatever goes wrong then, nobody reads what is left.
    eraseKeys(this.#options.folder);
    eraseRecoveryFile(this.#options.folder);
    eraseStore(this.#options.folder);
    eraseAddedFiles(this.#options.folder);
  }

  /** Only what was removed is erased: a device that still belongs to the others would leave them waiting for it. */
  #erase(): void {
    if (!this.#list.list?.removed.has(this.id)) {
      throw new ReunionError(
        'not-removed',
        'This device belongs to the others; remove it from them before it is erased.',
      );
    }
    this.#isToBeErased = true;
    this.#options.onErase?.();
  }

  async #start(): Promise<void> {
    await this.#addresses.load();
    this.#notices = await RemovalNotices.open({
      self: this.id,
      network: this.#network,
      settings: this.#store.settings,
      entries: () => this.#list.entries(),
      learn: (entries) => this.#list.learn(this.#append, entries),
      onError: (error) => this.#options.log.error(error),
    });
    await this.#list.load();
    await this.#admitByPhrase();
    await this.#contentKeys.refresh();
    await this.#takeName();
    await this.#contentKeys.tend();
    await this.#projector.catchUp();
    this.#isStarted = true;
    await this.#files.start();
    await this.#measure();
    await this.#network.start();
    await this.#sync.start();
    this.#pauseAll.start(this.#sync);
    this.#background.run(this.#limits.tend());
  }

  readonly #append = (groupId: GroupId, timestamp: bigint, body: Uint8Array) =>
    this.#sync.append(groupId, timestamp, body);

  #delivered(messages: readonly StoredMessage[]): void {
    this.#limits.arrived(messages.length);
    const { names, texts, files } = this.#list.conversationGroups ?? {};
    const chunks = messages.filter(({ groupId }) => groupId === files).map(({ id }) => id);
    if (chunks.length > 0) this.#files.arrived(chunks);
    if (chunks.length === messages.length) return;
    const isLog = ({ groupId }: StoredMessage) =>
      groupId !== names && groupId !== texts && groupId !== files;
    const work = messages.some(isLog) ? this.#readLogs() : this.#projector.catchUp();
    this.#background.run(work);
  }

  /** Entries of the device list or content keys have come, and with them perhaps the keys of messages that are here. */
  async #readLogs(): Promise<void> {
    await this.#list.refresh();
    await this.#contentKeys.refresh();
    await this.#contentKeys.tend();
    await this.#projector.catchUp();
    this.#files.keysChanged();
  }

  async #rotateKeys(): Promise<void> {
    await this.#contentKeys.refresh();
    if (this.#list.list?.members.has(this.id)) await this.#contentKeys.current();
  }

  #listChanged(): void {
    const groups = this.#list.conversationGroups;
    if (groups) this.#projector.setGroups(new Set([groups.names, groups.texts]));
    const { list } = this.#list;
    if (list) {
      this.#notices?.follow(list);
      this.#recovery.follow(list);
      this.#addresses.follow(list);
      this.#background.run(this.#addresses.tell());
    }
    const name = list?.members.get(this.id)?.name;
    // Renamed, here or on another device.
    if (name !== undefined && name !== this.#settings.name) {
      this.#background.run(this.#settings.setName(name));
    }
    this.#emitStatus();
  }

  /** A name that was given at the start is a renaming, where the others know another one. */
  async #takeName(): Promise<void> {
    const { name: given, clock } = this.#options;
    const known = this.#list.list?.members.get(this.id)?.name;
    if (given === undefined || known === undefined) return;
    // A mailbox has no say in the list: another device renames it.
    if (this.#isMailbox) return;
    const name = presentable(given);
    if (name === known) return;
    await this.#list.rename(this.#append, { peerId: this.id, name, at: clock.now() });
  }

  async #conversationGroups(): Promise<ConversationGroups> {
    await this.#becomeFirst();
    const groups = this.#list.conversationGroups;
    if (!groups) throw new Error('a first device without groups of conversations');
    return groups;
  }

  async #createFirstDevice(name: string | undefined): Promise<Status> {
    if (name !== undefined) await this.#settings.setName(name);
    await this.#becomeFirst();
    return this.#status();
  }

  /**
   * Makes this a first device, unless it belongs to a list already. Once, however many ask at the same time, and never
   * while it joins others: what was written to a list of its own would be lost to them.
   */
  async #becomeFirst(): Promise<void> {
    if (this.#list.list) return;
    if (this.#pairing.isJoining) {
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

  async #create(): Promise<void> {
    await this.#list.create(this.#append, this.#described());
    await this.#contentKeys.current();
  }

  /** The way that led to the inviter will lead to it again: no need for anyone to type it in. */
  async #adopt(entries: readonly Uint8Array[], invitation: WayToInviter): Promise<void> {
    const relays = this.#network.relaysIn(invitation.addresses);
    await this.#settings.addRelays(relays);
    await this.#addresses.found(invitation.inviter, invitation.addresses);
    this.#network.addRelays(relays);
    await this.#measure();
    await this.#firstTransfer.begin(this.#storage.messages);
    await this.#list.adopt(this.#append, entries);
    await this.#contentKeys.refresh();
  }

  async #admit(joiner: {
    peerId: PeerId;
    name: string;
    system: string;
    role: DeviceRole;
  }): Promise<readonly Uint8Array[]> {
    await this.#becomeFirst();
    this.#directory.checkSay();
    const at = this.#options.clock.now();
    const { peerId, name, system, role } = joiner;
    await this.#list.add(this.#append, { peerId, name, system, role, at });
    await this.#contentKeys.refresh();
    await this.#contentKeys.tend();
    return this.#list.entries();
  }

  /** Once: started again with the phrase, this device is a member already. */
  async #admitByPhrase(): Promise<void> {
    const { recovery, name } = this.#options;
    if (!recovery || this.#list.list?.members.has(this.id)) return;
    // What is kept is the name of the device whose backup this is.
    await this.#settings.setName(name ?? hostname());
    await this.#recovery.admit(recovery, { name: this.#settings.name, system: systemName() });
  }

  async #createRecoveryPhrase(): Promise<RecoveryPhrase> {
    await this.#becomeFirst();
    this.#directory.checkSay();
    const words = await this.#recovery.create((peerId) => this.#directory.remove(peerId));
    await this.#contentKeys.refresh();
    await this.#contentKeys.tend();
    return { words };
  }

  get #isMailbox(): boolean {
    return this.#list.list?.members.get(this.id)?.role === 'mailbox';
  }

  async #setMailboxLimits(limits: Limits): Promise<Status> {
    if (!this.#isMailbox) {
      throw new ReunionError(
        'not-mailbox',
        'This device is no mailbox: it keeps everything, or what `reunion history` says.',
      );
    }
    await this.#limits.set(limits);
    return this.#status();
  }

  async #setHistory(history: History): Promise<Status> {
    await this.#history.choose(history);
    return this.#status();
  }

  async #join(
    link: string,
    name: string | undefined,
    history: History | undefined,
  ): Promise<Status> {
    if (name !== undefined) await this.#settings.setName(name);
    if (history !== undefined && !this.#list.list) await this.#history.choose(history);
    await this.#pairing.join(link, this.#settings.name);
    return this.#status();
  }

  #described(): { name: string; system: string; at: number } {
    return { name: this.#settings.name, system: systemName(), at: this.#options.clock.now() };
  }

  #nameOf(peerId: PeerId): string {
    if (peerId === this.id) return this.#settings.name;
    return deviceName(this.#list.list, peerId) || 'A device that is not on the list';
  }

  async #status(): Promise<Status> {
    await this.#measure();
    return this.#knownStatus();
  }

  #knownStatus(): Status {
    return statusOf({
      device: { id: this.id, name: this.#settings.name },
      list: this.#list.list,
      storage: this.#storage,
      peers: this.#sync.peers(),
      relays: this.#network.relays(),
      roundTrip: (peerId) => this.#network.roundTrip(peerId),
      history: this.#history,
      firstTransfer: this.#firstTransfer,
      mailboxLimits: this.#limits.limits,
      files: this.#files.status(),
      keyProtection: this.#keyProtection,
      hasRecoveryPhrase: Recovery.keysOn(this.#list.list).length > 0,
      pausedUntil: this.#pauseAll.until,
    });
  }

  async #measure(): Promise<void> {
    this.#storage = await this.#store.stats();
  }

  #syncChanged(): void {
    this.#files.peersChanged();
    this.#cancelSaving ??= this.#options.clock.schedule(HISTORY_INTERVAL_MS, () => {
      this.#cancelSaving = undefined;
      this.#background.run(this.#settings.setHistory(this.#sync.peers()));
    });
    this.#background.run(this.#showStatus());
  }

  async #showStatus(): Promise<void> {
    const status = await this.#status();
    this.#emit({ kind: 'status', status });
    await this.#firstTransfer.follow(status.peers);
    if (status.firstTransfer && !this.#knownStatus().firstTransfer) this.#emitStatus();
  }

  #emitStatus(): void {
    this.#emit({ kind: 'status', status: this.#knownStatus() });
  }

  #emit(event: ApiEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
