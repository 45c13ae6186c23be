import { coalesced } from '../helpers/coalesced.ts';
import type { GroupId, PeerId } from '../helpers/ids.ts';
import type { ContentKey, EpochId } from '../identity/content-key.ts';
import { ContentKeyring } from '../identity/content-keyring.ts';
import { contentKeyGroup, isTrusted } from '../identity/device-list.ts';
import type { DeviceList } from '../identity/device-list.ts';
import type { SigningKeys } from '../identity/keys.ts';
import type { MessageStore } from '../mvds/ports.ts';
import { readGroup } from './read-group.ts';

export interface ContentKeyKeeperOptions {
  readonly keys: SigningKeys;
  readonly messages: MessageStore;
  readonly list: () => DeviceList | undefined;
  readonly now: () => number;
  readonly append: (groupId: GroupId, timestamp: bigint, body: Uint8Array) => Promise<unknown>;
}

/** The content keys of this device: reads the log by which they reach it from the store, and adds to that log. */
export class ContentKeyKeeper {
  readonly #options: ContentKeyKeeperOptions;
  #ring: ContentKeyring | undefined;
  #starting: Promise<ContentKey> | undefined;

  constructor(options: ContentKeyKeeperOptions) {
    this.#options = options;
  }

  /** The key of an epoch; undefined where this device was not given it, or not yet. */
  readonly get = (epoch: EpochId): ContentKey | undefined => this.#ring?.get(epoch);

  /** Reads the log anew: entries may have arrived, or the device list may have changed. */
  readonly refresh = coalesced(async () => {
    const { keys, messages } = this.#options;
    const list = this.#options.list();
    if (!list) return;
    const entries = await readGroup(messages, contentKeyGroup(list.id));
    this.#ring = new ContentKeyring(
      keys,
      list,
      entries.map(({ body }) => body),
    );
  });

  /** The key to seal under; makes one where none is known to members alone. Throws `RangeError` on a device that may not. */
  async current(): Promise<ContentKey> {
    const current = this.#ring?.current;
    if (current) return current;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /**
   * Gives other devices what they lack and this one is to give: the keys of a device that it has added, those of an epoch
   * that it has started, and whatever nobody else is left to give. So each gets what it needs even where others are away, and
   * hardly anything is given twice. To be called after `refresh`.
   */
  readonly tend = coalesced(async () => {
    const list = this.#options.list();
    if (!list || !this.#mayStart(list)) return;
    const entries = this.#ring?.passOn((device, starter) => this.#gives(list, device, starter));
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
    const list = this.#options.list();
    if (!list || !this.#ring || !this.#mayStart(list)) {
      throw new RangeError('a device that does not belong to the others, or may not read');
    }
    if (!this.#ring.current) {
      await this.#append(list, this.#ring.startEpoch());
      await this.refresh();
    }
    const { current } = this.#ring;
    if (!current) throw new Error('an epoch that was just started has no key');
    return current;
  }

  #mayStart(list: DeviceList): boolean {
    const self = list.members.get(this.#options.keys.peerId);
    return self !== undefined && isTrusted(self.role);
  }

  async #append(list: DeviceList, entry: Uint8Array): Promise<void> {
    const { append, now } = this.#options;
    await append(contentKeyGroup(list.id), BigInt(now()), entry);
  }
}
