import { dirname } from 'node:path';
import type { Heap, DefaultVfs } from './abi.ts';
import { OPEN, RESULT } from './abi.ts';
import { plainCodec } from './codec.ts';
import { errorCode } from './errors.ts';
import type { Mount } from './mount.ts';
import type { FileKind } from './open-file.ts';
import { OpenFile } from './open-file.ts';
import type { SqlModule } from './sqljs.ts';

/** Names below this prefix are ours; all others stay with sql.js's own files in memory. */
const NAME_PREFIX = '/mounts/';
const NAME_PATTERN = /^\/mounts\/(\d+)(-wal|-journal)?$/;
/** The name that sql.js makes up for each connection. */
const CONNECTION_PATTERN = /^dbfile_\d+$/;

const SECTOR_BYTES = 4096;
/** Writing a range leaves its neighbours alone (SQLite's default), and Windows deletes no file that is open. */
const DEVICE = 0x1000 | (process.platform === 'win32' ? 0x800 : 0);

type Callback = (...args: never[]) => number;

/** Serves the files of mounted databases to SQLite. */
export class Vfs {
  readonly #module: SqlModule;
  readonly #heap: Heap;
  readonly #mounts = new Map<number, Mount>();
  /** By the address of SQLite's file object. */
  readonly #files = new Map<number, { readonly file: OpenFile; readonly mount: Mount }>();
  readonly #default: DefaultVfs;
  readonly #methods: number;
  #mountCount = 0;
  #nextConnection: string | undefined;

  constructor(module: SqlModule, heap: Heap, defaultVfs: DefaultVfs) {
    this.#module = module;
    this.#heap = heap;
    this.#default = defaultVfs;
    this.#methods = this.#makeMethods();
    const replace = (name: Parameters<DefaultVfs['replace']>[0], it: Callback, types: string) =>
      defaultVfs.replace(name, module.addFunction(it, types));
    replace('open', (...args: OpenArguments) => this.#open(...args), 'iiiiii');
    replace('delete', (...args: DeleteArguments) => this.#delete(...args), 'iiii');
    replace('access', (...args: AccessArguments) => this.#access(...args), 'iiiii');
    replace('fullPath', (...args: AccessArguments) => this.#fullPath(...args), 'iiiii');
  }

  /** Makes `mount` known to SQLite. Returns its name there. */
  add(mount: Mount): string {
    this.#mountCount += 1;
    this.#mounts.set(this.#mountCount, mount);
    return `${NAME_PREFIX}${this.#mountCount}`;
  }

  remove(name: string): void {
    this.#mounts.delete(Number(name.slice(NAME_PREFIX.length)));
  }

  /** Runs `open`, the next connection of which is to the mount called `name`. */
  connecting<T>(name: string, open: () => T): T {
    this.#nextConnection = name;
    try {
      return open();
    } finally {
      this.#nextConnection = undefined;
    }
  }

  #resolve(name: string): { readonly mount: Mount; readonly path: string } | undefined {
    const [, id, suffix = ''] = NAME_PATTERN.exec(name) ?? [];
    const mount = id === undefined ? undefined : this.#mounts.get(Number(id));
    return mount && { mount, path: mount.path + suffix };
  }

  #nameAt(address: number): string {
    return address === 0 ? '' : this.#module.UTF8ToString(address);
  }

  #open(...[vfs, nameAt, fileAt, flags, flagsOutAt]: OpenArguments): number {
    const name = this.#nameAt(nameAt);
    const found = this.#resolve(name);
    if (found === undefined) {
      return this.#default.original('open')(vfs, nameAt, fileAt, flags, flagsOutAt);
    }
    const { mount, path } = found;
    this.#heap.writeInt(fileAt, 0);
    return guard(mount, RESULT.cannotOpen, () => {
      const file = openFile(mount, path, flags);
      this.#files.set(fileAt, { file, mount });
      this.#heap.writeInt(fileAt, this.#methods);
      if (flagsOutAt !== 0) this.#heap.writeInt(flagsOutAt, flags);
      return RESULT.ok;
    });
  }

  #delete(...[vfs, nameAt, syncFolder]: DeleteArguments): number {
    const found = this.#resolve(this.#nameAt(nameAt));
    if (found === undefined) return this.#default.original('delete')(vfs, nameAt, syncFolder);
    const { mount, path } = found;
    return guard(mount, RESULT.ioDelete, () => {
      if (!mount.fileSystem.unlink(path)) return RESULT.ioDeleteMissing;
      if (syncFolder !== 0) mount.fileSystem.syncFolder(dirname(path));
      return RESULT.ok;
    });
  }

  #access(...[vfs, nameAt, flags, resultAt]: AccessArguments): number {
    const found = this.#resolve(this.#nameAt(nameAt));
    if (found === undefined) return this.#default.original('access')(vfs, nameAt, flags, resultAt);
    const { mount, path } = found;
    return guard(mount, RESULT.ioAccess, () => {
      const size = mount.fileSystem.size(path);
      // Flags 0 asks whether it exists, and an empty journal counts as none.
      const answer = size !== undefined && (flags !== 0 || size > 0);
      this.#heap.writeInt(resultAt, answer ? 1 : 0);
      return RESULT.ok;
    });
  }

  #fullPath(...[vfs, nameAt, capacity, pathAt]: AccessArguments): number {
    let name = this.#nameAt(nameAt);
    if (this.#nextConnection !== undefined && CONNECTION_PATTERN.test(name)) {
      name = this.#nextConnection;
      this.#nextConnection = undefined;
    }
    if (this.#resolve(name) === undefined) {
      return this.#default.original('fullPath')(vfs, nameAt, capacity, pathAt);
    }
    const bytes = Buffer.from(`${name}\0`);
    if (bytes.length > capacity) return RESULT.cannotOpen;
    this.#heap.bytes(pathAt, bytes.length).set(bytes);
    return RESULT.ok;
  }

  /** Runs `work` on an open file. No exception may cross a frame of WebAssembly: it becomes `failure`. */
  #with(fileAt: number, failure: number, work: (file: OpenFile, mount: Mount) => number): number {
    const open = this.#files.get(fileAt);
    if (open === undefined) return failure;
    return guard(open.mount, failure, () => work(open.file, open.mount));
  }

  /** Writes SQLite's table of file functions, version 1: no shared memory, no memory mapping. Returns its address. */
  #makeMethods(): number {
    const heap = this.#heap;
    const close = (fileAt: number): number =>
      this.#with(fileAt, RESULT.ioRead, (file) => {
        this.#files.delete(fileAt);
        file.close();
        return RESULT.ok;
      });
    const read = (fileAt: number, at: number, length: number, offset: bigint): number =>
      this.#with(fileAt, RESULT.ioRead, (file) => {
        const target = heap.bytes(at, length);
        const count = file.readDecoded(target, Number(offset));
        if (count === length) return RESULT.ok;
        target.fill(0, count);
        return RESULT.ioShortRead;
      });
    const write = (fileAt: number, at: number, length: number, offset: bigint): number =>
      this.#with(fileAt, RESULT.ioWrite, (file) => {
        file.writeEncoded(heap.bytes(at, length), Number(offset));
        return RESULT.ok;
      });
    const truncate = (fileAt: number, size: bigint): number =>
      this.#with(fileAt, RESULT.ioTruncate, (file) => {
        file.truncate(Number(size));
        return RESULT.ok;
      });
    const sync = (fileAt: number): number =>
      this.#with(fileAt, RESULT.ioSync, (file, mount) => {
        file.sync(Date.now());
        if (file.isNew) mount.fileSystem.syncFolder(dirname(file.path));
        file.isNew = false;
        return RESULT.ok;
      });
    const size = (fileAt: number, resultAt: number): number =>
      this.#with(fileAt, RESULT.ioSize, (file) => {
        heap.writeLong(resultAt, file.visibleSize());
        return RESULT.ok;
      });
    const checkReserved = (_fileAt: number, resultAt: number): number => {
      heap.writeInt(resultAt, 0);
      return RESULT.ok;
    };
    const answer = (value: number) => () => value;
    const methods: readonly (readonly [Callback, string])[] = [
      [close, 'ii'],
      [read, 'iiiij'],
      [write, 'iiiij'],
      [truncate, 'iij'],
      [sync, 'iii'],
      [size, 'iii'],
      // One connection holds the file for as long as it is open: see `openDatabase`.
      [answer(RESULT.ok), 'iii'],
      [answer(RESULT.ok), 'iii'],
      [checkReserved, 'iii'],
      [answer(RESULT.notFound), 'iiii'],
      [answer(SECTOR_BYTES), 'ii'],
      [answer(DEVICE), 'ii'],
    ];
    const address = this.#module._malloc(4 * (methods.length + 1));
    heap.writeInt(address, 1);
    methods.forEach(([callback, types], index) => {
      heap.writeInt(address + 4 * (index + 1), this.#module.addFunction(callback, types));
    });
    return address;
  }
}

type OpenArguments = [
  vfs: number,
  nameAt: number,
  fileAt: number,
  flags: number,
  flagsOutAt: number,
];
type DeleteArguments = [vfs: number, nameAt: number, syncFolder: number];
type AccessArguments = [vfs: number, nameAt: number, argument: number, resultAt: number];

function openFile(mount: Mount, path: string, flags: number): OpenFile {
  const { fileSystem } = mount;
  const isNew = fileSystem.size(path) === undefined;
  const descriptor = fileSystem.open(path, {
    create: (flags & OPEN.create) !== 0,
    exclusive: (flags & OPEN.exclusive) !== 0,
  });
  const kind = kindOf(flags);
  const deleteOnClose = (flags & OPEN.deleteOnClose) !== 0;
  const file = new OpenFile(fileSystem, descriptor, {
    path,
    kind,
    deleteOnClose,
    isNew,
    codec: plainCodec,
  });
  try {
    file.codec = mount.codecFor(file, kind);
  } catch (error) {
    file.close();
    throw error;
  }
  return file;
}

function kindOf(flags: number): FileKind {
  if ((flags & OPEN.log) !== 0) return 'log';
  if ((flags & OPEN.journal) !== 0) return 'journal';
  return (flags & OPEN.database) !== 0 ? 'database' : 'other';
}

function guard(mount: Mount, failure: number, work: () => number): number {
  try {
    return work();
  } catch (error) {
    mount.lastError = error;
    const code = errorCode(error);
    return code === 'ENOSPC' || code === 'EDQUOT' ? RESULT.full : failure;
  }
}
