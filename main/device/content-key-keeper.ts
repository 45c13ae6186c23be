import { z } from 'zod';
import { coalesced } from '../helpers/coalesced.ts';
import type { GroupId, PeerId } from '../helpers/ids.ts';
import type { ContentKey, EpochId } from '../identity/content-key.ts';
import { ContentKeyring } from '../identity/content-keyring.ts';
import type { EpochUse } from '../identity/content-keyring.ts';
import { contentKeyGroup, isTrusted } from '../identity/device-list.ts';
import type { DeviceList } from '../identity/device-list.ts';
import { parseKeyEntry } from '../identity/key-entry.ts';
import type { SigningKeys } from '../identity/keys.ts';
import type { MessageStore } from '../mvds/ports.ts';
import type { SettingStore } from '../store/ports.ts';
import { readGroup } from './read-group.ts';

const SETTING = 'epoch-messages';
const setting = z.record(z.string(), z.int().nonnegative());
/** Messages after which the counts are stored: a crash loses no more than that of them. */
const COUNTS_PER_WRITE = 500;

export interface ContentKeyKeeperOptions {
  readonly keys: SigningKeys;
  readonly messages: MessageStore;
  readonly settings: SettingStore;
  readonly list: () => DeviceList | undefined;
  readonly now: () => number;
  /** As many random bytes as it is asked for. Default: those of Node's crypto. */
  readonly randomBytes?: (length: number) => Uint8Array;
  readonly onError: (error: unknown) => void;
  /** Entries of the log that are stored. */
  readonly onStored: (entries: readonly Uint8Array[]) => void;
  readonly append: (groupId: GroupId, timestamp: bigint, body: Uint8Array) => Promise<unknown>;
}

/** The content keys of this device: reads the log by which they reach it from the store, and adds to that log. */
export class ContentKeyKeeper {
  readonly #options: ContentKeyKeeperOptions;
  #ring: ContentKeyring | undefined;
  #starting: Promise<ContentKey> | undefined;
  readonly #counts = new Map<EpochId, number>();
  #uncounted = 0;

  constructor(options: ContentKeyKeeperOptions) {
    this.#options = options;
  }

  /** The key of an epoch; undefined where this device was not given it, or not yet. */
  readonly get = (epoch: EpochId): ContentKey | undefined => this.#ring?.get(epoch);

  /** Whether the log names an epoch, whoever may have its key. */
  readonly names = (epoch: EpochId): boolean => this.#ring?.names(epoch) ?? false;

  /** Takes up what the store says. */
  async load(): Promise<void> {
    const kept = setting.safeParse(await this.#options.settings.get(SETTING));
    for (const [epoch, count] of Object.entries(kept.success ? kept.data : {})) {
      this.#counts.set(epoch as EpochId, count);
    }
    await this.refresh();
  }

  /** A message under the key of an epoch was written, or has come: after many of them the epoch ends. */
  count(epoch: EpochId): void {
    this.#counts.set(epoch, (this.#counts.get(epoch) ?? 0) + 1);
    this.#uncounted += 1;
    if (this.#uncounted < COUNTS_PER_WRITE) return;
    this.#uncounted = 0;
    const { settings, onError } = this.#options;
    settings.set(SETTING, Object.fromEntries(this.#counts)).catch(onError);
  }

  /** Reads the log anew: entries may have arrived, or the device list may have changed. */
  readonly refresh = coalesced(async () => {
    const { keys, messages } = this.#options;
    const list = this.#options.list();
    if (!list) return;
    const stored = await readGroup(messages, contentKeyGroup(list.id));
    const entries = stored.map(({ body }) => body);
    this.#options.onStored(entries);
    this.#ring = new ContentKeyring(keys, list, entries, this.get);
  });

  /** The key to seal under; makes one where none is known to members alone, or the last one has ended. Throws `RangeError` on a device that may not. */
  async current(): Promise<ContentKey> {
    const current = this.#ring?.current(this.#use());
    if (current) return current;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** Starts an epoch also where there is a key to seal under. Does nothing on a device that may not. */
  async renew(): Promise<void> {
    await this.refresh();
    const { now, randomBytes } = this.#options;
    const list = this.#options.list();
    if (!list || !this.#ring || !this.#mayStart(list)) return;
    await this.#append(list, this.#ring.startEpoch(now(), randomBytes));
    await this.refresh();
  }

  /**
   * Gives other devices what they lack and this one is to give: the keys of a device that it has added, those of an epoch
   * that it has started, and whatever nobody else is left to give. So each gets what it needs even where others are away, and
   * hardly anything is given twice. To be called after `refresh`.
   */
  readonly tend = coalesced(async () => {
    const list = this.#options.list();
    if (!list || !this.#mayStart(list)) return;
    const { now, randomBytes } = this.#options;
    const entries = this.#ring?.passOn(
      now(),
      (device, starter) => this.#gives(list, device, starter),
      randomBytes,
    );
    for (const entry of entries ?? []) await this.#append(list, entry);
    if (entries?.length) await this.refresh();
  });

  #gives(list: DeviceList, device: PeerId, starter: PeerId | undefined): boolean {
    const self = this.#options.keys.peerId;
    const isReader = (peer: PeerId | undefined) =>
      peer !== undefined && isTrusted(list.members.get(peer)?.role ?? 'mailbox');
    const inCharge = [list.members.get(device)?.addedBy, starter].filter(isReader);
    if (inCharge.length > 0) return inCharge.includes(self);
    return [...list.members.keys()].filter(isReader).sort()[0] === self;
  }

  async #start(): Promise<ContentKey> {
    await this.refresh();
    const { now, randomBytes } = this.#options;
    const list = this.#options.list();
    if (!list || !this.#ring || !this.#mayStart(list)) {
      throw new RangeError('a device that does not belong to the others, or may not read');
    }
    if (!this.#ring.current(this.#use())) {
      await this.#append(list, this.#ring.startEpoch(now(), randomBytes));
      await this.refresh();
    }
    const current = this.#ring.current(this.#use());
    if (!current) throw new Error('an epoch that was just started has no key');
    return current;
  }

  #use(): EpochUse {
    return { now: this.#options.now(), messages: (epoch) => this.#counts.get(epoch) ?? 0 };
  }

  #mayStart(list: DeviceList): boolean {
    const self = list.members.get(this.#options.keys.peerId);
    return self !== undefined && isTrusted(self.role);
  }

  /** An entry is one message on every device: its timestamp is the time that it was signed with. */
  async #append(list: DeviceList, entry: Uint8Array): Promise<void> {
    const at = parseKeyEntry(entry)?.at ?? this.#options.now();
    await this.#options.append(contentKeyGroup(list.id), BigInt(at), entry);
  }
}
