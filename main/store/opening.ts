import { randomBytes } from 'node:crypto';
import { toHex } from '../helpers/bytes.ts';
import { Connection } from './connection.ts';
import { StoreDamagedError, storeError, StoreForeignError, StoreNewerError } from './errors.ts';
import type { FileSystem } from './file-backend/index.ts';
import { openDatabase } from './file-backend/index.ts';
import { APPLICATION_ID, prepareSchema } from './schema.ts';
import type { Carried } from './outliving.ts';
import { addOutliving, readOutliving } from './outliving.ts';
import { isLogMissing, isOlder, readSessions } from './session-record.ts';
import { SettingTable } from './settings.ts';
import type { StoreFiles } from './store-files.ts';
import { discard, replaceFile, setAside } from './store-files.ts';
import type { StoreKeys } from './store-keys.ts';
import { keyOfFile } from './store-keys.ts';
import { text } from './values.ts';

/** Why a file cannot be the store. */
export type UnusableReason = 'damaged' | 'foreign' | 'newer';

/** Something about the store that a person should know. */
export type StoreNotice = {
  /** Where the file is now. */
  readonly path: string;
  /** What happened and what is being done, in a sentence or two. */
  readonly message: string;
} & (
  | { readonly kind: 'set-aside'; readonly reason: UnusableReason }
  /** Seen while the store is in use. */
  | { readonly kind: 'damage-found' }
  /** What was written last is missing. */
  | { readonly kind: 'older' }
);

export interface OpeningOptions extends StoreKeys {
  readonly files: StoreFiles;
  /** Settings of a store that takes the place of another one, or that turned out to be older than it should be. */
  readonly afterLoss?: Readonly<Record<string, unknown>>;
  readonly fileSystem: FileSystem;
  readonly onNotice: (notice: StoreNotice) => void;
  /** Throws why a store that is there cannot be used, rather than setting it aside. */
  readonly refuseUnusable?: boolean;
  /** Unix milliseconds; dates what is set aside. */
  readonly now: () => number;
}

/** Up to this size a store is checked whole each time it is opened, in some 100 ms; a larger one in idle time: see `IdleCheck`. */
const CHECK_AT_OPENING_BYTES = 16 * 1024 * 1024;

const STORE_ID_BYTES = 16;
const SQLITE_MAGIC = Buffer.from('SQLite format 3\0', 'latin1');
const SQLITE_HEADER_BYTES = 100;
const APPLICATION_ID_OFFSET = 68;

/**
 * Opens the store's database, made new where there is none. A file that cannot be used is set aside and a new store takes
 * its place; a wrong key, a full or read-only disk is thrown as the store's error, with nothing changed.
 */
export async function openConnection(options: OpeningOptions): Promise<Connection> {
  const { files, fileSystem } = options;
  discard(fileSystem, files.draft);
  if (fileSystem.size(files.database) === undefined) {
    // A log without its database is of no use to SQLite, which would delete it.
    if (fileSystem.size(files.log) !== undefined) notifySetAside(options, 'damaged');
    await create(options, undefined);
    return openExisting(options);
  }
  try {
    return await openKnown(options);
  } catch (error) {
    const reason = reasonToSetAside(error);
    if (reason === undefined || options.refuseUnusable === true) throw error;
    const aside = notifySetAside(options, reason);
    await create(options, await readOutliving(fileSystem, aside, options));
    return openExisting(options);
  }
}

/** Opens the database that is there, and tells where it is older than it should be. */
async function openKnown(options: OpeningOptions): Promise<Connection> {
  const { files, onNotice } = options;
  const { known, isMissing } = sessionsOf(options);
  const connection = await openExisting(options);
  try {
    if (!isMissing && !isOlder(connection, known)) return connection;
    connection.transaction(() => {
      // By another id the other devices know to offer everything again.
      renewStoreId(connection);
      setAll(connection, options.afterLoss);
    });
  } catch (error) {
    connection.close();
    throw error;
  }
  onNotice({
    kind: 'older',
    path: files.database,
    message:
      'The store is older than when Reunion last used it: its files were put back from a copy, or one of them was deleted. What was written last may be missing here. Your other devices send again what they have.',
  });
  return connection;
}

function sessionsOf(options: OpeningOptions) {
  const { files, fileSystem } = options;
  try {
    const known = readSessions(fileSystem, files.session, options);
    return { known, isMissing: isLogMissing(fileSystem, files.log, known) };
  } catch (error) {
    throw storeError(error, undefined);
  }
}

export function renewStoreId(connection: Connection): void {
  const id = toHex(randomBytes(STORE_ID_BYTES));
  connection.run("UPDATE meta SET value = ? WHERE key = 'store_id'", id);
}

export function setAll(
  connection: Connection,
  settings: Readonly<Record<string, unknown>> = {},
): void {
  const table = new SettingTable(connection);
  for (const [name, value] of Object.entries(settings)) table.set(name, value);
}

/** Opens the database that is there. Throws the store's errors. */
export async function openExisting(options: OpeningOptions): Promise<Connection> {
  const { files, fileSystem } = options;
  const path = files.database;
  let connection: Connection | undefined;
  try {
    refuseForeign(fileSystem, path);
    const key = keyOfFile(fileSystem, path, options);
    connection = new Connection(await openDatabase({ path, key, fileSystem }));
    prepareSchema(connection, false);
    const isSuspect = fileSystem.size(files.suspect) !== undefined;
    if (isSuspect || isCheckedAtOpening(options)) quickCheck(connection);
    fileSystem.unlink(files.suspect);
    return connection;
  } catch (error) {
    connection?.close();
    throw storeError(error, undefined);
  }
}

/** Whether the store is small enough for that. */
export function isCheckedAtOpening({ files, fileSystem }: OpeningOptions): boolean {
  return (fileSystem.size(files.database) ?? 0) <= CHECK_AT_OPENING_BYTES;
}

/** Throws `StoreDamagedError` when SQLite finds the structure of the database, or of one table, broken. */
export function quickCheck(connection: Connection, table?: string): void {
  const sql = table === undefined ? 'PRAGMA quick_check(1)' : `PRAGMA quick_check("${table}")`;
  const found = connection.all(sql, [], ([value]) => text(value));
  if (found[0] !== 'ok') throw new StoreDamagedError(`The store is damaged: ${found.join('; ')}.`);
}

/**
 * Made under another name and renamed when it is whole, so that a crash leaves either no store or a whole one. `carried`: of
 * the store whose place it takes.
 */
async function create(options: OpeningOptions, carried: Carried | undefined): Promise<void> {
  const { files, key, fileSystem, afterLoss } = options;
  let connection: Connection | undefined;
  try {
    connection = new Connection(await openDatabase({ path: files.draft, key, fileSystem }));
    prepareSchema(connection, true);
    const id = toHex(randomBytes(STORE_ID_BYTES));
    connection.run("INSERT INTO meta(key, value) VALUES('store_id', ?)", id);
    if (carried) {
      addOutliving(connection, carried);
      setAll(connection, afterLoss);
    }
    connection.close();
    connection = undefined;
    fileSystem.unlink(files.session);
    replaceFile(fileSystem, files.draft, files.database);
  } catch (error) {
    connection?.close();
    throw storeError(error, undefined);
  }
}

/** Before the file is opened as a database, which would write to it. */
function refuseForeign(fileSystem: FileSystem, path: string): void {
  const header = Buffer.alloc(SQLITE_HEADER_BYTES);
  const descriptor = fileSystem.open(path, { create: false, exclusive: false });
  try {
    if (fileSystem.read(descriptor, header, 0) < header.length) {
      throw new StoreDamagedError('The store is damaged: its file was cut off.');
    }
  } finally {
    fileSystem.close(descriptor);
  }
  // Whatever else it is, its key or SQLite tells.
  if (!header.subarray(0, SQLITE_MAGIC.length).equals(SQLITE_MAGIC)) return;
  if (header.readUInt32BE(APPLICATION_ID_OFFSET) !== APPLICATION_ID) {
    throw new StoreForeignError('The file is the database of another program.');
  }
}

/** Why a file that could not be opened is set aside; undefined for a failure that says nothing against the file. */
export function reasonToSetAside(error: unknown): UnusableReason | undefined {
  if (error instanceof StoreDamagedError) return 'damaged';
  if (error instanceof StoreForeignError) return 'foreign';
  if (error instanceof StoreNewerError) return 'newer';
  return undefined;
}

const WHAT_HAPPENED = {
  damaged: 'The store was damaged',
  foreign: 'The file in the place of the store belongs to another program',
  newer: 'The store was written by a later version of Reunion',
};

function notifySetAside(options: OpeningOptions, reason: UnusableReason): string {
  const path = setAside(options.fileSystem, options.files, reason, options.now());
  const message =
    `${WHAT_HAPPENED[reason]}. It was set aside unchanged as ${path}, and a new store was made, ` +
    'which your other devices fill again.';
  options.fileSystem.unlink(options.files.suspect);
  options.onNotice({ kind: 'set-aside', reason, path, message });
  return path;
}
