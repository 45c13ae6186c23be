import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { RawFile } from './codec.ts';
import { DamagedFileError, WrongKeyError } from './errors.ts';

/** AES-256. */
export const KEY_BYTES = 32;
/** What precedes the pages of an encrypted database file: a whole page, so that pages keep their distance. */
export const HEADER_BYTES = 4096;

const MAGIC = Buffer.from('sealed pages v1\n', 'latin1');
const SALT_BYTES = 32;
const DIGEST_BYTES = 32;
const COPY_BYTES = MAGIC.length + SALT_BYTES + DIGEST_BYTES + DIGEST_BYTES;
/** In two sectors, so that one bad sector does not cost the salt and with it every page. */
const COPY_OFFSETS = [0, 2048];

/**
 * Where a file may carry an envelope: the key of the file, sealed under another key, so that whoever has that one needs
 * no other file. In two sectors again.
 */
const ENVELOPE_OFFSETS = [1024, 3072];
const ENVELOPE_MAGIC = Buffer.from('sealed key v1 \n\0', 'latin1');
/** Room between two copies of what opens the file. */
const ENVELOPE_BYTES_MAX = 512;

/** The keys of one database file and of the log that belongs to it. */
export interface FileKeys {
  readonly pages: Uint8Array;
  readonly log: Uint8Array;
}

/** Makes the header of a new file under `key` (32 bytes), writes it, and returns the keys of the file. */
export function writeKeyHeader(file: RawFile, key: Uint8Array): FileKeys {
  const salt = randomBytes(SALT_BYTES);
  const body = Buffer.concat([MAGIC, salt, keyCheck(key, salt)]);
  const copy = Buffer.concat([body, sha256(body)]);
  const header = Buffer.alloc(HEADER_BYTES);
  for (const offset of COPY_OFFSETS) copy.copy(header, offset);
  file.write(header, 0);
  return deriveKeys(key, salt);
}

/**
 * The keys of an existing file. Throws `WrongKeyError` when it is not encrypted or under another key, and
 * `DamagedFileError` when both copies of the header are.
 */
export function readKeyHeader(file: RawFile, key: Uint8Array): FileKeys {
  const header = Buffer.alloc(HEADER_BYTES);
  file.read(header, 0);
  if (header.subarray(0, PLAIN_MAGIC.length).equals(PLAIN_MAGIC)) {
    throw new WrongKeyError('the file is not encrypted, but a key was given');
  }
  for (const offset of COPY_OFFSETS) {
    const copy = header.subarray(offset, offset + COPY_BYTES);
    const body = copy.subarray(0, COPY_BYTES - DIGEST_BYTES);
    if (!body.subarray(0, MAGIC.length).equals(MAGIC)) continue;
    if (!sha256(body).equals(copy.subarray(body.length))) continue;
    const salt = body.subarray(MAGIC.length, MAGIC.length + SALT_BYTES);
    if (!timingSafeEqual(keyCheck(key, salt), body.subarray(MAGIC.length + SALT_BYTES))) {
      throw new WrongKeyError('the file is encrypted under another key');
    }
    return deriveKeys(key, salt);
  }
  throw new DamagedFileError('the header of the encrypted file is damaged or foreign');
}

/** Puts an envelope of up to 512 bytes into the header of an encrypted file. Whoever reads it authenticates it. */
export function writeEnvelope(file: RawFile, envelope: Uint8Array): void {
  if (envelope.byteLength > ENVELOPE_BYTES_MAX)
    throw new RangeError('an envelope that is too long');
  const length = Buffer.alloc(2);
  length.writeUInt16LE(envelope.byteLength);
  const body = Buffer.concat([ENVELOPE_MAGIC, length, envelope]);
  const copy = Buffer.concat([body, sha256(body)]);
  for (const offset of ENVELOPE_OFFSETS) file.write(copy, offset);
}

/** The envelope of a file; undefined where it has none, or none that is whole. */
export function readEnvelope(file: RawFile): Uint8Array | undefined {
  const header = Buffer.alloc(HEADER_BYTES);
  if (file.read(header, 0) < HEADER_BYTES) return undefined;
  for (const offset of ENVELOPE_OFFSETS) {
    const copy = header.subarray(offset, offset + ENVELOPE_MAGIC.length + 2 + ENVELOPE_BYTES_MAX);
    if (!copy.subarray(0, ENVELOPE_MAGIC.length).equals(ENVELOPE_MAGIC)) continue;
    const length = copy.readUInt16LE(ENVELOPE_MAGIC.length);
    if (length > ENVELOPE_BYTES_MAX) continue;
    const end = ENVELOPE_MAGIC.length + 2 + length;
    const digest = header.subarray(offset + end, offset + end + DIGEST_BYTES);
    if (!sha256(copy.subarray(0, end)).equals(digest)) continue;
    return new Uint8Array(copy.subarray(ENVELOPE_MAGIC.length + 2, end));
  }
  return undefined;
}

const PLAIN_MAGIC = Buffer.from('SQLite format 3\0', 'latin1');

/** Throws `WrongKeyError` when the file is encrypted. */
export function refuseEncrypted(file: RawFile): void {
  const header = Buffer.alloc(HEADER_BYTES);
  file.read(header, 0);
  const encrypted = COPY_OFFSETS.some((offset) =>
    header.subarray(offset, offset + MAGIC.length).equals(MAGIC),
  );
  if (encrypted) throw new WrongKeyError('the file is encrypted, but no key was given');
}

function deriveKeys(key: Uint8Array, salt: Uint8Array): FileKeys {
  const derive = (use: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', key, salt, `sealed pages v1 ${use}`, KEY_BYTES));
  return { pages: derive('pages'), log: derive('log') };
}

function keyCheck(key: Uint8Array, salt: Uint8Array): Buffer {
  const checkKey = Buffer.from(hkdfSync('sha256', key, salt, 'sealed pages v1 check', KEY_BYTES));
  return createHmac('sha256', checkKey).update(MAGIC).update(salt).digest();
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
