import type { PeerId } from '../../helpers/ids.ts';
import type { DeviceListId } from '../../identity/device-list.ts';
import { isKeyEntrySigned, parseKeyEntry } from '../../identity/key-entry.ts';
import type { KeyEntry } from '../../identity/key-entry.ts';
import type { Verdict } from '../../mvds/admission.ts';
import type { Message } from '../../mvds/types.ts';
import { UNTIL_NAMED } from './list-admission.ts';
import { ACCEPT, isBare, reject } from './verdicts.ts';

/**
 * Entries of one signer, and their bytes: a device that starts an epoch a month for ten years and passes each key on to
 * twenty devices makes a third of it.
 */
export const KEY_ENTRIES_PER_SIGNER_MAX = 8_192;
const KEY_ENTRY_BYTES_PER_SIGNER_MAX = 16 * 1024 * 1024;

interface Signed {
  entries: number;
  bytes: number;
}

/** Admission to the group of content keys, by the same order of questions as `ListAdmission`. */
export class KeyLogAdmission {
  readonly #id: DeviceListId;
  readonly #hasNamed: (peer: PeerId) => boolean;
  readonly #hashes = new Set<string>();
  readonly #signed = new Map<PeerId, Signed>();

  /** @param hasNamed whether the device list has ever named a key as more than a mailbox */
  constructor(id: DeviceListId, hasNamed: (peer: PeerId) => boolean) {
    this.#id = id;
    this.#hasNamed = hasNamed;
  }

  /** Entries that are stored. */
  follow(stored: readonly Uint8Array[]): void {
    for (const bytes of stored) {
      const entry = parseKeyEntry(bytes);
      if (entry?.listId === this.#id) this.#take(entry, bytes.byteLength);
    }
  }

  admit(message: Message): Verdict {
    if (!isBare(message)) return reject('metadata in the log of content keys');
    const entry = parseKeyEntry(message.body);
    if (entry?.listId !== this.#id) return reject('no entry of this log of content keys');
    if (message.timestamp !== BigInt(entry.at)) return reject('an entry under another time');
    if (!this.#hasNamed(entry.signer)) return { type: 'hold', until: UNTIL_NAMED };
    const bytes = message.body.byteLength;
    if (this.#isOverQuota(entry, bytes)) return reject('more entries than a device may sign');
    if (!this.#hashes.has(entry.hash) && !isKeyEntrySigned(entry)) {
      return reject('an entry that was not signed');
    }
    this.#take(entry, bytes);
    return ACCEPT;
  }

  #isOverQuota({ signer, hash }: KeyEntry, bytes: number): boolean {
    const signed = this.#signed.get(signer);
    if (!signed || this.#hashes.has(hash)) return false;
    return (
      signed.entries >= KEY_ENTRIES_PER_SIGNER_MAX ||
      signed.bytes + bytes > KEY_ENTRY_BYTES_PER_SIGNER_MAX
    );
  }

  #take({ signer, hash }: KeyEntry, bytes: number): void {
    if (this.#hashes.has(hash)) return;
    this.#hashes.add(hash);
    const signed = this.#signed.get(signer) ?? { entries: 0, bytes: 0 };
    signed.entries += 1;
    signed.bytes += bytes;
    this.#signed.set(signer, signed);
  }
}
