import { resolve } from 'node:path';
import type { EventChanges } from '../conversations/ports.ts';
import type { SyncChanges } from '../mvds/ports.ts';
import type { MessageId } from '../mvds/types.ts';
import { repeatedIds } from './by-id.ts';
import type { Connection } from './connection.ts';
import { ConversationTable } from './conversations.ts';
import { ErasedTraces } from './erased-traces.ts';
import type { ErasureTable } from './erasures.ts';
import { StoreError, storeError, StoreFullError, StoreReadOnlyError } from './errors.ts';
import type { FileCopy } from './file-backend/index.ts';
import { freePages, openDatabase, refuseHoles } from './file-backend/index.ts';
import { FileTable } from './files.ts';
import { HistoryTable } from './history.ts';
import { MessageTable } from './messages.ts';
import { Names } from './names.ts';
import type { OpeningOptions } from './opening.ts';
import { isCheckedAtOpening, openConnection, quickCheck } from './opening.ts';
import { RecordTable } from './records.ts';
import type { SessionRecord } from './session-record.ts';
import {
  countOpening,
  readSessions,
  recordBeforeFirst,
  storeIdOf,
  writeSessions,
} from './session-record.ts';
import { ActivityTable, SettingTable } from './settings.ts';
import { discard, replaceFile } from './store-files.ts';
import type { StoreKeys } from './store-keys.ts';
import { enclose } from './store-keys.ts';
import { commitChanges } from './sync.ts';
import type { ProjectedCommit } from './ports.ts';
import { messageId, number, text } from './values.ts';

export interface StoreStats {
  /** Messages held, waiting and tombstoned ones included. */
  readonly messages: number;
  /** On the disk, the log included. */
  readonly bytes: number;
  /** Messages in conversations, deleted ones included: what was stored and could be opened, and is in its place. */
  readonly readable: number;
  /** Events of kinds that this version does not know. */
  readonly unsupported: number;
  /** Of those in conversations, the newest, which the search index does not have yet: see `SearchResult`. */
  readonly unindexed: number;
}

/** Pages copied at a time, in at most some 20 ms. */
const BACKUP_STEP_PAGES = 128;
/** What a check reports at most. */
const REPORTED_PROBLEMS = 20;

/** The store's database with everything that is done to it; synchronous, for one thread. */
export class Engine {
  readonly messages: MessageTable;
  readonly records: RecordTable;
  readonly conversations: ConversationTable;
  readonly erasures: ErasureTable;
  readonly traces: ErasedTraces;
  readonly settings: SettingTable;
  readonly activity: ActivityTable;
  readonly files: FileTable;
  readonly history: HistoryTable;
  readonly storeId: string;
  readonly #connection: Connection;
  readonly #names: Names;
  #options: OpeningOptions;
  #session: SessionRecord | undefined;
  #isSuspect = false;

  constructor(connection: Connection, options: OpeningOptions) {
    this.#connection = connection;
    this.#options = options;
    const names = new Names(connection);
    this.#names = names;
    this.traces = new ErasedTraces(connection);
    this.messages = new MessageTable(connection, names, this.traces);
    this.records = new RecordTable(connection, names, this.messages);
    this.history = new HistoryTable(connection, names, this.messages, this.records);
    this.files = new FileTable(connection);
    this.conversations = new ConversationTable(connection, names, this.files, this.traces);
    this.erasures = this.conversations.erasures;
    this.settings = new SettingTable(connection);
    this.activity = new ActivityTable(connection, names);
    this.storeId = storeIdOf(connection);
  }

  commit(changes: SyncChanges): readonly MessageId[] {
    return commitChanges(this.#connection, this.messages, this.records, changes);
  }

  /** See `Store.commitProjected`. */
  commitProjected(changes: SyncChanges, projection: EventChanges): ProjectedCommit {
    return this.#connection.transaction(() => {
      const isCurrent = this.conversations.projectedThrough() >= this.messages.lastSequence();
      const added = this.commit(changes);
      if (!isCurrent) return { added, isProjected: false };
      const projectedThrough = this.messages.lastSequence();
      this.conversations.apply({ ...projection, projectedThrough });
      return { added, isProjected: true };
    });
  }

  stats(): StoreStats {
    const { files, fileSystem } = this.#options;
    const bytes = (fileSystem.size(files.database) ?? 0) + (fileSystem.size(files.log) ?? 0);
    return {
      messages: this.messages.count(),
      bytes,
      readable: this.conversations.readable(),
      unsupported: this.conversations.unsupported(),
      unindexed: this.conversations.index.unindexed(),
    };
  }

  /**
   * What is wrong with the store; empty when nothing is.
   * @param full compares indexes with what they index, too, and takes several times as long
   */
  check(full: boolean): readonly string[] {
    const pragma = full ? 'integrity_check' : 'quick_check';
    const sql = `PRAGMA ${pragma}(${REPORTED_PROBLEMS})`;
    const found = this.#connection.all(sql, [], ([value]) => text(value));
    const problems = found.filter((line) => line !== 'ok');
    if (!full) return problems;
    const dangling = this.#connection.all('PRAGMA foreign_key_check', [], ([table]) => text(table));
    return [
      ...problems,
      ...dangling.map((table) => `a row of ${table} refers to nothing`),
      ...this.#repeatedIds(),
      ...this.#wrongSections(),
    ];
  }

  #repeatedIds(): readonly string[] {
    return (['messages', 'entries'] as const).flatMap((table) =>
      this.#connection.all(repeatedIds(table), [REPORTED_PROBLEMS], ([id]) => {
        return `more than one row of ${table} has the id ${messageId(id)}`;
      }),
    );
  }

  /** Sums that are wrong are made anew here and now: all that they are of is there. */
  #wrongSections(): readonly string[] {
    const wrong = this.#names.allGroups().filter((group) => !this.messages.checkSections(group));
    return wrong.map((group) => `the sums of group ${group} were wrong; they were made anew`);
  }

  /** The tables that an idle check has still to go through; empty for a store that was checked when it was opened. */
  tablesToCheck(): readonly string[] {
    if (isCheckedAtOpening(this.#options)) return [];
    const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0";
    return this.#connection.all(sql, [], ([name]) => text(name));
  }

  /** Throws `StoreDamagedError` where SQLite finds the structure of the table, or of its indexes, broken. */
  checkTable(table: string): void {
    quickCheck(this.#connection, table);
  }

  /** Tells the person of damage, and has the next opening look into it, however large the store is. */
  reportDamage(): void {
    if (this.#isSuspect) return;
    this.#isSuspect = true;
    const { fileSystem, files, onNotice } = this.#options;
    try {
      fileSystem.close(fileSystem.open(files.suspect, { create: true, exclusive: false }));
    } catch {
      // On a disk that takes nothing any more the notice is all there is.
    }
    onNotice({
      kind: 'damage-found',
      path: files.database,
      message:
        'The store is damaged. Restart Reunion: it sets the store aside and fills a new one from your other devices.',
    });
  }

  /** Moves what is in the log into the database: some 10 ms for each MiB of it, and more where the disk has to be waited for. */
  checkpoint(): void {
    this.#connection.script('PRAGMA wal_checkpoint(PASSIVE)');
  }

  /**
   * Overwrites what is left of deleted texts: the words in older segments of the search index (some 3 s at a million messages),
   * and the pages in the write-ahead log. SQLite overwrites what it frees in the database by itself.
   */
  eraseTraces(): void {
    const { files, fileSystem, key } = this.#options;
    if (!this.#session) return;
    this.conversations.index.optimize();
    this.#connection.script('PRAGMA wal_checkpoint(FULL)');
    // Until something is written again, a log that is empty would be taken for one that was lost.
    writeSessions(fileSystem, files.session, key, [{ ...this.#session, isClosed: true }]);
    const busy = this.#connection.first('PRAGMA wal_checkpoint(TRUNCATE)', [], ([value]) => {
      return number(value) !== 0;
    });
    if (busy === false) this.traces.forget();
    writeSessions(fileSystem, files.session, key, [this.#session]);
  }

  /**
   * Gives back the room of what was deleted: writes the store anew and puts it in the place of the old one. Nothing else
   * may be called before it is done.
   */
  compact(): Promise<void> {
    return this.#rewrite(this.#connection.file.key);
  }

  /**
   * Encrypts the store anew under `key` (32 bytes), in the place of the one it has, as `compact` does. The store opens by
   * the one key or the other wherever this ends, so both must be kept until it is done.
   */
  async rekey(key: Uint8Array): Promise<void> {
    this.#options = { ...this.#options, key };
    await this.#rewrite(key);
  }

  async #rewrite(key: Uint8Array | undefined): Promise<void> {
    const { files, fileSystem } = this.#options;
    discard(fileSystem, files.draft);
    this.#connection.file.withFile(files.draft, key, (name) => {
      this.#connection.script(`VACUUM INTO '${name}'`);
    });
    syncFile(this.#options, files.draft);
    // Gives it a log while it is still a draft: in its place, a crash in the middle of that would cost its first page.
    (await openDatabase({ path: files.draft, key, fileSystem })).close();
    const before = this.#connection.file.key;
    this.#endSession();
    this.#connection.close();
    // The deletion of the log first: after a crash it would be taken for the log of the new database.
    fileSystem.syncFolder(files.folder);
    let now = before;
    try {
      replaceFile(fileSystem, files.draft, files.database);
      now = key;
    } finally {
      this.#connection.reopen(await openDatabase({ path: files.database, key: now, fileSystem }));
      this.#connection.script('PRAGMA foreign_keys = ON');
      this.beginSession();
    }
  }

  /** Writes down that the store is open; see `SessionRecord`. To be called once, before anything is written. */
  beginSession(): void {
    const { files, fileSystem, key } = this.#options;
    this.#session = undefined;
    try {
      const known = readSessions(fileSystem, files.session, this.#sessionKeys);
      const first = known.length === 0 ? recordBeforeFirst(this.#connection) : undefined;
      if (first) writeSessions(fileSystem, files.session, key, [first]);
      const session = countOpening(this.#connection, known);
      writeSessions(fileSystem, files.session, key, [session]);
      this.#session = session;
    } catch (error) {
      // A full disk must not keep a person from reading: what was known of the last opening stays.
      const told = storeError(error, undefined);
      if (told instanceof StoreFullError || told instanceof StoreReadOnlyError) return;
      throw told;
    }
  }

  /** Writes down that the log is of no use any more. */
  #endSession(): void {
    const { files, fileSystem, key } = this.#options;
    if (!this.#session) return;
    try {
      // Not TRUNCATE: until it is written down, a log that is empty would be taken for one that was lost.
      this.#connection.script('PRAGMA wal_checkpoint(FULL)');
      writeSessions(fileSystem, files.session, key, [{ ...this.#session, isClosed: true }]);
    } catch {
      // On a full disk, say, the log stays, and goes on to be needed.
    }
  }

  get #sessionKeys(): StoreKeys {
    const { key, earlierKeys = [] } = this.#options;
    const present = this.#connection.file.key;
    return { key, earlierKeys: present ? [present, ...earlierKeys] : earlierKeys };
  }

  /**
   * Starts a copy to `path`, under a key of its own (32 bytes), which is put into the copy, sealed under the store's key. A
   * store that is not encrypted has copies that are not.
   * @returns copies a part at each call; whether it is done
   */
  startBackup(
    path: string,
    backupKey: Uint8Array,
  ): { readonly step: () => boolean; readonly cancel: () => void } {
    const { fileSystem, files, key } = this.#options;
    const ownKey = key && backupKey;
    if (resolve(path) === resolve(files.database)) {
      throw new StoreError('The store cannot be backed up to itself.');
    }
    const draft = `${path}.draft`;
    const copy = this.#startCopy(draft, ownKey);
    return {
      step: () => {
        try {
          if (!copy.step(BACKUP_STEP_PAGES)) return false;
        } catch (error) {
          throw storeError(error, undefined);
        }
        copy.close();
        try {
          refuseHoles(copy.holes, freePages(fileSystem, { path: draft, key: ownKey }));
          if (key && ownKey) enclose(fileSystem, draft, key, ownKey);
        } catch (error) {
          throw storeError(error, undefined);
        }
        syncFile(this.#options, draft);
        replaceFile(fileSystem, draft, path);
        return true;
      },
      cancel: () => {
        copy.close();
        discard(fileSystem, draft);
      },
    };
  }

  #startCopy(draft: string, key: Uint8Array | undefined): FileCopy {
    const { fileSystem } = this.#options;
    try {
      discard(fileSystem, draft);
      return this.#connection.file.copyTo(draft, key);
    } catch (error) {
      throw storeError(error, undefined);
    }
  }

  /** Erases the traces of what was deleted first. */
  close(): void {
    try {
      if (this.traces.areLeft) this.eraseTraces();
    } catch {
      // A damaged store, or a full disk: they stay noted, and the next opening tries again.
    }
    this.#endSession();
    this.#connection.close();
  }

  /** Whether the store still has a key of before, since a change of it did not get to its end. */
  get isBehind(): boolean {
    return this.#connection.file.key !== this.#options.key;
  }
}

/** Opens the store's database and everything over it. Throws the store's errors. */
export async function openEngine(options: OpeningOptions): Promise<Engine> {
  const engine = new Engine(await openConnection(options), options);
  try {
    engine.beginSession();
    if (engine.isBehind && options.key) await finishRekey(engine, options.key);
    return engine;
  } catch (error) {
    engine.close();
    throw storeError(error, undefined);
  }
}

/** On a disk without the room for it the store stays as it is, and the next opening tries again. */
async function finishRekey(engine: Engine, key: Uint8Array): Promise<void> {
  try {
    await engine.rekey(key);
  } catch (error) {
    if (!(error instanceof StoreFullError)) throw error;
  }
}

function syncFile({ fileSystem }: OpeningOptions, path: string): void {
  const descriptor = fileSystem.open(path, { create: false, exclusive: false });
  try {
    fileSystem.sync(descriptor);
  } finally {
    fileSystem.close(descriptor);
  }
}
