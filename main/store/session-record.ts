import { dirname } from 'node:path';
import { z } from 'zod';
import type { Connection } from './connection.ts';
import type { FileSystem } from './file-backend/index.ts';
import { openValue, sealValue } from '../identity/sealed-value.ts';
import type { StoreKeys } from './store-keys.ts';
import { text } from './values.ts';

/*
 * Whether the files of a store are those that were left. Each opening counts one up in the database, and then here; at a
 * clean close the log is empty, which is told here. So it shows at the next opening where the log was taken away after a
 * crash, or where the database or its log is older than the last opening. Nothing is written with a commit: within one
 * opening an older copy of the log passes for the log.
 */

const record = z.object({
  storeId: z.string(),
  /** How often the store was opened. */
  openings: z.int().nonnegative(),
  /** Whether all that was committed is in the database, so that the log may be missing. */
  isClosed: z.boolean(),
});
export type SessionRecord = z.infer<typeof record>;

const records = z.array(record);
const USE = 'session record';
const META_KEY = 'openings';
/** A log has a header of 32 bytes; the commit of the opening follows it. */
const LOG_HEADER_BYTES = 32;
/** Two small records; anything longer is none. */
const RECORD_BYTES_MAX = 4_096;

/** The records at `path`: one, or two while one store takes the place of another. Empty where there are none to be read. */
export function readSessions(
  fileSystem: FileSystem,
  path: string,
  { key, earlierKeys = [] }: StoreKeys,
): readonly SessionRecord[] {
  const size = fileSystem.size(path);
  if (size === undefined || size > RECORD_BYTES_MAX) return [];
  const sealed = new Uint8Array(size);
  const descriptor = fileSystem.open(path, { create: false, exclusive: false });
  try {
    fileSystem.read(descriptor, sealed, 0);
  } finally {
    fileSystem.close(descriptor);
  }
  const keys = key === undefined ? [] : [key, ...earlierKeys];
  const opened =
    key === undefined ? sealed : keys.map((k) => openValue(k, USE, sealed)).find(Boolean);
  try {
    return records.parse(JSON.parse(Buffer.from(opened ?? []).toString()));
  } catch {
    return [];
  }
}

/** Puts records in the place of those at `path`, whole or not at all. Throws what the file system threw. */
export function writeSessions(
  fileSystem: FileSystem,
  path: string,
  key: Uint8Array | undefined,
  written: readonly SessionRecord[],
): void {
  const plain = Buffer.from(JSON.stringify(written));
  const content = key === undefined ? plain : sealValue(key, USE, plain);
  const draft = `${path}.draft`;
  fileSystem.unlink(draft);
  const descriptor = fileSystem.open(draft, { create: true, exclusive: true });
  try {
    for (let done = 0; done < content.byteLength;) {
      done += fileSystem.write(descriptor, content.subarray(done), done);
    }
    fileSystem.sync(descriptor);
  } finally {
    fileSystem.close(descriptor);
  }
  fileSystem.rename(draft, path);
  fileSystem.syncFolder(dirname(path));
}

/** Whether a log that ought to be there is missing. To be asked before the store is opened, which makes one. */
export function isLogMissing(
  fileSystem: FileSystem,
  log: string,
  known: readonly SessionRecord[],
): boolean {
  if (known.length === 0 || known.some(({ isClosed }) => isClosed)) return false;
  if ((fileSystem.size(log) ?? 0) <= LOG_HEADER_BYTES) return true;
  const header = new Uint8Array(LOG_HEADER_BYTES);
  const descriptor = fileSystem.open(log, { create: false, exclusive: false });
  try {
    fileSystem.read(descriptor, header, 0);
  } finally {
    fileSystem.close(descriptor);
  }
  return header.every((byte) => byte === 0);
}

/** Whether the content of a store is older than what was recorded of it. */
export function isOlder(connection: Connection, known: readonly SessionRecord[]): boolean {
  const openings = openingsOf(connection);
  // A store that no version with a record has opened.
  if (known.length === 0) return openings > 0;
  const own = known.find(({ storeId }) => storeId === storeIdOf(connection));
  return own === undefined || openings < own.openings;
}

/**
 * The record to be written before the first opening is counted: a store that is counted and has none was put back without it, or
 * lost its power in between. Undefined for a store that was opened before.
 */
export function recordBeforeFirst(connection: Connection): SessionRecord | undefined {
  if (openingsOf(connection) > 0) return undefined;
  return { storeId: storeIdOf(connection), openings: 0, isClosed: true };
}

/** Counts one up in the database, and returns the record of that. */
export function countOpening(
  connection: Connection,
  known: readonly SessionRecord[],
): SessionRecord {
  const openings = Math.max(openingsOf(connection), ...known.map((one) => one.openings)) + 1;
  const sql =
    'INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value';
  connection.run(sql, META_KEY, openings);
  return { storeId: storeIdOf(connection), openings, isClosed: false };
}

export function openingsOf(connection: Connection): number {
  const sql = 'SELECT value FROM meta WHERE key = ?';
  return connection.first(sql, [META_KEY], ([value]) => Number(value)) ?? 0;
}

export function storeIdOf(connection: Connection): string {
  const sql = "SELECT value FROM meta WHERE key = 'store_id'";
  return connection.first(sql, [], ([value]) => text(value)) ?? '';
}
