import { randomBytes } from 'node:crypto';
import type { PeerId } from '../mvds/types.ts';
import { createContentKey } from './content-key.ts';
import type { ContentKey, EpochId } from './content-key.ts';
import { isTrusted } from './device-list-entry.ts';
import type { DeviceList } from './device-list-rules.ts';
import {
  exclusionOf,
  GENERATION_MAX,
  openKeyEntry,
  parseKeyEntry,
  signKeyEntry,
} from './key-entry.ts';
import type { KeyEntry } from './key-entry.ts';
import { sealingKeyOf } from './key-sealing.ts';
import type { SigningKeys } from './keys.ts';
import { append } from './multimap.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
/**
 * An epoch ends after a month and after 100,000 messages, so that one content key that leaks opens a part of what was
 * written, and nothing that is written after the next change.
 */
export const EPOCH_MAX_MS = 31 * DAY_MS;
export const EPOCH_MESSAGES_MAX = 100_000;

type Random = (length: number) => Uint8Array;

/** What decides whether an epoch has ended. */
export interface EpochUse {
  /** Unix milliseconds. */
  readonly now: number;
  /** How many messages this device knows to be sealed under the key of an epoch. */
  readonly messages: (epoch: EpochId) => number;
}

/**
 * The content keys of a device, from the log of key entries in any order, and from who belongs. The entries are those that
 * admission took: in order, and signed. `opened` are keys that were opened before, which need not be opened again.
 *
 * 1. Whatever a device that is or was a member has sealed to this one opens bodies: history stays readable.
 * 2. New bodies are sealed only under a key that nobody but members knows: started by a member that knew of the same removals
 *    as this device, and by members sealed to members only. So it does not matter which entries were withheld: an epoch that
 *    began before a removal says so itself. A mailbox counts as a stranger here: it is given no key.
 * 3. Of several such keys that this device has, the highest generation is used, then the smallest id. Devices that rotate
 *    at the same time so come to use the same one.
 * 4. A key is passed on only by a device that knows of every removal that the starter of its epoch knew of; else it could
 *    give the key to a device that was let in by a removed one. While a removal is in dispute no key is passed on at all: one of
 *    the two is not a person's own, and nor is whatever that one has let in.
 */
export class ContentKeyring {
  readonly #keys: SigningKeys;
  readonly #list: DeviceList;
  readonly #held = new Map<EpochId, ContentKey>();
  readonly #byEpoch = new Map<EpochId, KeyEntry[]>();
  /** What an epoch has to exclude to be sealed under. */
  readonly #excluded: ReadonlySet<string>;

  constructor(
    keys: SigningKeys,
    list: DeviceList,
    entries: readonly Uint8Array[],
    opened: (epoch: EpochId) => ContentKey | undefined = () => undefined,
  ) {
    this.#keys = keys;
    this.#list = list;
    const formerReaders = [...list.removed.keys()].filter((peer) => wasReader(list, peer));
    this.#excluded = new Set(formerReaders.map(exclusionOf));
    for (const entry of readEntries(list, entries)) {
      append(this.#byEpoch, entry.epoch, entry);
      if (this.#held.has(entry.epoch)) continue;
      const key = opened(entry.epoch) ?? openKeyEntry(keys, entry);
      if (key) this.#held.set(key.epoch, key);
    }
  }

  /** The key of an epoch; undefined where this device was not given it. */
  get(epoch: EpochId): ContentKey | undefined {
    return this.#held.get(epoch);
  }

  /** Whether the log names the epoch, whoever may have its key. */
  names(epoch: EpochId): boolean {
    return this.#byEpoch.has(epoch);
  }

  /** The key to seal under. Undefined where there is none that only members know and that has not ended: see `startEpoch`. */
  current(use: EpochUse): ContentKey | undefined {
    return this.#candidates().find(({ key, start }) => !hasEnded(key.epoch, start, use))?.key;
  }

  /** An entry that starts a new epoch, its key sealed to every member. To be made with every removal. */
  startEpoch(at: number, random: Random = randomBytes): Uint8Array {
    const [newest] = this.#candidates();
    const generation = Math.min((newest?.start.generation ?? 0) + 1, GENERATION_MAX);
    const devices = this.#readers();
    const key = createContentKey(random, devices);
    const excluded = [...this.#excluded];
    return this.#sign({ key, generation, devices, excluded, at }, random);
  }

  /**
   * Entries that give members keys that this device has and that no member has sealed to them yet: those that `gives` says,
   * by the member and by who has started the key's epoch.
   */
  passOn(
    at: number,
    gives: (member: PeerId, starter: PeerId | undefined) => boolean = () => true,
    random: Random = randomBytes,
  ): Uint8Array[] {
    if (this.#list.disputes.length > 0) return [];
    const members = this.#readers();
    const seen = new Set([...this.#list.removalsSeen].map(exclusionOf));
    return [...this.#held.values()].flatMap((key) => {
      const all = this.#byEpoch.get(key.epoch) ?? [];
      const excluded = new Set(all.flatMap((entry) => [...entry.excluded]));
      if ([...excluded].some((each) => !seen.has(each))) return [];
      const entries = this.#byMembers(key.epoch);
      const starter = entries.find(({ generation }) => generation > 0)?.signer;
      const without = members.filter((peer) => !entries.some(({ sealed }) => sealed.has(peer)));
      const others = without.filter((peer) => peer !== this.#keys.peerId && gives(peer, starter));
      if (others.length === 0) return [];
      return [this.#sign({ key, generation: 0, devices: others, at }, random)];
    });
  }

  #sign(fields: Omit<Parameters<typeof signKeyEntry>[1], 'listId'>, random: Random): Uint8Array {
    return signKeyEntry(this.#keys, { listId: this.#list.id, ...fields }, random);
  }

  /** Keys that none but members know, the one to use first. */
  #candidates(): { readonly key: ContentKey; readonly start: KeyEntry }[] {
    return [...this.#held.values()]
      .flatMap((key) => {
        const start = this.#startOf(key.epoch);
        return start ? [{ key, start }] : [];
      })
      .sort(
        (one, other) =>
          other.start.generation - one.start.generation ||
          (one.key.epoch < other.key.epoch ? -1 : 1),
      );
  }

  /** The entry that started an epoch; undefined where others than members know its key, or may. */
  #startOf(epoch: EpochId): KeyEntry | undefined {
    const entries = this.#byMembers(epoch);
    const devices = entries.flatMap(({ sealed }) => [...sealed.keys()]);
    if (!devices.every((peer) => isReader(this.#list, peer))) return undefined;
    return entries
      .filter(({ generation, excluded }) => generation > 0 && this.#excludesTheSame(excluded))
      .sort((one, other) => other.generation - one.generation || other.at - one.at)[0];
  }

  #excludesTheSame(excluded: ReadonlySet<string>): boolean {
    return (
      excluded.size === this.#excluded.size && [...excluded].every((it) => this.#excluded.has(it))
    );
  }

  #byMembers(epoch: EpochId): KeyEntry[] {
    const entries = this.#byEpoch.get(epoch) ?? [];
    return entries.filter(({ signer }) => isReader(this.#list, signer));
  }

  #readers(): PeerId[] {
    const members = [...this.#list.members.keys()];
    return members.filter((peer) => isReader(this.#list, peer) && canSealTo(peer));
  }
}

/** By time, also where the clock of its starter was far ahead, and by volume. */
function hasEnded(epoch: EpochId, { at }: KeyEntry, { now, messages }: EpochUse): boolean {
  return Math.abs(now - at) >= EPOCH_MAX_MS || messages(epoch) >= EPOCH_MESSAGES_MAX;
}

/** Whether a peer is a member that content keys are sealed to. */
function isReader(list: DeviceList, peer: PeerId): boolean {
  const member = list.members.get(peer);
  return member !== undefined && isTrusted(member.role);
}

function wasReader(list: DeviceList, peer: PeerId): boolean {
  const removal = list.removed.get(peer);
  return removal !== undefined && isTrusted(removal.role);
}

const canSealTo = (peer: PeerId) => sealingKeyOf(peer) !== undefined;

/** The entries of the list's devices, past ones too, each once. */
function readEntries(list: DeviceList, entries: readonly Uint8Array[]): KeyEntry[] {
  const byHash = new Map<string, KeyEntry>();
  for (const bytes of entries) {
    const entry = parseKeyEntry(bytes);
    if (entry?.listId !== list.id) continue;
    if (!isReader(list, entry.signer) && !wasReader(list, entry.signer)) continue;
    byHash.set(entry.hash, entry);
  }
  return [...byHash.values()];
}
