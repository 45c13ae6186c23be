import fs from 'node:fs';
import path from 'node:path';

/**
 * What the backend asks of a file system. Tests inject failures here and record what is written. Every method throws a
 * Node error with a `code` when it fails.
 */
export interface FileSystem {
  /** Opens for reading and writing, created with mode 0600 if `create` is set and it is missing. Returns a descriptor. */
  open(path: string, options: { readonly create: boolean; readonly exclusive: boolean }): number;
  close(descriptor: number): void;
  /** Reads up to `target.byteLength` bytes at `offset`; may read fewer; 0 at the end of the file. */
  read(descriptor: number, target: Uint8Array, offset: number): number;
  /** Writes up to `source.byteLength` bytes at `offset`; may write fewer. */
  write(descriptor: number, source: Uint8Array, offset: number): number;
  truncate(descriptor: number, size: number): void;
  /** Returns once the content of the file is on the medium. */
  sync(descriptor: number): void;
  stat(descriptor: number): { readonly size: number; readonly links: number };
  /** The size in bytes of the file at `path`; undefined when there is none. */
  size(path: string): number | undefined;
  /** Returns false when there is no such file. */
  unlink(path: string): boolean;
  rename(from: string, to: string): void;
  /** Returns once creations, renames and deletions in `folder` are on the medium. */
  syncFolder(folder: string): void;
}

/** Only the owner may read a person's messages. */
const FILE_MODE = 0o600;

export const nodeFileSystem: FileSystem = {
  open(file, { create, exclusive }) {
    const { O_RDWR, O_CREAT, O_EXCL } = fs.constants;
    const flags = O_RDWR | (create ? O_CREAT : 0) | (create && exclusive ? O_EXCL : 0);
    return fs.openSync(path.toNamespacedPath(file), flags, FILE_MODE);
  },
  close: (descriptor) => fs.closeSync(descriptor),
  read: (descriptor, target, offset) =>
    fs.readSync(descriptor, target, 0, target.byteLength, offset),
  write: (descriptor, source, offset) =>
    fs.writeSync(descriptor, source, 0, source.byteLength, offset),
  truncate: (descriptor, size) => fs.ftruncateSync(descriptor, size),
  // fdatasync on Linux, F_FULLFSYNC on macOS, FlushFileBuffers on Windows.
  sync: (descriptor) => fs.fdatasyncSync(descriptor),
  stat(descriptor) {
    const { size, nlink } = fs.fstatSync(descriptor);
    return { size, links: nlink };
  },
  size: (file) => fs.statSync(path.toNamespacedPath(file), { throwIfNoEntry: false })?.size,
  unlink(file) {
    try {
      fs.unlinkSync(path.toNamespacedPath(file));
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
      throw error;
    }
  },
  rename: (from, to) => fs.renameSync(path.toNamespacedPath(from), path.toNamespacedPath(to)),
  syncFolder(folder) {
    // Windows cannot open a folder to flush it; NTFS journals its entries.
    if (process.platform === 'win32') return;
    const descriptor = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  },
};
