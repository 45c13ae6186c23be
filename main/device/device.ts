import { ReunionError } from '../api/errors.ts';
import type { DeviceCommands, DeviceService } from '../api/server.ts';
import type { ApiEvent, History, MailboxLimits, Status } from '../api/types.ts';
import type { PeerId } from '../helpers/ids.ts';
import { VERSION } from '../helpers/version.ts';
import { eraseKeys, openKeys } from '../identity/keys.ts';
import { eraseRecoveryFile } from '../identity/recovery-file.ts';
import { eraseStore, holdsStore, openStore } from '../store/index.ts';
import type { StoreStats } from '../store/index.ts';
import type { SyncMeasures } from '../sync/totals.ts';
import { AFTER_LOSS } from './after-loss.ts';
import { createCommands } from './commands.ts';
import { Contents } from './contents.ts';
import { openCore } from './core.ts';
import type { Core } from './core.ts';
import { checkDeviceName } from './device-directory.ts';
import { diagnose } from './doctor.ts';
import { Restoration } from './exchange/restoration.ts';
import { eraseAddedFiles } from './files/create.ts';
import { Membership } from './membership.ts';
import type { DeviceOptions } from './options.ts';
import { PairingService } from './pairing-service.ts';
import { AWAKE, decideSystem } from './power.ts';
import type { SystemEffect, SystemEvent } from './power.ts';
import { RelayList } from './relay-list.ts';
import { systemName } from './settings.ts';
import { StatusBoard } from './status-board.ts';
import { storeKeysOf } from './store-key.ts';
import { SyncControl } from './sync-control.ts';

/**
 * One device: store, identity, group, network, synchronization and conversations, put together. Every host (the Electron
 * window, the daemon, a test) makes this same thing and shows it through `service`.
 */
export class Device {
  readonly service: DeviceService;
  readonly #core: Core;
  readonly #membership: Membership;
  readonly #contents: Contents;
  readonly #pairing: PairingService;
  readonly #status: StatusBoard;
  readonly #restoration: Restoration;
  readonly #listeners = new Set<(event: ApiEvent) => void>();
  #system = AWAKE;
  #isToBeErased = false;

  /** Opens the data folder, which must not be in use, and connects to the other devices. Rejects with a clear error. */
  static async open(options: DeviceOptions): Promise<Device> {
    const { folder, protections, log } = options;
    const keys = await openKeys(folder, holdsStore(folder), protections);
    const onNotice = ({ message }: { readonly message: string }): void => log.notice(message);
    const store = await openStore({
      folder,
      ...storeKeysOf(keys),
      afterLoss: AFTER_LOSS,
      onNotice,
    });
    try {
      const device = new Device(await openCore(options, keys, store));
      await device.#start();
      return device;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  private constructor(core: Core) {
    this.#core = core;
    const { network, settings, background, options } = core;
    const { clock, random, log } = options;
    const emit = (event: ApiEvent): void => this.#emit(event);
    const onBug = (error: unknown): void => log.error(error);
    const membership = new Membership(core, {
      isJoining: () => this.#pairing.isJoining,
      onChange: () => {
        this.#contents.followGroups();
        this.#status.show();
      },
    });
    this.#membership = membership;
    this.#restoration = new Restoration({
      folder: options.folder,
      keys: () => core.storeKey.keys,
      freeBytes: options.files?.freeBytes,
    });
    this.#contents = new Contents(core, membership, {
      emit,
      onStatus: () => this.#status.show(),
      onChange: () => this.#status.followContents(),
      restoration: this.#restoration,
    });
    const { files, exchange } = this.#contents;
    this.#status = new StatusBoard({ core, membership, files, emit });
    this.#pairing = new PairingService({
      ...{ clock, random, network, onBug },
      self: { peerId: this.id, name: () => settings.name, system: systemName() },
      onState: (pairing) => emit({ kind: 'pairing', pairing }),
      isMember: () => membership.isMember,
      similarTo: (name) => membership.directory.similarTo(name),
      admit: (joiner) => background.track(membership.admit(joiner)),
      adopt: (entries, way) => background.track(membership.adopt(entries, way)),
    });
    core.belongTo({
      groups: () => membership.groups,
      isMailbox: () => membership.isMailbox,
      roleOf: (peer) => membership.roleOf(peer),
      projector: () => this.#contents.projector,
      openBody: (message) => this.#contents.open(message),
      isEpochNamed: (epoch) => membership.contentKeys.names(epoch),
      onAdmitted: (epoch) => membership.contentKeys.count(epoch),
      onAgreed: () => background.run(core.sync.readmit()),
      onAgreeing: (peer) => membership.agrees(peer),
      farewell: () => membership.farewell(),
      onDelivered: (messages) => this.#contents.delivered(messages),
      onStatus: () => this.#status.show(),
      onPeers: () => this.#status.followPeers(),
    });
    this.service = {
      commands: this.#createCommands(),
      files: {
        add: (content, announced) => files.add(content, announced),
        open: (id) => files.open(id),
        exchange,
      },
      onEvent: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      onBug,
    };
  }

  get id(): PeerId {
    return this.#core.keys.peerId;
  }

  get name(): string {
    return this.#core.settings.name;
  }

  measures(): SyncMeasures {
    const { network, sync } = this.#core;
    return { connections: network.connections, peers: sync.peers(), totals: sync.totals() };
  }

  /** Multiaddrs under which it is found now. */
  addresses(): readonly string[] {
    return this.#core.network.ownAddresses();
  }

  /** The content of its store. Rejects as the store does. */
  stored(): Promise<StoreStats> {
    return this.#core.store.stats();
  }

  /** What its computer goes through: it sleeps, wakes, changes networks or runs on its battery. */
  tell(event: SystemEvent): void {
    const { state, effects } = decideSystem(this.#system, event, this.#core.options.clock.now());
    this.#system = state;
    for (const effect of effects) this.#follow(effect);
  }

  /** Ends the sessions and closes the store; and erases the device, or puts a backup back, where that was asked for. */
  async close(): Promise<void> {
    const { limits, pauseAll, sync, network, background, store, options } = this.#core;
    await this.#pairing.stop();
    limits.stop();
    await this.#contents.stop();
    this.#status.contentsEnded();
    pauseAll.stop();
    await sync.stop();
    await background.ended();
    await this.#contents.ended();
    await network.stop();
    await background.ended();
    await this.#status.close();
    await store.close();
    if (!this.#isToBeErased) return this.#restore();
    this.#restoration.forget();
    // The key first: whatever goes wrong then, nobody reads what is left.
    eraseKeys(options.folder);
    eraseRecoveryFile(options.folder);
    eraseStore(options.folder);
    eraseAddedFiles(options.folder);
  }

  async #restore(): Promise<void> {
    const { log } = this.#core.options;
    try {
      const before = await this.#restoration.apply();
      if (before !== undefined) log.notice(`A backup was put back; the store before is ${before}.`);
    } catch (error) {
      log.notice(
        `The backup could not be put back: ${(error as Error).message} Nothing was changed.`,
      );
    }
  }

  async #start(): Promise<void> {
    const { network, sync, pauseAll, limits, background, options } = this.#core;
    await this.#membership.start();
    await this.#contents.start();
    await this.#status.read();
    if (options.offline !== true) await network.start();
    await sync.start();
    pauseAll.start(sync);
    background.run(limits.tend());
  }

  #createCommands(): DeviceCommands {
    const { sync, settings, network, store, pauseAll } = this.#core;
    const membership = this.#membership;
    const { conversations, files, exchange } = this.#contents;
    const others = () => sync.peers().map(({ peerId }) => membership.info(peerId));
    const syncControl = new SyncControl({
      ...{ sync, settings, pauseAll },
      self: this.id,
      activity: store.activity,
      records: store.sync.records,
      devices: () => [membership.info(this.id), ...others()],
    });
    return createCommands({
      ...{ conversations, files, exchange },
      pairing: this.#pairing,
      devices: membership.directory,
      confirmation: membership.confirmation,
      sync: syncControl,
      relays: new RelayList({ settings, network, addresses: membership.addresses }),
      missing: async (device, limit) => {
        const ids = await syncControl.missing(device, limit);
        const messages = await conversations.messages.views(ids);
        return { messages, others: ids.length - messages.length };
      },
      status: () => this.#status.read(),
      diagnose: () =>
        diagnose({
          version: VERSION,
          devices: others,
          relays: () => network.relays(),
          addresses: () => network.ownAddresses(),
          examine: (peer) => network.examine(peer),
        }),
      createFirstDevice: (name) => this.#createFirstDevice(name),
      erase: () => this.#erase(),
      createRecoveryPhrase: async () => ({ words: await membership.createRecoveryPhrase() }),
      setHistory: (history) => this.#setHistory(history),
      setMailboxLimits: (limits) => this.#setMailboxLimits(limits),
      join: (link, name, history) => this.#join(link, name, history),
    });
  }

  #follow(effect: SystemEffect): void {
    const { network, pauseAll, sync } = this.#core;
    switch (effect) {
      case 'save-power':
      case 'spend-power':
        network.savePower(effect === 'save-power');
        break;
      case 'reconnect':
      case 'retry':
        pauseAll.check();
        if (effect === 'reconnect') network.dropConnections();
        network.retryAll();
        sync.syncNow();
        break;
    }
  }

  async #createFirstDevice(name: string | undefined): Promise<Status> {
    if (name !== undefined) {
      checkDeviceName(name);
      await this.#core.settings.setName(name);
    }
    await this.#membership.becomeFirst();
    return this.#status.read();
  }

  async #join(
    link: string,
    name: string | undefined,
    history: History | undefined,
  ): Promise<Status> {
    const { settings } = this.#core;
    if (name !== undefined) {
      checkDeviceName(name);
      await settings.setName(name);
    }
    if (history !== undefined && !this.#membership.list) await this.#core.history.choose(history);
    await this.#pairing.join(link, settings.name);
    return this.#status.read();
  }

  async #setHistory(history: History): Promise<Status> {
    await this.#core.history.choose(history);
    return this.#status.read();
  }

  async #setMailboxLimits(limits: MailboxLimits): Promise<Status> {
    if (!this.#membership.isMailbox) {
      throw new ReunionError(
        'not-mailbox',
        'This device is no mailbox: it keeps everything, or what `reunion history` says.',
      );
    }
    await this.#core.limits.set(limits);
    return this.#status.read();
  }

  /** Only what was removed is erased: a device that still belongs to the others would leave them waiting for it. */
  #erase(): void {
    if (!this.#membership.isRemoved) {
      throw new ReunionError(
        'not-removed',
        'This device belongs to the others; remove it from them before it is erased.',
      );
    }
    this.#isToBeErased = true;
    this.#core.options.onErase?.();
  }

  #emit(event: ApiEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
