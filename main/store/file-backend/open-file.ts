import type { FileCodec, RawFile } from './codec.ts';
import { PAGE_BYTES } from './encryption.ts';
import { FileTakenError } from './errors.ts';
import type { FileSystem } from './file-system.ts';
import { clearUnallocated, PAGES_MAX } from './unallocated.ts';

export type FileKind = 'database' | 'log' | 'journal' | 'other';

/** Frames collected before they are written: 31 of them; larger gained nothing when measured. */
const COLLECT_BYTES = 1 << 17;
/** Looking for it at every sync cost a quarter of the insert rate. */
const LINK_CHECK_INTERVAL_MS = 1000;
/**
 * By how much a log grows at a time, in zeros, which SQLite takes for the end of the log. A file that grows with each
 * commit has its file system write the new size at each sync, too: a fifth to a third of a small commit.
 */
const GROWTH_BYTES = 1 << 18;
const FRAME_HEADER_BYTES = 24;
const LOG_HEADER_BYTES = 32;

/** One file that SQLite has open. */
export class OpenFile implements RawFile {
  readonly path: string;
  readonly kind: FileKind;
  readonly deleteOnClose: boolean;
  /** Whether the folder entry is still to be put on the medium. */
  isNew: boolean;
  codec: FileCodec;
  readonly #fileSystem: FileSystem;
  readonly #descriptor: number;
  #collected: Uint8Array | undefined;
  #collectedBytes = 0;
  #collectedOffset = 0;
  #isCommitFrame = false;
  /** The size of a log on the disk, in bytes, once it is known. */
  #grownTo: number | undefined;
  #linksCheckedAt = 0;
  /** Of a database: how many pages it has had. */
  #pages: number | undefined;
  #page: Uint8Array | undefined;

  constructor(
    fileSystem: FileSystem,
    descriptor: number,
    about: {
      readonly path: string;
      readonly kind: FileKind;
      readonly deleteOnClose: boolean;
      readonly isNew: boolean;
      readonly codec: FileCodec;
    },
  ) {
    this.#fileSystem = fileSystem;
    this.#descriptor = descriptor;
    this.path = about.path;
    this.kind = about.kind;
    this.deleteOnClose = about.deleteOnClose;
    this.isNew = about.isNew;
    this.codec = about.codec;
  }

  read(target: Uint8Array, offset: number): number {
    let done = 0;
    while (done < target.byteLength) {
      const rest = done === 0 ? target : target.subarray(done);
      const count = this.#fileSystem.read(this.#descriptor, rest, offset + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  write(source: Uint8Array, offset: number): void {
    let done = 0;
    while (done < source.byteLength) {
      const rest = done === 0 ? source : source.subarray(done);
      const count = this.#fileSystem.write(this.#descriptor, rest, offset + done);
      if (count === 0) throw new Error('the file system wrote nothing');
      done += count;
    }
  }

  readDecoded(target: Uint8Array, offset: number): number {
    this.flush();
    return this.codec.read(this, target, offset);
  }

  /**
   * SQLite writes each frame of its log as a header and a page. Neighbours are joined into one write, which goes out with
   * the frame that commits at the latest, so that a commit that returned is with the operating system.
   */
  writeEncoded(source: Uint8Array, offset: number): void {
    if (this.kind !== 'log') {
      this.codec.write(
        this,
        this.kind === 'database' ? this.#cleared(source, offset) : source,
        offset,
      );
      return;
    }
    const end = this.#collectedOffset + this.#collectedBytes;
    const isNeighbour = this.#collectedBytes === 0 || offset === end;
    if (!isNeighbour || this.#collectedBytes + source.byteLength > COLLECT_BYTES) this.flush();
    this.#collected ??= new Uint8Array(COLLECT_BYTES);
    if (this.#collectedBytes === 0) this.#collectedOffset = offset;
    this.#collected.set(source, this.#collectedBytes);
    this.#collectedBytes += source.byteLength;
    if (source.byteLength === FRAME_HEADER_BYTES) {
      // Bytes 4 to 7 are the size of the database after a commit, and zero in any other frame.
      this.#isCommitFrame = source.subarray(4, 8).some((byte) => byte !== 0);
    } else if (source.byteLength === LOG_HEADER_BYTES || this.#isCommitFrame) {
      this.#isCommitFrame = false;
      this.flush();
    }
  }

  /** A page of the database without what was forgotten in it; a copy, since SQLite goes on with its own. */
  #cleared(source: Uint8Array, offset: number): Uint8Array {
    if (source.byteLength !== PAGE_BYTES || offset % PAGE_BYTES !== 0) return source;
    this.#pages ??= Math.floor(this.storedSize() / PAGE_BYTES);
    this.#pages = Math.max(this.#pages, offset / PAGE_BYTES + 1);
    if (this.#pages > PAGES_MAX) return source;
    this.#page ??= new Uint8Array(PAGE_BYTES);
    this.#page.set(source);
    clearUnallocated(this.#page, offset === 0);
    return this.#page;
  }

  /** Hands collected writes to the operating system. When it fails they are gone, and the commit fails with them. */
  flush(): void {
    if (this.#collectedBytes === 0 || this.#collected === undefined) return;
    const collected = this.#collected.subarray(0, this.#collectedBytes);
    this.#collectedBytes = 0;
    this.#growTo(this.codec.storedSize(this.#collectedOffset + collected.byteLength));
    this.codec.write(this, collected, this.#collectedOffset);
  }

  #growTo(end: number): void {
    const size = (this.#grownTo ??= this.storedSize());
    if (end <= size) return;
    this.#grownTo = Math.ceil(end / GROWTH_BYTES) * GROWTH_BYTES;
    try {
      this.write(new Uint8Array(this.#grownTo - size), size);
    } catch {
      // Without the room for that there may still be room for what is written: that write tells.
      this.#grownTo = undefined;
    }
  }

  truncate(visibleSize: number): void {
    this.flush();
    this.#grownTo = undefined;
    if (this.kind === 'log' && visibleSize === 0) this.#overwrite();
    this.#fileSystem.truncate(this.#descriptor, this.codec.storedSize(visibleSize));
  }

  /**
   * Overwrites a log of which nothing is needed any more, since its frames hold pages as they were. Its header goes first: where
   * the power is lost in between, no frame counts without it, while some of them without the others would be an older state.
   */
  #overwrite(): void {
    const size = this.storedSize();
    const header = Math.min(size, this.codec.storedSize(LOG_HEADER_BYTES));
    if (header === 0) return;
    this.write(new Uint8Array(header), 0);
    this.#fileSystem.sync(this.#descriptor);
    const zeros = new Uint8Array(Math.min(size, COLLECT_BYTES));
    for (let at = header; at < size; at += zeros.byteLength) {
      this.write(zeros.subarray(0, Math.min(zeros.byteLength, size - at)), at);
    }
    this.#fileSystem.sync(this.#descriptor);
  }

  sync(now: number): void {
    this.flush();
    if (this.kind === 'log' && now - this.#linksCheckedAt > LINK_CHECK_INTERVAL_MS) {
      this.#linksCheckedAt = now;
      // An outside SQLite that checkpoints deletes the log; what we would write to it then is lost.
      if (this.#fileSystem.stat(this.#descriptor).links === 0) {
        throw new FileTakenError(`another program deleted ${this.path}`);
      }
    }
    this.#fileSystem.sync(this.#descriptor);
  }

  /** In bytes on the disk. */
  storedSize(): number {
    return this.#fileSystem.stat(this.#descriptor).size;
  }

  visibleSize(): number {
    this.flush();
    return this.codec.visibleSize(this.storedSize());
  }

  close(): void {
    try {
      this.flush();
    } finally {
      this.#fileSystem.close(this.#descriptor);
      if (this.deleteOnClose) this.#fileSystem.unlink(this.path);
    }
  }
}
