import type { PeerId } from '../../helpers/ids.ts';
import type { DeviceListId } from '../../identity/device-list.ts';
import { isErasureEntrySigned, parseErasureEntry } from '../../identity/erasure-entry.ts';
import type { ParsedErasureEntry } from '../../identity/erasure-entry.ts';
import type { Verdict } from '../../mvds/admission.ts';
import type { Message } from '../../mvds/types.ts';
import { UNTIL_NAMED } from './list-admission.ts';
import { ACCEPT, isBare, reject } from './verdicts.ts';

/** Entries of one signer, and their bytes: ten deletions a day for twenty years, or a million messages. */
export const ERASURE_ENTRIES_PER_SIGNER_MAX = 65_536;
const ERASURE_BYTES_PER_SIGNER_MAX = 64 * 1024 * 1024;

interface Signed {
  entries: number;
  bytes: number;
}

/** Admission to the group of erasure entries, by the same order of questions as `ListAdmission`. */
export class ErasureAdmission {
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
      const entry = parseErasureEntry(bytes);
      if (entry?.listId === this.#id) this.#take(entry, bytes.byteLength);
    }
  }

  /** Whether a signer has room for another entry of so many bytes. */
  hasRoom(signer: PeerId, bytes: number): boolean {
    const signed = this.#signed.get(signer) ?? { entries: 0, bytes: 0 };
    return (
      signed.entries < ERASURE_ENTRIES_PER_SIGNER_MAX &&
      signed.bytes + bytes <= ERASURE_BYTES_PER_SIGNER_MAX
    );
  }

  admit(message: Message): Verdict {
    if (!isBare(message)) return reject('metadata in the log of erasures');
    const entry = parseErasureEntry(message.body);
    if (entry?.listId !== this.#id) return reject('no entry of this log of erasures');
    if (message.timestamp !== BigInt(entry.at)) return reject('an entry under another time');
    if (!this.#hasNamed(entry.signer)) return { type: 'hold', until: UNTIL_NAMED };
    if (this.#hashes.has(entry.hash)) return ACCEPT;
    const bytes = message.body.byteLength;
    if (!this.hasRoom(entry.signer, bytes)) return reject('more entries than a device may sign');
    if (!isErasureEntrySigned(entry)) return reject('an entry that was not signed');
    this.#take(entry, bytes);
    return ACCEPT;
  }

  #take({ signer, hash }: ParsedErasureEntry, bytes: number): void {
    if (this.#hashes.has(hash)) return;
    this.#hashes.add(hash);
    const signed = this.#signed.get(signer) ?? { entries: 0, bytes: 0 };
    signed.entries += 1;
    signed.bytes += bytes;
    this.#signed.set(signer, signed);
  }
}
