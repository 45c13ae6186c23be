import { storeError } from './errors.ts';
import type { FileDatabase, SqlStatement, SqlValue } from './file-backend/index.ts';
import { searchTerms } from './search-text.ts';

/** One row, in the order of the columns asked for. */
export type Row = readonly SqlValue[];

/** A connection that prepares each statement once. All methods throw the store's errors. */
export class Connection {
  #file: FileDatabase;
  readonly #statements = new Map<string, SqlStatement>();
  readonly #onRollback: (() => void)[] = [];
  #inTransaction = false;

  constructor(file: FileDatabase) {
    this.#file = file;
    defineFunctions(file);
  }

  get file(): FileDatabase {
    return this.#file;
  }

  /** Continues with another file, after `close`. */
  reopen(file: FileDatabase): void {
    this.#file = file;
    defineFunctions(file);
  }

  /** Calls `forget` whenever a transaction was undone, for who remembers what is in the database. */
  onRollback(forget: () => void): void {
    this.#onRollback.push(forget);
  }

  /** Runs a statement. Returns how many rows it changed. */
  run(sql: string, ...values: readonly SqlValue[]): number {
    const statement = this.#prepare(sql);
    try {
      statement.bind(values);
      statement.step();
      return this.file.connection.getRowsModified();
    } catch (error) {
      throw this.#translate(error);
    } finally {
      statement.reset();
    }
  }

  /** All rows of a query, each as `read` makes it. */
  all<T>(sql: string, values: readonly SqlValue[], read: (row: Row) => T): T[] {
    const statement = this.#prepare(sql);
    const found: T[] = [];
    try {
      statement.bind(values);
      while (statement.step()) found.push(read(statement.get()));
      return found;
    } catch (error) {
      throw this.#translate(error);
    } finally {
      statement.reset();
    }
  }

  /** The rows of a query, until `take` returns false. */
  each(sql: string, values: readonly SqlValue[], take: (row: Row) => boolean): void {
    const statement = this.#prepare(sql);
    try {
      statement.bind(values);
      while (statement.step() && take(statement.get()));
    } catch (error) {
      throw this.#translate(error);
    } finally {
      statement.reset();
    }
  }

  first<T>(sql: string, values: readonly SqlValue[], read: (row: Row) => T): T | undefined {
    const statement = this.#prepare(sql);
    try {
      statement.bind(values);
      return statement.step() ? read(statement.get()) : undefined;
    } catch (error) {
      throw this.#translate(error);
    } finally {
      statement.reset();
    }
  }

  /** Runs several statements without values. */
  script(sql: string): void {
    try {
      this.file.connection.run(sql);
    } catch (error) {
      throw this.#translate(error);
    }
  }

  /** Runs `work` whole or not at all. When this returns, what it did survives a crash. Inside another it is part of that. */
  transaction<T>(work: () => T): T {
    if (this.#inTransaction) return work();
    this.run('BEGIN IMMEDIATE');
    this.#inTransaction = true;
    try {
      const result = work();
      this.run('COMMIT');
      // It stands even when the log could not be moved into the database after it, which SQLite tries again.
      this.file.takeFileError();
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  /**
   * As `transaction`, for what can be made again from the rest of the store: a loss of power, but no crash, may undo the
   * newest of these. Not waiting for the disk is worth it where they are many.
   */
  derived<T>(work: () => T): T {
    if (this.#inTransaction) return work();
    // Takes effect while it is prepared, hence no statement that is kept.
    this.script('PRAGMA synchronous = NORMAL');
    try {
      return this.transaction(work);
    } finally {
      this.script('PRAGMA synchronous = FULL');
    }
  }

  close(): void {
    for (const statement of this.#statements.values()) statement.free();
    this.#statements.clear();
    this.file.close();
  }

  #rollBack(): void {
    try {
      this.file.connection.run('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
      this.file.takeFileError();
    }
    for (const forget of this.#onRollback) forget();
  }

  #prepare(sql: string): SqlStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      try {
        statement = this.file.connection.prepare(sql);
      } catch (error) {
        throw this.#translate(error);
      }
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #translate(error: unknown): unknown {
    return storeError(error, this.file.takeFileError());
  }
}

/** Those that the schema's views call. */
function defineFunctions({ connection }: FileDatabase): void {
  connection.create_function('search_terms', searchTerms);
}
