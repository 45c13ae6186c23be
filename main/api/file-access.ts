import type { ExchangeAccess } from './exchange-access.ts';
import type { AddedFile } from './types.ts';

/** A file that is here as a whole. */
export interface OpenFile {
  readonly bytes: number;
  /** The bytes from `start` up to `end`, which is exclusive, in pieces of at most 96 KiB. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** The bytes of files, in and out; neither is ever in memory as a whole. */
export interface FileAccess {
  /**
   * Takes a file, to be sent with a message later. What comes to an end before its time is forgotten. Rejects as the stream
   * does, and with `ReunionError`: file-too-large, no-space, mailbox, device-removed.
   * @param announced how many bytes it has, where that is known
   */
  add(content: AsyncIterable<Uint8Array>, announced?: number): Promise<AddedFile>;
  /** Undefined for a file that is not here, or not as a whole. */
  open(id: string): Promise<OpenFile | undefined>;
}

/** All that comes and goes as bytes. */
export interface ContentAccess extends FileAccess {
  readonly exchange: ExchangeAccess;
}
