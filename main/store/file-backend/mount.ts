import { randomBytes } from 'node:crypto';
import type { FileCodec } from './codec.ts';
import { plainCodec } from './codec.ts';
import { sealedLog, sealedPages } from './encryption.ts';
import type { Holes } from './encryption.ts';
import { FileTakenError } from './errors.ts';
import type { FileSystem } from './file-system.ts';
import type { FileKeys } from './key-header.ts';
import { KEY_BYTES, readKeyHeader, refuseEncrypted, writeKeyHeader } from './key-header.ts';
import type { FileKind, OpenFile } from './open-file.ts';

export interface MountOptions {
  /** Path of the database file; its log lies beside it, with `-wal` added. */
  readonly path: string;
  readonly fileSystem: FileSystem;
  /** 32 bytes; undefined for a plain SQLite file. */
  readonly key: Uint8Array | undefined;
}

/** One database file under the name by which SQLite knows it. */
export class Mount {
  readonly path: string;
  readonly fileSystem: FileSystem;
  /** The last failure of its files, which SQLite only knows as a number. */
  lastError: unknown;
  readonly holes: Holes = { found: undefined };
  readonly #key: Uint8Array | undefined;
  #keys: FileKeys | undefined;

  constructor({ path, fileSystem, key }: MountOptions) {
    this.path = path;
    this.fileSystem = fileSystem;
    this.#key = key;
  }

  /** What the file system threw, if it is behind SQLite's `error`. */
  cause(error: unknown): unknown {
    return this.lastError ?? error;
  }

  /** The codec of a file that was just opened. Throws `WrongKeyError` or `DamagedFileError`. */
  codecFor(file: OpenFile, kind: FileKind): FileCodec {
    if (this.#key === undefined) {
      if (kind === 'database') refuseEncrypted(file);
      return plainCodec;
    }
    switch (kind) {
      case 'database':
        this.#keys =
          file.storedSize() === 0
            ? writeKeyHeader(file, this.#key)
            : readKeyHeader(file, this.#key);
        return sealedPages(this.#keys.pages, this.holes);
      case 'log':
        if (this.#keys === undefined) throw new FileTakenError('the log was opened on its own');
        return sealedLog(this.#keys.log);
      case 'journal':
        // Only a file that is written anew, such as by `VACUUM INTO`, has one, and after a crash that file is worthless:
        // so the journal may be too.
        return sealedPages(randomBytes(KEY_BYTES), this.holes);
      case 'other':
        // Better no file than one that is written in the clear.
        throw new Error('an encrypted database has no other files');
    }
  }
}
