import { dirname } from 'node:path';
import type { FileSystem } from '../../main/store/file-backend/index.ts';
import { nodeFileSystem } from '../../main/store/file-backend/index.ts';

/** What changes a disk. `file` numbers a file for its whole life, under whatever name. */
export type DiskChange =
  | { readonly kind: 'create'; readonly file: number; readonly path: string }
  | {
      readonly kind: 'write';
      readonly file: number;
      readonly at: number;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'truncate'; readonly file: number; readonly size: number }
  | { readonly kind: 'sync'; readonly file: number }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'sync folder'; readonly folder: string }
  /** Not of the disk: the store has acknowledged this batch. */
  | { readonly kind: 'acknowledged'; readonly batch: string };

/** The real file system, with everything that it changes noted in `changes`. */
export function recordingFileSystem(changes: DiskChange[]): FileSystem {
  const names = new Map<string, number>();
  const open = new Map<number, number>();
  let count = 0;
  const fileOf = (descriptor: number): number => {
    const file = open.get(descriptor);
    if (file === undefined) throw new Error('a descriptor that was not opened here');
    return file;
  };
  return {
    ...nodeFileSystem,
    open(path, options) {
      const isNew = nodeFileSystem.size(path) === undefined;
      const descriptor = nodeFileSystem.open(path, options);
      if (isNew) {
        count += 1;
        names.set(path, count);
        changes.push({ kind: 'create', file: count, path });
      }
      const file = names.get(path);
      if (file === undefined) throw new Error(`${path} was there before the recording`);
      open.set(descriptor, file);
      return descriptor;
    },
    close(descriptor) {
      open.delete(descriptor);
      nodeFileSystem.close(descriptor);
    },
    write(descriptor, source, at) {
      const written = nodeFileSystem.write(descriptor, source, at);
      // A copy: the caller uses its buffer again.
      const data = Uint8Array.from(source.subarray(0, written));
      changes.push({ kind: 'write', file: fileOf(descriptor), at, data });
      return written;
    },
    truncate(descriptor, size) {
      nodeFileSystem.truncate(descriptor, size);
      changes.push({ kind: 'truncate', file: fileOf(descriptor), size });
    },
    sync(descriptor) {
      nodeFileSystem.sync(descriptor);
      changes.push({ kind: 'sync', file: fileOf(descriptor) });
    },
    unlink(path) {
      const wasThere = nodeFileSystem.unlink(path);
      if (wasThere) changes.push({ kind: 'unlink', path });
      return wasThere;
    },
    rename(from, to) {
      nodeFileSystem.rename(from, to);
      const file = names.get(from);
      if (file !== undefined) names.set(to, file);
      changes.push({ kind: 'rename', from, to });
    },
    syncFolder(folder) {
      nodeFileSystem.syncFolder(folder);
      changes.push({ kind: 'sync folder', folder });
    },
  };
}

/** The folder whose entry a change is about; undefined for a change of content. */
export function folderOf(change: DiskChange): string | undefined {
  if (change.kind === 'create' || change.kind === 'unlink') return dirname(change.path);
  return change.kind === 'rename' ? dirname(change.to) : undefined;
}
