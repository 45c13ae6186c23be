import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('desktop:update-signature');

/*
 * Signatures as minisign makes them (https://jedisct1.github.io/minisign/), of which only the kind with a hash is taken: Ed25519
 * over BLAKE2b-512 of the file. The trusted comment is signed, too; it names the version and the file, so that an older
 * version cannot be given out for a newer one.
 */

/** “ED”: over the hash. “Ed”, over the whole file, is what old versions of minisign made. */
const PREHASHED = 'ED';
const PUBLIC_KEY_ALGORITHM = 'Ed';
const KEY_ID_BYTES = 8;
const PUBLIC_KEY_BYTES = 2 + KEY_ID_BYTES + 32;
const SIGNATURE_BYTES = 2 + KEY_ID_BYTES + 64;
const TRUSTED = 'trusted comment: ';
/** Four short lines. Anything longer is no signature. */
const SIGNATURE_LENGTH_MAX = 4_096;

export interface PublisherKey {
  readonly id: Uint8Array;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** The key in what `minisign -G` calls the public key: a line of base64, with or without the comment above it. */
export function parsePublisherKey(text: string): PublisherKey | undefined {
  const bytes = decoded(text.trim().split('\n').at(-1) ?? '', PUBLIC_KEY_BYTES);
  if (bytes && algorithmOf(bytes) !== PUBLIC_KEY_ALGORITHM) return undefined;
  return (
    bytes && { id: bytes.subarray(2, 2 + KEY_ID_BYTES), key: bytes.subarray(2 + KEY_ID_BYTES) }
  );
}

/** The trusted comment of the signature of a version's file. */
export function trustedComment(version: string, file: string): string {
  return `reunion version:${version} file:${file}`;
}

/**
 * Whether `signature` is the publisher's over the content and the trusted comment. Never throws for a signature of any form;
 * rejects as `content` does.
 */
export async function isSignedUpdate(
  publisher: PublisherKey,
  signature: string,
  comment: string,
  content: AsyncIterable<Uint8Array>,
): Promise<boolean> {
  if (signature.length > SIGNATURE_LENGTH_MAX) return false;
  const lines = signature.split(/\r?\n/u);
  const signed = decoded(lines[1] ?? '', SIGNATURE_BYTES);
  const global = decoded(lines[3] ?? '', 64);
  if (!signed || !global || lines[2] !== TRUSTED + comment) return false;
  if (algorithmOf(signed) !== PREHASHED) return false;
  if (!Buffer.from(signed.subarray(2, 2 + KEY_ID_BYTES)).equals(publisher.id)) return false;
  const own = signed.subarray(2 + KEY_ID_BYTES);
  const whole = Buffer.concat([own, Buffer.from(comment)]);
  if (!verified(global, whole, publisher)) return false;
  const hash = blake2b.create({ dkLen: 64 });
  for await (const part of content) hash.update(part);
  return verified(own, hash.digest(), publisher);
}

function verified(signature: Uint8Array, bytes: Uint8Array, { key }: PublisherKey): boolean {
  try {
    return ed25519.verify(signature, bytes, key, { zip215: false });
  } catch (error) {
    ignored(error);
    return false;
  }
}

function algorithmOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 2)).toString('latin1');
}

function decoded(line: string, length: number): Uint8Array | undefined {
  const bytes = Buffer.from(line, 'base64');
  // One form for the same bytes, and nothing behind it.
  const isExact = bytes.byteLength === length && bytes.toString('base64') === line.trim();
  return isExact ? new Uint8Array(bytes) : undefined;
}
