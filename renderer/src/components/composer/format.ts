export interface Formatted {
  /** What takes the place of the selection. */
  readonly text: string;
  /** What is selected afterwards, UTF-16 units from the start of the whole. */
  readonly from: number;
  readonly to: number;
}

/** A selection within marks, or without those that it has. */
export function formatted(whole: string, from: number, to: number, mark: string): Formatted {
  const selection = whole.slice(from, to);
  const { length } = mark;
  const isMarked =
    selection.length >= 2 * length && selection.startsWith(mark) && selection.endsWith(mark);
  if (isMarked) {
    const text = selection.slice(length, -length);
    return { text, from, to: from + text.length };
  }
  return {
    text: `${mark}${selection}${mark}`,
    from: from + length,
    to: to + length,
  };
}
