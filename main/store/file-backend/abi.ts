import { UnsupportedSqlJsError } from './errors.ts';
import type { SqlEngine } from './sqljs.ts';

/** Result codes of SQLite that a file system answers with. */
export const RESULT = {
  ok: 0,
  notFound: 12,
  full: 13,
  cannotOpen: 14,
  ioRead: 266,
  ioShortRead: 522,
  ioWrite: 778,
  ioSync: 1034,
  ioTruncate: 1546,
  ioSize: 1802,
  ioDelete: 2570,
  ioDeleteMissing: 5898,
  ioAccess: 3338,
} as const;

/** Flags that SQLite opens a file with. */
export const OPEN = {
  readWrite: 0x2,
  create: 0x4,
  deleteOnClose: 0x8,
  exclusive: 0x10,
  database: 0x100,
  journal: 0x800,
  log: 0x80000,
} as const;

/** Offsets in `struct sqlite3_vfs` of the 32-bit build; the struct is public and only ever grows at its end. */
const VFS = { version: 0, fileBytes: 4, name: 16, open: 24, delete: 28, access: 32, fullPath: 36 };
const LOWEST_VFS_VERSION = 1;
const HIGHEST_VFS_VERSION = 3;
/** Room for the pointer that `xOpen` writes; the default file object has 52 bytes. */
const SMALLEST_FILE_BYTES = 8;
const LARGEST_FILE_BYTES = 1024;

/** SQLite's memory, viewed anew whenever it has grown. */
export class Heap {
  readonly #memory: WebAssembly.Memory;
  #bytes: Uint8Array;
  #view: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
  }

  bytes(address: number, length: number): Uint8Array {
    this.#refresh();
    return this.#bytes.subarray(address, address + length);
  }

  readInt(address: number): number {
    this.#refresh();
    return this.#view.getInt32(address, true);
  }

  writeInt(address: number, value: number): void {
    this.#refresh();
    this.#view.setInt32(address, value, true);
  }

  writeLong(address: number, value: number): void {
    this.#refresh();
    this.#view.setBigInt64(address, BigInt(value), true);
  }

  #refresh(): void {
    if (this.#bytes.buffer === this.#memory.buffer) return;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }
}

type VfsFunction = 'open' | 'delete' | 'access' | 'fullPath';

/** SQLite's default file system, four functions of which can be replaced. */
export interface DefaultVfs {
  original(name: VfsFunction): (...args: number[]) => number;
  replace(name: VfsFunction, functionIndex: number): void;
}

/**
 * Finds the default file system: its address is the first word of a connection. Throws `UnsupportedSqlJsError` unless
 * everything about it is as expected, before anything is changed.
 */
export function findDefaultVfs({ module, table }: SqlEngine, heap: Heap): DefaultVfs {
  const probe = new module.Database([]);
  try {
    const address = heap.readInt(probe.db);
    const version = heap.readInt(address + VFS.version);
    const fileBytes = heap.readInt(address + VFS.fileBytes);
    const name = module.UTF8ToString(heap.readInt(address + VFS.name));
    const isExpected =
      name === 'unix' &&
      version >= LOWEST_VFS_VERSION &&
      version <= HIGHEST_VFS_VERSION &&
      fileBytes >= SMALLEST_FILE_BYTES &&
      fileBytes <= LARGEST_FILE_BYTES;
    if (!isExpected) throw unsupported(`name ${name}, version ${version}, ${fileBytes} bytes`);
    const originals = new Map(
      (['open', 'delete', 'access', 'fullPath'] as const).map((key) => {
        const found: unknown = table.get(heap.readInt(address + VFS[key]));
        if (typeof found !== 'function') throw unsupported(`no function to ${key}`);
        return [key, found as (...args: number[]) => number];
      }),
    );
    return {
      original(key) {
        const found = originals.get(key);
        if (found === undefined) throw unsupported(`no function to ${key}`);
        return found;
      },
      replace: (key, functionIndex) => heap.writeInt(address + VFS[key], functionIndex),
    };
  } finally {
    probe.close();
  }
}

function unsupported(what: string): UnsupportedSqlJsError {
  return new UnsupportedSqlJsError(
    `the file system of this sql.js is not the expected one: ${what}`,
  );
}
