import { z } from 'zod';
import type { PeerId } from '../helpers/ids.ts';
import { DeviceListEntries } from '../proto/identity.ts';
import type { DeviceList } from '../identity/device-list.ts';
import type { Network } from '../network/network.ts';
import type { Notice } from '../network/notices.ts';
import type { SettingStore } from '../store/ports.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('device:removal-notices');

const SETTING = 'told-of-removal';
const setting = z.array(z.string());
/** Each entry is below 4 KiB, so that these fit a frame. */
const ENTRIES_PER_PART = 24;

export interface RemovalNoticesOptions {
  readonly self: PeerId;
  readonly network: Network;
  readonly settings: SettingStore;
  /** Every entry of the device list. */
  readonly entries: () => Promise<readonly Uint8Array[]>;
  /** Stores entries that another device has told. */
  readonly learn: (entries: readonly Uint8Array[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Sees to it that every removed device is told once that it was removed, however long it was away; and takes it when told. */
export class RemovalNotices {
  readonly #options: RemovalNoticesOptions;
  readonly #told: Set<PeerId>;

  private constructor(options: RemovalNoticesOptions, told: readonly string[]) {
    this.#options = options;
    this.#told = new Set(told as PeerId[]);
    options.network.onNotice(async (_peer, parts) => {
      await options.learn(entriesOf(parts));
      return this.#notice();
    });
  }

  static async open(options: RemovalNoticesOptions): Promise<RemovalNotices> {
    const kept = setting.safeParse(await options.settings.get(SETTING));
    return new RemovalNotices(options, kept.success ? kept.data : []);
  }

  /** The device list has changed. */
  follow(list: DeviceList): void {
    const { self, network } = this.#options;
    const isRemoved = list.removed.has(self);
    network.acceptNotices(new Set(isRemoved ? list.members.keys() : []));
    const devices = [...list.removed].filter(([, { role }]) => role !== 'recovery');
    const untold = isRemoved ? [] : devices.map(([peer]) => peer);
    network.tell({
      removed: new Set(isRemoved ? [] : list.removed.keys()),
      untold: new Set(untold.filter((peer) => !this.#told.has(peer))),
      notice: () => this.#notice(),
      onTold: (peer, answer) => {
        this.#told.add(peer);
        this.follow(list);
        this.#take(answer).catch(this.#options.onError);
      },
    });
  }

  async #take(answer: Notice): Promise<void> {
    await this.#options.settings.set(SETTING, [...this.#told]);
    let entries: readonly Uint8Array[];
    try {
      entries = entriesOf(answer);
    } catch (error) {
      ignored(error);
      // A removed device may answer anything.
      return;
    }
    await this.#options.learn(entries);
  }

  async #notice(): Promise<readonly Uint8Array[]> {
    const entries = await this.#options.entries();
    const parts: Uint8Array[] = [];
    for (let at = 0; at < entries.length; at += ENTRIES_PER_PART) {
      const part = entries.slice(at, at + ENTRIES_PER_PART);
      parts.push(DeviceListEntries.encode({ entries: [...part] }));
    }
    return parts;
  }
}

function entriesOf(parts: Notice): readonly Uint8Array[] {
  return parts.flatMap((part) => DeviceListEntries.decode(part).entries);
}
