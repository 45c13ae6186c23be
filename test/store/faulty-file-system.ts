import type { FileSystem } from '../../main/store/file-backend/index.ts';
import { nodeFileSystem } from '../../main/store/file-backend/index.ts';

export type Operation = 'open' | 'read' | 'write' | 'truncate' | 'sync' | 'unlink' | 'syncFolder';

/** A real file system that fails on demand. */
export interface FaultyFileSystem extends FileSystem {
  /** Called before each operation; what it throws is what the operation throws. */
  fail: (operation: Operation, count: number) => void;
  /** At most this many bytes are read or written at once. */
  chunkBytes: number;
  /** How often each operation was asked for. */
  readonly counts: Record<Operation, number>;
}

/** An error as Node's file system throws it. */
export function fileError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

export function faultyFileSystem(): FaultyFileSystem {
  const counts = { open: 0, read: 0, write: 0, truncate: 0, sync: 0, unlink: 0, syncFolder: 0 };
  const before = (operation: Operation): void => {
    counts[operation] += 1;
    faulty.fail(operation, counts[operation]);
  };
  const faulty: FaultyFileSystem = {
    ...nodeFileSystem,
    fail: () => undefined,
    chunkBytes: Infinity,
    counts,
    open(path, options) {
      before('open');
      return nodeFileSystem.open(path, options);
    },
    read(descriptor, target, offset) {
      before('read');
      return nodeFileSystem.read(descriptor, target.subarray(0, faulty.chunkBytes), offset);
    },
    write(descriptor, source, offset) {
      before('write');
      return nodeFileSystem.write(descriptor, source.subarray(0, faulty.chunkBytes), offset);
    },
    truncate(descriptor, size) {
      before('truncate');
      nodeFileSystem.truncate(descriptor, size);
    },
    sync(descriptor) {
      before('sync');
      nodeFileSystem.sync(descriptor);
    },
    unlink(path) {
      before('unlink');
      return nodeFileSystem.unlink(path);
    },
    syncFolder(folder) {
      before('syncFolder');
      nodeFileSystem.syncFolder(folder);
    },
  };
  return faulty;
}
