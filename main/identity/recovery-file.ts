import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { utf8 } from '../helpers/bytes.ts';
import type { PeerId } from '../mvds/types.ts';
import { ENTRY_BYTES_MAX, isSigned, parseEntry } from './device-list-entry.ts';
import type { DeviceListId } from './device-list-entry.ts';
import { encodedBytes } from './key-protection.ts';
import { openSecret, SEALED_SECRET_BYTES, sealSecretTo } from './key-sealing.ts';
import type { SigningKeys } from './keys.ts';
import { sign, verify } from './signing.ts';
import { writeWhole } from './whole-file.ts';

/*
 * What lies beside a store and beside each backup for whoever knows the recovery phrase: the key of that one file, sealed
 * to the phrase's key. Anybody can seal something to a key, so the file also proves where it comes from:
 *
 * - an entry of the device list that the phrase's own key has signed (its *endorsement*), made with the phrase, which names
 *   the list: nobody without the phrase makes one for a list of their own;
 * - the signature of the device that wrote the file, which covers the list, the endorsement and the sealed key. Whether
 *   that device is or was on the list is to be looked up in the backup, once it is open.
 *
 * As each backup has a key of its own, a file that is moved to another backup opens nothing there.
 */

const RECOVERY_FILE = 'recovery.json';
/** Beside a backup, under its name with this. */
export const RECOVERY_SUFFIX = '.recovery';
/** Two phrases, made at the same time on two devices, with their entries: some kilobytes. */
const FILE_BYTES_MAX = 64 * 1024;
/** More phrases than devices make at the same time. */
const PHRASES_MAX = 8;

const LABEL = 'reunion recovery file';

const outer = z.object({ version: z.literal(2), body: z.string(), signature: encodedBytes(64) });
const entry = z
  .string()
  .max(2 * ENTRY_BYTES_MAX)
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64url')));
const inner = z.object({
  list: z.string().length(64),
  /** The device that wrote the file. */
  maker: z.string().max(128),
  /** Tells one key from another without giving it away. */
  keyId: z.string().max(64),
  phrases: z
    .array(
      z.object({
        recovery: z.string().max(128),
        endorsement: entry,
        sealed: encodedBytes(SEALED_SECRET_BYTES),
      }),
    )
    .max(PHRASES_MAX),
});

/** A recovery phrase that belongs to a device list. */
export interface EndorsedPhrase {
  readonly peerId: PeerId;
  /** An entry of the list that the phrase's key has signed. */
  readonly endorsement: Uint8Array;
}

/** What a recovery file gives to whoever has the phrase. */
export interface RecoveredKey {
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly list: DeviceListId;
  /** The device that wrote it: on the list, or removed from it, else the file counts for nothing. */
  readonly maker: PeerId;
}

/** `not-authentic`: sealed to the phrase by somebody who has nothing to do with its list. */
export type NotRecovered = 'no-file' | 'unreadable' | 'other-phrase' | 'not-authentic';

/**
 * The first of `entries` that a phrase's key has signed in this list, by which the phrase says that the list is its own.
 * Undefined where there is none yet.
 */
export function endorsementIn(
  entries: readonly Uint8Array[],
  list: DeviceListId,
  recovery: PeerId,
): Uint8Array | undefined {
  return entries.find((bytes) => isEndorsement(bytes, list, recovery));
}

function isEndorsement(bytes: Uint8Array, list: DeviceListId, recovery: PeerId): boolean {
  const parsed = parseEntry(bytes);
  return parsed?.listId === list && parsed.signer === recovery && isSigned(parsed);
}

/** Makes a recovery file: JSON, which nobody without one of the phrases reads a key of. */
export function makeRecoveryFile(
  { maker, list, key }: { maker: SigningKeys; list: DeviceListId; key: Uint8Array },
  phrases: readonly EndorsedPhrase[],
  random: (length: number) => Uint8Array,
): string {
  const context = contextOf(list, maker.peerId);
  const body = JSON.stringify({
    list,
    maker: maker.peerId,
    keyId: keyIdOf(key),
    phrases: phrases.slice(0, PHRASES_MAX).map(({ peerId, endorsement }) => ({
      recovery: peerId,
      endorsement: Buffer.from(endorsement).toString('base64url'),
      sealed: Buffer.from(sealSecretTo(peerId, key, context, random)).toString('base64url'),
    })),
  });
  const signature = Buffer.from(sign(maker.seed, LABEL, utf8(body))).toString('base64url');
  return JSON.stringify({ version: 2, body, signature });
}

/** Opens a recovery file by the phrase's keys. Never throws. */
export function openRecoveryFile(
  content: string,
  recovery: SigningKeys,
): RecoveredKey | Exclude<NotRecovered, 'no-file'> {
  const read = parse(content);
  if (!read) return 'unreadable';
  const { body, signature, list, maker, phrases } = read;
  const own = phrases.find((phrase) => phrase.recovery === recovery.peerId);
  if (!own) return 'other-phrase';
  if (!isEndorsement(own.endorsement, list, recovery.peerId)) return 'not-authentic';
  if (!verify(maker, LABEL, utf8(body), signature)) return 'not-authentic';
  const key = openSecret(recovery.seed, own.sealed, contextOf(list, maker));
  return key ? { key, list, maker } : 'not-authentic';
}

/** The recovery file of the store in a folder. */
export function recoveryFileOf(folder: string): string {
  return join(folder, RECOVERY_FILE);
}

/** Opens the recovery file at a path. Throws Node's errors. */
export function readRecoveryFile(path: string, recovery: SigningKeys): RecoveredKey | NotRecovered {
  const content = contentOf(path);
  return content === undefined ? 'no-file' : openRecoveryFile(content, recovery);
}

/** Which phrases open the recovery file at a path, and whether it holds the key. Throws Node's errors. */
export function knownTo(
  path: string,
  key: Uint8Array,
): { readonly phrases: readonly string[]; readonly isCurrent: boolean } {
  const read = parse(contentOf(path) ?? '');
  const phrases = read?.phrases.map(({ recovery }) => recovery) ?? [];
  return { phrases, isCurrent: read?.keyId === keyIdOf(key) };
}

/** Puts a recovery file at a path, or takes away the one that is there. Throws Node's errors. */
export function writeRecoveryFile(path: string, content: string | undefined): void {
  if (content === undefined) rmSync(path, { force: true });
  else writeWhole(path, content, 'replace');
}

/** Deletes what was kept in a folder. */
export function eraseRecoveryFile(folder: string): void {
  rmSync(recoveryFileOf(folder), { force: true });
}

function contentOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function parse(content: string) {
  if (content.length > FILE_BYTES_MAX) return undefined;
  try {
    const { body, signature } = outer.parse(JSON.parse(content));
    const { list, maker, ...rest } = inner.parse(JSON.parse(body));
    return { ...rest, body, signature, list: list as DeviceListId, maker: maker as PeerId };
  } catch {
    return undefined;
  }
}

function contextOf(list: DeviceListId, maker: PeerId): Uint8Array {
  return utf8(`reunion recovery file 2\0${list}\0${maker}`);
}

/** The key has 256 random bits: nobody finds it by its hash. */
function keyIdOf(key: Uint8Array): string {
  return createHash('sha256').update('reunion key id\0').update(key).digest('hex').slice(0, 32);
}
