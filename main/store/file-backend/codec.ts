/** The bytes of one open file, as they lie on the disk. */
export interface RawFile {
  /** Fills `target` from `offset`, as far as the file reaches. Returns how many bytes were read. */
  read(target: Uint8Array, offset: number): number;
  /** Writes all of `source` at `offset`. */
  write(source: Uint8Array, offset: number): void;
}

/** Translates between the bytes that SQLite sees and those on the disk. */
export interface FileCodec {
  /** Fills `target` from SQLite's `offset`. Returns how many bytes there were. */
  read(file: RawFile, target: Uint8Array, offset: number): number;
  /** Writes all of `source` at SQLite's `offset`. */
  write(file: RawFile, source: Uint8Array, offset: number): void;
  /** The size SQLite sees of a file of `stored` bytes. */
  visibleSize(stored: number): number;
  /** The size on disk of a file of which SQLite sees `visible` bytes. */
  storedSize(visible: number): number;
}

export const plainCodec: FileCodec = {
  read: (file, target, offset) => file.read(target, offset),
  write: (file, source, offset) => file.write(source, offset),
  visibleSize: (stored) => stored,
  storedSize: (visible) => visible,
};
