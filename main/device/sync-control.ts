import type { ActivityLine, DeviceInfo, MessageHolders } from '../api/types.ts';
import { parseMessageId } from '../mvds/ids.ts';
import type { SyncRecordStore } from '../mvds/ports.ts';
import type { MessageId, PeerId } from '../mvds/types.ts';
import type { ActivityLog } from '../store/ports.ts';
import type { Orchestrator } from '../sync/orchestrator.ts';
import { DEFAULT_SETTINGS } from '../sync/peer-state.ts';
import type { Interval, PeerSettings } from '../sync/peer-state.ts';
import { findDevice } from './find-device.ts';
import type { PauseAll } from './pause-all.ts';
import type { DeviceSettings } from './settings.ts';

export interface SyncControlOptions {
  readonly self: PeerId;
  readonly sync: Orchestrator;
  readonly settings: DeviceSettings;
  readonly activity: ActivityLog;
  readonly records: Pick<SyncRecordStore, 'due'>;
  readonly pauseAll: PauseAll;
  /** This device and the others, by their present names. */
  readonly devices: () => readonly DeviceInfo[];
}

/** What a person may ask of the synchronization: to pause, to come at intervals, to hurry, and to tell what it did. */
export class SyncControl {
  readonly #options: SyncControlOptions;
  /** One change after another: they are kept together, and each begins with what the one before has left. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(options: SyncControlOptions) {
    this.#options = options;
  }

  async pause(device: string): Promise<void> {
    await this.#change(device, { paused: true });
  }

  async resume(device: string): Promise<void> {
    await this.#change(device, { paused: false });
  }

  /** All together: see the api. */
  async pauseAll(minutes: number | undefined): Promise<void> {
    await this.#options.pauseAll.begin(minutes);
  }

  async resumeAll(): Promise<void> {
    await this.#options.pauseAll.end();
  }

  async setInterval(device: string, interval: Interval): Promise<void> {
    await this.#change(device, { interval });
  }

  syncNow(device: string | undefined): void {
    this.#options.sync.syncNow(device === undefined ? undefined : this.#find(device));
  }

  /** Those of the messages that are held here, in the order asked for. */
  async holders(messageIds: readonly string[]): Promise<readonly MessageHolders[]> {
    const ids = messageIds.map(parseMessageId).filter((id) => id !== undefined);
    const holders = await this.#options.sync.holders(ids);
    return ids.flatMap((id) => {
      const peers = holders.get(id);
      return peers ? [{ messageId: id, devices: [this.#options.self, ...peers] }] : [];
    });
  }

  /** The oldest of what is here and not known to be on a device, at most `limit`. */
  async missing(device: string, limit: number): Promise<readonly MessageId[]> {
    const records = await this.#options.records.due(
      this.#find(device),
      Number.MAX_SAFE_INTEGER,
      limit,
    );
    return records.flatMap(({ type, messageId }) => (type === 'request' ? [] : messageId));
  }

  async activity(limit: number, device: string | undefined): Promise<readonly ActivityLine[]> {
    const { activity, devices } = this.#options;
    const peerId = device === undefined ? undefined : this.#find(device);
    const names = new Map(devices().map(({ id, name }) => [id, name]));
    const entries = await activity.newest(limit, peerId);
    return entries.map(({ at, peerId: id, kind, detail }) => ({
      at,
      device: id === undefined ? null : { id, name: names.get(id) ?? '' },
      kind,
      detail,
    }));
  }

  #change(device: string, change: Partial<PeerSettings>): Promise<void> {
    const changed = this.#changing.then(() => this.#keepAndApply(device, change));
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  /** Kept first: what a person has set must not be undone by a crash. */
  async #keepAndApply(device: string, change: Partial<PeerSettings>): Promise<void> {
    const { settings, sync, pauseAll } = this.#options;
    const peerId = this.#find(device);
    const before = (await settings.sync()).get(peerId) ?? DEFAULT_SETTINGS;
    await settings.setSync(peerId, { ...before, ...change });
    if (change.paused === true) sync.pause(peerId);
    // While all are paused so is this one; what was set counts afterwards.
    if (change.paused === false && pauseAll.until === null) sync.resume(peerId);
    if (change.interval !== undefined) sync.setInterval(peerId, change.interval);
  }

  /** By its id, or else by its name where only one has it. */
  #find(device: string): PeerId {
    const { devices, self } = this.#options;
    const others = devices().filter(({ id }) => id !== self);
    return findDevice(others, device, 'the other devices');
  }
}
