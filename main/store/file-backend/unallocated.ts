/*
 * SQLite's `secure_delete` overwrites what is deleted where it stands. Where it shares out the cells of neighbouring pages anew,
 * though, it leaves copies of them between the cells of a page and its header, in what the format calls the unallocated region
 * (https://www.sqlite.org/fileformat2.html#b_tree_pages), and forgets them there. Nothing ever reads that region.
 */

/** Of a b-tree page, by its first byte: the size of its header. */
const HEADER_BYTES: ReadonlyMap<number, number> = new Map([
  [0x02, 12],
  [0x05, 12],
  [0x0a, 8],
  [0x0d, 8],
]);
/** The header of the database stands before that of its first page. */
const DATABASE_HEADER_BYTES = 100;

/**
 * Pages of a file up to which its pages are looked at: 64 GiB. A page that is none of a b-tree begins with the number of a page, in
 * four bytes, the first of which cannot be mistaken for that of a b-tree up to twice as many.
 */
export const PAGES_MAX = 2 ** 24;

/** Fills the unallocated region of a page with zeros. One that is no page of a b-tree stays as it is. */
export function clearUnallocated(page: Uint8Array, isFirst: boolean): void {
  const base = isFirst ? DATABASE_HEADER_BYTES : 0;
  const headerBytes = HEADER_BYTES.get(page[base] ?? 0);
  if (headerBytes === undefined) return;
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const cells = view.getUint16(base + 3);
  const content = view.getUint16(base + 5);
  const from = base + headerBytes + 2 * cells;
  if (from < content && content <= page.byteLength) page.fill(0, from, content);
}
