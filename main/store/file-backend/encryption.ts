import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { FileCodec, RawFile } from './codec.ts';
import { DamagedFileError } from './errors.ts';
import { HEADER_BYTES } from './key-header.ts';

/** The only page size of an encrypted database; SQLite's default. */
export const PAGE_BYTES = 4096;
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const NONCE_BYTES = 12;
const NONCE_PREFIX_BYTES = 8;
const TAG_BYTES = 16;
/** What sealing adds to each unit. */
const SEAL_BYTES = NONCE_BYTES + TAG_BYTES;

/** A file as a sequence of units, each sealed on its own: one of `first` bytes, then all of `unit` bytes. */
interface Layout {
  /** Where the first sealed unit lies on the disk. */
  readonly base: number;
  readonly first: number;
  readonly unit: number;
  /**
   * Whether a unit that is read whole and does not open reads as zeros. In the write-ahead log that is a torn tail, and
   * zeros end the log there; anywhere else it is damage.
   */
  readonly tornTail: boolean;
}

const PAGES: Layout = { base: HEADER_BYTES, first: PAGE_BYTES, unit: PAGE_BYTES, tornTail: false };
// A frame is appended whole and never rewritten once it is committed, so that a torn append costs no earlier commit.
const LOG: Layout = {
  base: 0,
  first: LOG_HEADER_BYTES,
  unit: FRAME_HEADER_BYTES + PAGE_BYTES,
  tornTail: true,
};

interface Unit {
  /** SQLite's offset of the unit. */
  readonly start: number;
  readonly length: number;
  /** Where it lies on the disk. */
  readonly stored: number;
}

/**
 * Pages that were never written: SQLite writes no page that was freed in the transaction that added it, so that zeros
 * stand in its place. SQLite reads such a page only to copy the whole file.
 */
export interface Holes {
  /** Where such pages are noted, by their numbers, while they may be read. Undefined: a page of zeros is damage. */
  found: Set<number> | undefined;
}

/** The page of SQLite's lock byte (https://www.sqlite.org/fileformat2.html#the_lock_byte_page), which nobody ever writes. */
export const LOCK_PAGE = 0x4000_0000 / PAGE_BYTES + 1;

/** AES-256-GCM over the pages of a database. `key`: 32 bytes, of this file alone. */
export function sealedPages(key: Uint8Array, holes: Holes): FileCodec {
  return new SealedUnits(key, PAGES, holes);
}

/** AES-256-GCM over the frames of a write-ahead log. `key`: 32 bytes, of this file alone. */
export function sealedLog(key: Uint8Array): FileCodec {
  return new SealedUnits(key, LOG, { found: undefined });
}

/**
 * Each unit lies on the disk as nonce (12 bytes), ciphertext, tag (16 bytes); its place in the file is authenticated
 * with it. It does not stop somebody from putting back a unit that lay at the same place before.
 */
class SealedUnits implements FileCodec {
  readonly #key: KeyObject;
  readonly #layout: Layout;
  readonly #holes: Holes;
  readonly #place = Buffer.alloc(8);
  readonly #nonce = Buffer.alloc(NONCE_BYTES);
  #nonceCount = 0;
  #sealed = Buffer.alloc(0);

  constructor(key: Uint8Array, layout: Layout, holes: Holes) {
    this.#key = createSecretKey(key);
    this.#layout = layout;
    this.#holes = holes;
  }

  read(file: RawFile, target: Uint8Array, offset: number): number {
    let done = 0;
    while (done < target.byteLength) {
      const unit = this.#unitAt(offset + done);
      const skip = offset + done - unit.start;
      const take = Math.min(unit.length - skip, target.byteLength - done);
      const plain = this.#open(file, unit, this.#mayBeTorn(unit, take));
      if (plain === undefined) break;
      target.set(take === unit.length ? plain : plain.subarray(skip, skip + take), done);
      done += take;
    }
    return done;
  }

  write(file: RawFile, source: Uint8Array, offset: number): void {
    const first = this.#unitAt(offset);
    const last = this.#unitAt(offset + source.byteLength - 1);
    const size = last.stored + last.length + SEAL_BYTES - first.stored;
    if (this.#sealed.length < size) this.#sealed = Buffer.alloc(size);
    let done = 0;
    while (done < source.byteLength) {
      const unit = this.#unitAt(offset + done);
      const skip = offset + done - unit.start;
      const take = Math.min(unit.length - skip, source.byteLength - done);
      let plain = source.subarray(done, done + take);
      if (take !== unit.length) {
        // In the log it may lie over the torn frame of a commit that a crash cut short; what is not written now follows.
        const whole = this.#open(file, unit, this.#layout.tornTail) ?? Buffer.alloc(unit.length);
        whole.set(plain, skip);
        plain = whole;
      }
      this.#seal(plain, unit, unit.stored - first.stored);
      done += take;
    }
    file.write(this.#sealed.subarray(0, size), first.stored);
  }

  visibleSize(stored: number): number {
    const { base, first, unit } = this.#layout;
    if (stored < base + first + SEAL_BYTES) return 0;
    return first + Math.floor((stored - base - first - SEAL_BYTES) / (unit + SEAL_BYTES)) * unit;
  }

  storedSize(visible: number): number {
    if (visible === 0) return this.#layout.base;
    const { stored, length } = this.#unitAt(visible - 1);
    return stored + length + SEAL_BYTES;
  }

  #unitAt(offset: number): Unit {
    const { base, first, unit } = this.#layout;
    if (offset < first) return { start: 0, length: first, stored: base };
    const index = Math.floor((offset - first) / unit);
    return {
      start: first + index * unit,
      length: unit,
      stored: base + first + SEAL_BYTES + index * (unit + SEAL_BYTES),
    };
  }

  #seal(plain: Uint8Array, unit: Unit, at: number): void {
    const nonce = this.#nextNonce();
    this.#place.writeDoubleLE(unit.stored);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(this.#place);
    const ciphertext = cipher.update(plain);
    cipher.final();
    nonce.copy(this.#sealed, at);
    ciphertext.copy(this.#sealed, at + NONCE_BYTES);
    cipher.getAuthTag().copy(this.#sealed, at + NONCE_BYTES + unit.length);
  }

  /** Whether a read of `bytes` of a unit is to be answered with zeros where the unit is torn. */
  #mayBeTorn(unit: Unit, bytes: number): boolean {
    const isWhole = bytes === unit.length;
    if (this.#layout.tornTail) return isWhole;
    // SQLite looks at the head of the first page before it looks into the log. A checkpoint that lost its power may have
    // torn that page, which is then read whole from the log; zeros stand for the defaults, such as pages of 4096 bytes.
    return unit.start === 0 && !isWhole;
  }

  /**
   * The unit's bytes; undefined past the end of the file. Throws `DamagedFileError` where it does not open.
   * @param mayBeTorn answers with zeros instead
   */
  #open(file: RawFile, unit: Unit, mayBeTorn: boolean): Buffer | undefined {
    const size = unit.length + SEAL_BYTES;
    const sealed = Buffer.allocUnsafe(size);
    if (file.read(sealed, unit.stored) !== size) return undefined;
    this.#place.writeDoubleLE(unit.stored);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, NONCE_BYTES));
    decipher.setAAD(this.#place);
    decipher.setAuthTag(sealed.subarray(size - TAG_BYTES));
    const plain = decipher.update(sealed.subarray(NONCE_BYTES, size - TAG_BYTES));
    try {
      decipher.final();
    } catch {
      if (mayBeTorn) return Buffer.alloc(unit.length);
      if (this.#isHole(unit, sealed)) return Buffer.alloc(unit.length);
      throw new DamagedFileError(`the bytes at offset ${unit.stored} were altered or lost`);
    }
    return plain;
  }

  #isHole(unit: Unit, sealed: Buffer): boolean {
    const { found } = this.#holes;
    if (!found || sealed.some((byte) => byte !== 0)) return false;
    found.add(unit.start / PAGE_BYTES + 1);
    return true;
  }

  /**
   * 8 random bytes drawn when the file is opened, then a counter: two units share a nonce only when two openings of one
   * file drew the same prefix.
   */
  #nextNonce(): Buffer {
    if (this.#nonceCount === 0) randomBytes(NONCE_PREFIX_BYTES).copy(this.#nonce);
    this.#nonce.writeUInt32LE(this.#nonceCount, NONCE_PREFIX_BYTES);
    this.#nonceCount = (this.#nonceCount + 1) >>> 0;
    return this.#nonce;
  }
}
