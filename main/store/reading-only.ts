import type { FileSystem } from './file-backend/index.ts';

/** The descriptor of a file that is not there and is not made: empty, whatever is written to it. */
const NO_FILE = -1;

/** A file system that changes nothing: what is written is dropped. For a file that is read once and closed. */
export function readingOnly(fileSystem: FileSystem): FileSystem {
  return {
    open: (path, { create }) =>
      create && fileSystem.size(path) === undefined
        ? NO_FILE
        : fileSystem.open(path, { create: false, exclusive: false }),
    close: (descriptor) => {
      if (descriptor !== NO_FILE) fileSystem.close(descriptor);
    },
    read: (descriptor, target, offset) =>
      descriptor === NO_FILE ? 0 : fileSystem.read(descriptor, target, offset),
    write: (_descriptor, source) => source.byteLength,
    truncate: () => undefined,
    sync: () => undefined,
    stat: (descriptor) =>
      descriptor === NO_FILE ? { size: 0, links: 1 } : fileSystem.stat(descriptor),
    size: (path) => fileSystem.size(path),
    unlink: () => false,
    rename: () => undefined,
    syncFolder: () => undefined,
  };
}
