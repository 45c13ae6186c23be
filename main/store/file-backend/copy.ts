import { RESULT } from './abi.ts';
import type { Mount } from './mount.ts';
import type { SqlDatabase, SqlEngine, SqlModule } from './sqljs.ts';
import type { Vfs } from './vfs.ts';

/** A running copy. Writes through the same connection, in between steps, are part of it. */
export interface FileCopy {
  /** Pages that were read and never written, by their numbers: so far, and of a sound database free ones alone. */
  readonly holes: ReadonlySet<number>;
  /** Copies up to `pages` pages of 4096 bytes. Returns whether all of it is now copied and on the medium. */
  step(pages: number): boolean;
  /** Ends the copy, finished or not. */
  close(): void;
}

/** `sqlite3_backup_step` has copied the last page. */
const DONE = 101;

/** Copies `source`, the file of `from`, to the empty file of `mount` through SQLite's own online backup. */
export function startCopy(
  { module, memory }: SqlEngine,
  vfs: Vfs,
  { source, from }: { readonly source: SqlDatabase; readonly from: Mount },
  mount: Mount,
): FileCopy {
  const name = vfs.add(mount);
  let target: SqlDatabase | undefined;
  let backup = 0;
  try {
    target = vfs.connecting(name, () => new module.Database([]));
    target.run('PRAGMA locking_mode = EXCLUSIVE');
    // A copy that is cut short is thrown away: it needs no journal, but it does need to be on the medium when done.
    target.run('PRAGMA journal_mode = OFF');
    const main = mainName(module, memory);
    backup = module._sqlite3_backup_init(target.db, main, source.db, main);
    if (backup === 0) throw new Error('SQLite refused to start the copy');
  } catch (error) {
    target?.close();
    vfs.remove(name);
    throw mount.cause(error);
  }
  const opened = target;
  const holes = new Set<number>();
  const step = (pages: number): number => {
    // Pages that were freed are read as well, of which some were never written.
    from.holes.found = holes;
    try {
      return module._sqlite3_backup_step(backup, pages);
    } finally {
      from.holes.found = undefined;
    }
  };
  return {
    holes,
    step(pages) {
      const result = step(pages);
      if (result === DONE) return true;
      if (result === RESULT.ok) return false;
      if (from.lastError !== undefined) throw from.cause(undefined);
      throw mount.cause(new Error(`the copy failed with SQLite's code ${result}`));
    },
    close() {
      module._sqlite3_backup_finish(backup);
      opened.close();
      vfs.remove(name);
    },
  };
}

let nameAddress = 0;

/** The address of the string `main`, the name of a connection's own database. */
function mainName(module: SqlModule, memory: WebAssembly.Memory): number {
  if (nameAddress === 0) {
    nameAddress = module._malloc(5);
    new Uint8Array(memory.buffer).set(Buffer.from('main\0'), nameAddress);
  }
  return nameAddress;
}
