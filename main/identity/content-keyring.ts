import { randomBytes } from 'node:crypto';
import type { PeerId } from '../mvds/types.ts';
import { createContentKey } from './content-key.ts';
import type { ContentKey, EpochId } from './content-key.ts';
import { isTrusted } from './device-list-entry.ts';
import type { DeviceList } from './device-list-rules.ts';
import { GENERATION_MAX, openKeyEntry, readKeyEntry, signKeyEntry } from './key-entry.ts';
import type { KeyEntry } from './key-entry.ts';
import { sealingKeyOf } from './key-sealing.ts';
import type { SigningKeys } from './keys.ts';
import { append } from './multimap.ts';

/**
 * Entries that are read of one signer: more than its share of any person's removals and new devices. Of one with more the
 * greater hashes are left out, which harms only what it has signed itself.
 */
const ENTRIES_PER_SIGNER_MAX = 1_024;

type Random = (length: number) => Uint8Array;

/**
 * The content keys of a device, from the log of key entries in any order, and from who belongs.
 *
 * 1. Whatever a device that is or was a member has sealed to this one opens bodies: history stays readable.
 * 2. New bodies are sealed only under a key that nobody but members knows: started by a member, and by members
 *    sealed to members only. What a removed device started, or was given, is never used again. A mailbox counts as a
 *    stranger here: it is given no key, and what it signs is not read.
 * 3. Of several such keys that this device has, the highest generation is used, then the smallest id. Devices that rotate
 *    at the same time so come to use the same one.
 */
export class ContentKeyring {
  readonly #keys: SigningKeys;
  readonly #list: DeviceList;
  readonly #held = new Map<EpochId, ContentKey>();
  readonly #byEpoch = new Map<EpochId, KeyEntry[]>();

  constructor(keys: SigningKeys, list: DeviceList, entries: readonly Uint8Array[]) {
    this.#keys = keys;
    this.#list = list;
    for (const entry of readEntries(list, entries)) {
      append(this.#byEpoch, entry.epoch, entry);
      if (this.#held.has(entry.epoch)) continue;
      const key = openKeyEntry(keys, entry);
      if (key) this.#held.set(key.epoch, key);
    }
  }

  /** The key of an epoch; undefined where this device was not given it. */
  get(epoch: EpochId): ContentKey | undefined {
    return this.#held.get(epoch);
  }

  /** The key to seal under. Undefined where there is none that only members know: `startEpoch` makes one. */
  get current(): ContentKey | undefined {
    return this.#candidates()[0]?.key;
  }

  /** An entry that starts a new epoch, its key sealed to every member. To be made with every removal. */
  startEpoch(random: Random = randomBytes): Uint8Array {
    const generation = Math.min((this.#candidates()[0]?.generation ?? 0) + 1, GENERATION_MAX);
    const key = createContentKey(random);
    return this.#sign(key, generation, this.#readers(), random);
  }

  /**
   * Entries that give members keys that this device has and that no member has sealed to them yet: those that `gives` says,
   * by the member and by who has started the key's epoch.
   */
  passOn(
    gives: (member: PeerId, starter: PeerId | undefined) => boolean = () => true,
    random: Random = randomBytes,
  ): Uint8Array[] {
    const members = this.#readers();
    return [...this.#held.values()].flatMap((key) => {
      const entries = this.#byMembers(key.epoch);
      const starter = entries.find(({ generation }) => generation > 0)?.signer;
      const without = members.filter((peer) => !entries.some(({ sealed }) => sealed.has(peer)));
      const others = without.filter((peer) => peer !== this.#keys.peerId && gives(peer, starter));
      return others.length > 0 ? [this.#sign(key, 0, others, random)] : [];
    });
  }

  #sign(key: ContentKey, generation: number, devices: readonly PeerId[], random: Random) {
    const { id: listId } = this.#list;
    return signKeyEntry(this.#keys, { listId, key, generation, devices }, random);
  }

  #candidates(): { readonly key: ContentKey; readonly generation: number }[] {
    return [...this.#held.values()]
      .map((key) => ({ key, generation: this.#generationOf(key.epoch) }))
      .filter(({ generation }) => generation > 0)
      .sort(
        (one, other) =>
          other.generation - one.generation || (one.key.epoch < other.key.epoch ? -1 : 1),
      );
  }

  /** 0 where others than members know the key, or may. */
  #generationOf(epoch: EpochId): number {
    const entries = this.#byMembers(epoch);
    const devices = entries.flatMap(({ sealed }) => [...sealed.keys()]);
    if (!devices.every((peer) => isReader(this.#list, peer))) return 0;
    return Math.max(0, ...entries.map(({ generation }) => generation));
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
  const bySigner = new Map<PeerId, Map<string, KeyEntry>>();
  for (const bytes of entries) {
    const entry = readKeyEntry(bytes);
    if (entry?.listId !== list.id) continue;
    if (!isReader(list, entry.signer) && !wasReader(list, entry.signer)) continue;
    const others = bySigner.get(entry.signer) ?? new Map<string, KeyEntry>();
    bySigner.set(entry.signer, others.set(entry.hash, entry));
  }
  return [...bySigner.values()].flatMap((own) =>
    [...own.values()]
      .sort((one, other) => (one.hash < other.hash ? -1 : 1))
      .slice(0, ENTRIES_PER_SIGNER_MAX),
  );
}
