import { compareLines } from './chat-format.ts';
import type { ChatLine } from './chat-format.ts';

/** Lines that are kept to be put in order with those that come late. */
const KEPT_MAX = 1_000;

/** The lines to be shown next. */
export interface Shown {
  readonly lines: readonly ChatLine[];
  /** How many of them are new; the others were shown before and come again, now in order. */
  readonly fresh: number;
  /** Whether some belong before what was shown already: a partition has healed. */
  readonly isReordered: boolean;
  /** New lines that are not among `lines`, because there are too many. */
  readonly skipped: number;
}

/**
 * The conversation as it was shown, and as it is to be shown: the same order on every node, whatever order the lines came in.
 */
export class Transcript {
  readonly #max: number;
  /** In order. */
  #lines: ChatLine[] = [];
  readonly #ids = new Set<string>();

  /** `max`: lines shown at a time. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Takes in lines; those that are known are passed over. Returns what to show: from the first new one on, in order. */
  add(lines: readonly ChatLine[]): Shown {
    const unknown = lines.filter(({ id }) => !this.#ids.has(id));
    const fresh = [...new Map(unknown.map((line) => [line.id, line])).values()].sort(compareLines);
    const [first] = fresh;
    if (!first) return { lines: [], fresh: 0, isReordered: false, skipped: 0 };
    const last = this.#lines.at(-1);
    const isReordered = last !== undefined && compareLines(first, last) < 0;
    for (const { id } of fresh) this.#ids.add(id);
    this.#lines = [...this.#lines, ...fresh].sort(compareLines);
    const from = this.#lines.findIndex(({ id }) => id === first.id);
    const tail = this.#lines.slice(from);
    const shown = tail.slice(-this.#max);
    const ids = new Set(fresh.map(({ id }) => id));
    const shownFresh = shown.filter(({ id }) => ids.has(id)).length;
    this.#forget();
    return { lines: shown, fresh: shownFresh, isReordered, skipped: fresh.length - shownFresh };
  }

  #forget(): void {
    for (const { id } of this.#lines.splice(0, Math.max(0, this.#lines.length - KEPT_MAX))) {
      this.#ids.delete(id);
    }
  }
}
