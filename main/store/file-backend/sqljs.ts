import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import initSqlJs from 'sql.js';
import { UnsupportedSqlJsError } from './errors.ts';

export type SqlValue = number | bigint | string | Uint8Array | null;

/** A prepared statement of sql.js. */
export interface SqlStatement {
  bind(values: readonly SqlValue[]): boolean;
  step(): boolean;
  get(): SqlValue[];
  reset(): void;
  free(): boolean;
}

/** A connection of sql.js. */
export interface SqlDatabase {
  /** Address of the `sqlite3` object. */
  readonly db: number;
  prepare(sql: string): SqlStatement;
  run(sql: string): unknown;
  /** Lasts as long as the connection. It takes as many values as `callback.length` says. */
  create_function(name: string, callback: (...values: never[]) => SqlValue): unknown;
  exec(sql: string): { readonly columns: string[]; readonly values: SqlValue[][] }[];
  getRowsModified(): number;
  close(): void;
}

/** What this backend uses of an initialised sql.js. */
export interface SqlModule {
  readonly Database: new (data: readonly number[]) => SqlDatabase;
  addFunction(callback: (...args: never[]) => number, signature: string): number;
  UTF8ToString(address: number): string;
  _malloc(size: number): number;
  _sqlite3_backup_init(to: number, toName: number, from: number, fromName: number): number;
  _sqlite3_backup_step(backup: number, pages: number): number;
  _sqlite3_backup_finish(backup: number): number;
}

/** An engine in WebAssembly, with what is needed to call into it and be called by it. */
export interface SqlEngine {
  readonly module: SqlModule;
  readonly memory: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
}

const NEEDED: readonly (keyof SqlModule)[] = [
  'Database',
  'addFunction',
  'UTF8ToString',
  '_malloc',
  '_sqlite3_backup_init',
  '_sqlite3_backup_step',
  '_sqlite3_backup_finish',
];

let engine: Promise<SqlEngine> | undefined;

/**
 * Loads the published sql.js, once per thread, since it is a singleton there. Throws `UnsupportedSqlJsError` when it no
 * longer offers what this backend needs.
 * @param wasmPath where `sql-wasm.wasm` lies, when it is not beside the installed package
 */
export function loadEngine(wasmPath?: string): Promise<SqlEngine> {
  engine ??= load(wasmPath ?? createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm'));
  return engine;
}

async function load(wasmPath: string): Promise<SqlEngine> {
  const binary = await readFile(wasmPath);
  let instance: WebAssembly.Instance | undefined;
  const config = {
    useOldExtensionFunctions: false,
    instantiateWasm(imports: WebAssembly.Imports, done: (it: WebAssembly.Instance) => void) {
      // Compiled at once: an error here is thrown to the caller and cannot leave the loader waiting.
      instance = new WebAssembly.Instance(new WebAssembly.Module(binary), imports);
      done(instance);
      return instance.exports;
    },
  };
  const module: unknown = await initSqlJs(config);
  if (!isSqlModule(module))
    throw new UnsupportedSqlJsError('sql.js lacks a function that is needed');
  // By type: the names are minified and differ from build to build.
  const exported = Object.values(instance?.exports ?? {});
  const memory = exported.find((value) => value instanceof WebAssembly.Memory);
  const table = exported.find((value) => value instanceof WebAssembly.Table);
  if (memory === undefined || table === undefined) {
    throw new UnsupportedSqlJsError('sql.js does not export its memory and function table');
  }
  return { module, memory, table };
}

function isSqlModule(module: unknown): module is SqlModule {
  if (typeof module !== 'object' || module === null) return false;
  return NEEDED.every((name) => typeof Reflect.get(module, name) === 'function');
}
