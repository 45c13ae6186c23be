export type ExportFormat = 'json' | 'markdown';

/** A file that is made while it is taken. */
export interface OutgoingFile {
  /** What it is to be called. */
  readonly name: string;
  readonly mediaType: string;
  /** Undefined where it is not known before the end. */
  readonly bytes: number | undefined;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Everything out of the device, and from elsewhere in. */
export interface ExchangeAccess {
  /** All conversations, readable by anybody. Rejects with `ReunionError`, mailbox. */
  export(format: ExportFormat): Promise<OutgoingFile>;
  /** A copy of the store, as encrypted as it is, with what the recovery phrase needs, in a ZIP. */
  backup(): Promise<OutgoingFile>;
  /**
   * Reads what `backup` gave to its end; the device is then started again, with that in the place of its store, which is kept
   * under a dated name. Rejects with `ReunionError`, and nothing changed: invalid-arguments for what is no backup of this
   * device, no-space, not-found where the host cannot start it again.
   */
  restore(content: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Reads a file to its end and begins to bring in what it holds; how that goes is told by `ImportState`. Rejects with
   * `ReunionError`: invalid-arguments for a file of no known form, file-too-large, import-busy, mailbox.
   * @param name of the file, which says what it is and what its conversation is called
   */
  import(name: string, content: AsyncIterable<Uint8Array>): Promise<void>;
}
