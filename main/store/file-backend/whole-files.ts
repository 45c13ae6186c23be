import type { FileCodec } from './codec.ts';
import { plainCodec } from './codec.ts';
import { LOCK_PAGE, PAGE_BYTES, sealedPages } from './encryption.ts';
import type { Holes } from './encryption.ts';
import { DamagedFileError, WrongKeyError } from './errors.ts';
import type { FileSystem } from './file-system.ts';
import { readEnvelope, readKeyHeader, writeEnvelope, writeKeyHeader } from './key-header.ts';
import { OpenFile } from './open-file.ts';

/*
 * What is done to a database file that SQLite does not have open, page by page.
 */

/** A database file that is closed, without a log. */
export interface ClosedFile {
  readonly path: string;
  /** 32 bytes; undefined for a plain SQLite file. */
  readonly key: Uint8Array | undefined;
}

/** Offsets in the first page, and in a trunk page of the list of free pages (https://www.sqlite.org/fileformat2.html). */
const FIRST_TRUNK_OFFSET = 32;
const TRUNK_HEADER_BYTES = 8;

/** Whether a file was encrypted under `key`. Throws `DamagedFileError` where its header tells nothing. */
export function opensWith(fileSystem: FileSystem, path: string, key: Uint8Array): boolean {
  return withFile(fileSystem, path, false, (file) => {
    try {
      readKeyHeader(file, key);
      return true;
    } catch (error) {
      if (error instanceof WrongKeyError) return false;
      throw error;
    }
  });
}

export function writeFileEnvelope(
  fileSystem: FileSystem,
  path: string,
  envelope: Uint8Array,
): void {
  withFile(fileSystem, path, false, (file) => writeEnvelope(file, envelope));
}

/** See `readEnvelope`. */
export function readFileEnvelope(fileSystem: FileSystem, path: string): Uint8Array | undefined {
  return withFile(fileSystem, path, false, readEnvelope);
}

/** The numbers of the pages that SQLite says are free, the trunks of their list included. Throws `DamagedFileError`. */
export function freePages(fileSystem: FileSystem, { path, key }: ClosedFile): Set<number> {
  return withFile(fileSystem, path, false, (file) => {
    const codec = key ? sealedPages(readKeyHeader(file, key).pages, noHoles()) : plainCodec;
    return freePagesOf(file, codec);
  });
}

/**
 * Writes the pages of one file to a new one under another key, which is on the medium when this returns. The first file is
 * only read. Throws `WrongKeyError`, `DamagedFileError`, or what the file system threw.
 */
export function transcribe(fileSystem: FileSystem, from: ClosedFile, to: ClosedFile): void {
  withFile(fileSystem, from.path, false, (source) => {
    const holes: Holes = { found: new Set() };
    const reading = from.key
      ? sealedPages(readKeyHeader(source, from.key).pages, holes)
      : plainCodec;
    withFile(fileSystem, to.path, true, (target) => {
      const writing = to.key
        ? sealedPages(writeKeyHeader(target, to.key).pages, noHoles())
        : plainCodec;
      target.codec = writing;
      const size = reading.visibleSize(source.storedSize());
      const page = new Uint8Array(PAGE_BYTES);
      for (let at = 0; at < size; at += PAGE_BYTES) {
        const known = holes.found?.size;
        if (reading.read(source, page, at) < PAGE_BYTES)
          throw new DamagedFileError('it was cut off');
        // A hole stays one.
        if (holes.found?.size === known) writing.write(target, page, at);
      }
      target.truncate(size);
      refuseHoles(holes.found ?? new Set(), freePagesOf(target, writing));
      target.sync(0);
    });
  });
}

/** Throws `DamagedFileError` where a page that was never written is not free. */
export function refuseHoles(holes: ReadonlySet<number>, free: ReadonlySet<number>): void {
  const lost = [...holes].find((page) => !free.has(page) && page !== LOCK_PAGE);
  if (lost !== undefined) throw new DamagedFileError(`page ${lost} was overwritten by zeros`);
}

function freePagesOf(file: OpenFile, codec: FileCodec): Set<number> {
  const pageCount = Math.floor(codec.visibleSize(file.storedSize()) / PAGE_BYTES);
  const free = new Set<number>();
  const page = Buffer.alloc(PAGE_BYTES);
  const read = (number: number): void => {
    if (codec.read(file, page, (number - 1) * PAGE_BYTES) < PAGE_BYTES) {
      throw new DamagedFileError('its list of free pages leads out of the file');
    }
  };
  read(1);
  for (let trunk = page.readUInt32BE(FIRST_TRUNK_OFFSET); trunk !== 0;) {
    if (free.has(trunk) || trunk > pageCount) {
      throw new DamagedFileError('its list of free pages leads nowhere');
    }
    free.add(trunk);
    read(trunk);
    const leaves = Math.min(page.readUInt32BE(4), (PAGE_BYTES - TRUNK_HEADER_BYTES) / 4);
    for (let leaf = 0; leaf < leaves; leaf += 1) {
      free.add(page.readUInt32BE(TRUNK_HEADER_BYTES + 4 * leaf));
    }
    trunk = page.readUInt32BE(0);
  }
  return free;
}

function noHoles(): Holes {
  return { found: undefined };
}

function withFile<T>(
  fileSystem: FileSystem,
  path: string,
  isNew: boolean,
  use: (file: OpenFile) => T,
): T {
  const descriptor = fileSystem.open(path, { create: isNew, exclusive: isNew });
  const file = new OpenFile(fileSystem, descriptor, {
    path,
    kind: 'database',
    deleteOnClose: false,
    isNew,
    codec: plainCodec,
  });
  try {
    return use(file);
  } finally {
    file.close();
  }
}
