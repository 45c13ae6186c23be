import { resolve } from 'node:path';
import type { SyncChanges } from '../mvds/ports.ts';
import type { MessageId } from '../mvds/types.ts';
import type { Connection } from './connection.ts';
import { ConversationTable } from './conversations.ts';
import { StoreError, storeError } from './errors.ts';
import type { FileCopy } from './file-backend/index.ts';
import { openDatabase } from './file-backend/index.ts';
import { FileTable } from './files.ts';
import { MessageTable } from './messages.ts';
import { Names } from './names.ts';
import type { OpeningOptions } from './opening.ts';
import { isCheckedAtOpening, openConnection, quickCheck } from './opening.ts';
import { RecordTable } from './records.ts';
import { ActivityTable, SettingTable } from './settings.ts';
import { discard, replaceFile } from './store-files.ts';
import { commitChanges } from './sync.ts';
import { text } from './values.ts';

export interface StoreStats {
  /** Messages held, waiting and tombstoned ones included. */
  readonly messages: number;
  /** On the disk, the log included. */
  readonly bytes: number;
  /** Events of kinds that this version does not know. */
  readonly unsupported: number;
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
  readonly settings: SettingTable;
  readonly activity: ActivityTable;
  readonly files: FileTable;
  readonly storeId: string;
  readonly #options: OpeningOptions;
  readonly #connection: Connection;
  #isSuspect = false;

  constructor(connection: Connection, options: OpeningOptions) {
    this.#connection = connection;
    this.#options = options;
    const names = new Names(connection);
    this.messages = new MessageTable(connection, names);
    this.records = new RecordTable(connection, names);
    this.files = new FileTable(connection);
    this.conversations = new ConversationTable(connection, names, this.files);
    this.settings = new SettingTable(connection);
    this.activity = new ActivityTable(connection, names);
    const sql = "SELECT value FROM meta WHERE key = 'store_id'";
    this.storeId = connection.first(sql, [], ([value]) => text(value)) ?? '';
  }

  commit(changes: SyncChanges): readonly MessageId[] {
    return commitChanges(this.#connection, this.messages, this.records, changes);
  }

  stats(): StoreStats {
    const { files, fileSystem } = this.#options;
    const bytes = (fileSystem.size(files.database) ?? 0) + (fileSystem.size(files.log) ?? 0);
    return {
      messages: this.messages.count(),
      bytes,
      unsupported: this.conversations.unsupported(),
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
    return [...problems, ...dangling.map((table) => `a row of ${table} refers to nothing`)];
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
   * Gives back the room of what was deleted: writes the store anew and puts it in the place of the old one. Nothing else
   * may be called before it is done.
   */
  async compact(): Promise<void> {
    const { files, fileSystem, key } = this.#options;
    discard(fileSystem, files.draft);
    this.#connection.file.withFile(files.draft, (name) => {
      this.#connection.script(`VACUUM INTO '${name}'`);
    });
    syncFile(this.#options, files.draft);
    // Gives it a log while it is still a draft: in its place, a crash in the middle of that would cost its first page.
    (await openDatabase({ path: files.draft, key, fileSystem })).close();
    this.#connection.close();
    // The deletion of the log first: after a crash it would be taken for the log of the new database.
    fileSystem.syncFolder(files.folder);
    try {
      replaceFile(fileSystem, files.draft, files.database);
    } finally {
      this.#connection.reopen(await openDatabase({ path: files.database, key, fileSystem }));
      this.#connection.script('PRAGMA foreign_keys = ON');
    }
  }

  /**
   * Starts a copy to `path`, under the same key.
   * @returns copies a part at each call; whether it is done
   */
  startBackup(path: string): { readonly step: () => boolean; readonly cancel: () => void } {
    const { fileSystem, files } = this.#options;
    if (resolve(path) === resolve(files.database)) {
      throw new StoreError('The store cannot be backed up to itself.');
    }
    const draft = `${path}.draft`;
    const copy = this.#startCopy(draft);
    return {
      step: () => {
        try {
          if (!copy.step(BACKUP_STEP_PAGES)) return false;
        } catch (error) {
          throw storeError(error, undefined);
        }
        copy.close();
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

  #startCopy(draft: string): FileCopy {
    const { key, fileSystem } = this.#options;
    try {
      discard(fileSystem, draft);
      return this.#connection.file.copyTo(draft, key);
    } catch (error) {
      throw storeError(error, undefined);
    }
  }

  close(): void {
    this.#connection.close();
  }
}

/** Opens the store's database and everything over it. Throws the store's errors. */
export async function openEngine(options: OpeningOptions): Promise<Engine> {
  return new Engine(await openConnection(options), options);
}

function syncFile({ fileSystem }: OpeningOptions, path: string): void {
  const descriptor = fileSystem.open(path, { create: false, exclusive: false });
  try {
    fileSystem.sync(descriptor);
  } finally {
    fileSystem.close(descriptor);
  }
}
