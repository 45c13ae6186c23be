import { isSigned, isTrusted, parseEntry } from '../../identity/device-list-entry.ts';
import type { DeviceListId, ParsedEntry } from '../../identity/device-list-entry.ts';
import type { PeerId } from '../../helpers/ids.ts';
import type { Verdict } from '../../mvds/admission.ts';
import type { Message } from '../../mvds/types.ts';
import { ACCEPT, isBare, reject } from './verdicts.ts';

/** Entries of one signer: more than any device makes, so more means that its key is in wrong hands. */
export const ENTRIES_PER_SIGNER_MAX = 1_024;
/** Removals by one signer: they cost the most to weigh against each other. */
export const REMOVALS_PER_SIGNER_MAX = 128;
/** Keys that a list ever names, removed ones too: more than any person's devices and recovery phrases. */
export const NAMED_KEYS_MAX = 256;
/** Entries of all signers, 4 KiB each at most. Beyond it each signer still has its first few. */
const ENTRIES_MAX = 16_384;
/** What no other signer can use up: room to remove the one that floods the list. */
const ENTRIES_RESERVED = 64;

/** What the list waits for that a held entry needs: the entry that names its signer. */
export const UNTIL_NAMED = 'the entry that names its signer';

/**
 * Admission to the device list group. An entry is taken if it is one of this list, under the timestamp that it was signed
 * with, by a key that the list has ever named as more than a mailbox, within the quota of that key, and signed: in this order, since
 * checking a signature costs two milliseconds and the rest next to nothing. Whether it counts is decided by `deviceListOf`:
 * that may change with every other entry, and what is stored must not.
 */
export class ListAdmission {
  readonly #id: DeviceListId;
  readonly #hashes = new Set<string>();
  readonly #named = new Set<PeerId>();
  readonly #entries = new Map<PeerId, number>();
  readonly #removals = new Map<PeerId, number>();

  constructor(id: DeviceListId) {
    this.#id = id;
  }

  /** Whether the list has ever named a key as more than a mailbox. */
  hasNamed(peer: PeerId): boolean {
    return this.#named.has(peer);
  }

  /** Entries that are stored. */
  follow(stored: readonly Uint8Array[]): void {
    for (const bytes of stored) {
      const entry = parseEntry(bytes);
      if (entry?.listId === this.#id) this.#take(entry);
    }
  }

  admit(message: Message): Verdict {
    if (!isBare(message)) return reject('metadata in the device list');
    const entry = parseEntry(message.body);
    if (entry?.listId !== this.#id) return reject('no entry of this device list');
    if (message.timestamp !== BigInt(entry.at)) return reject('an entry under another time');
    const { signer, change } = entry;
    const isFirst = change.kind === 'create';
    if (!isFirst && !this.#named.has(signer)) return { type: 'hold', until: UNTIL_NAMED };
    if (this.#isOverQuota(entry)) return reject('more entries than a device may sign');
    if (!isSigned(entry)) return reject('an entry that was not signed');
    this.#take(entry);
    return ACCEPT;
  }

  #isOverQuota({ signer, change, hash }: ParsedEntry): boolean {
    if (this.#hashes.has(hash)) return false;
    const signed = this.#entries.get(signer) ?? 0;
    if (signed >= ENTRIES_PER_SIGNER_MAX) return true;
    if (this.#hashes.size >= ENTRIES_MAX && signed >= ENTRIES_RESERVED) return true;
    if (change.kind === 'add') {
      return !this.#named.has(change.subject) && this.#named.size >= NAMED_KEYS_MAX;
    }
    const removals = this.#removals.get(signer) ?? 0;
    return change.kind === 'remove' && removals >= REMOVALS_PER_SIGNER_MAX;
  }

  #take({ signer, change, hash }: ParsedEntry): void {
    if (this.#hashes.has(hash)) return;
    this.#hashes.add(hash);
    this.#entries.set(signer, (this.#entries.get(signer) ?? 0) + 1);
    if (change.kind === 'remove') this.#removals.set(signer, (this.#removals.get(signer) ?? 0) + 1);
    const isIntroduction = change.kind === 'create' || change.kind === 'add';
    if (isIntroduction && isTrusted(change.role)) this.#named.add(change.subject);
  }
}
