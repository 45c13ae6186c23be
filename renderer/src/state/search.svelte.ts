import type { CommandArguments } from '../../../main/api/contract.ts';
import type { SearchHitView } from '../../../main/api/types.ts';
import { errorText } from '../i18n/error-text.ts';
import type { Call } from '../../../main/api/client.ts';

/** Between the last key and the question, milliseconds: below what a person notices. */
const PAUSE_MS = 25;
const HITS = 50;
/** While the index lacks messages the search is repeated, so that its results fill up: this often, milliseconds. */
const REPEAT_MS = 1_000;

export interface SearchFilters {
  readonly conversation: string | undefined;
  readonly device: string | undefined;
  /** First and last day, inclusive, as `2026-11-26`; '' for any. */
  readonly from: string;
  readonly to: string;
  readonly hasFile: boolean;
}

const NO_FILTERS: SearchFilters = {
  conversation: undefined,
  device: undefined,
  from: '',
  to: '',
  hasFile: false,
};

/** Search over everything, as it is typed. */
export class Search {
  text = $state('');
  filters = $state.raw<SearchFilters>(NO_FILTERS);
  hits = $state.raw<readonly SearchHitView[]>([]);
  /** Whether the hits are those of what is typed. */
  isCurrent = $state(true);
  problem = $state('');
  /** Messages that were not searched, for the index does not have them yet. */
  unindexed = $state(0);
  readonly isOpen = $derived(this.text.trim() !== '');
  readonly isFiltered = $derived(this.filters !== NO_FILTERS);
  readonly #call: Call;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(call: Call) {
    this.#call = call;
  }

  typed(): void {
    this.isCurrent = false;
    this.#askIn(PAUSE_MS);
  }

  filter(change: Partial<SearchFilters>): void {
    const filters = { ...this.filters, ...change };
    const isNone = JSON.stringify(filters) === JSON.stringify(NO_FILTERS);
    this.filters = isNone ? NO_FILTERS : filters;
    void this.ask();
  }

  clear(): void {
    this.text = '';
    this.filters = NO_FILTERS;
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.#empty();
    this.problem = '';
  }

  async ask(): Promise<void> {
    const number = ++this.#asked;
    clearTimeout(this.#timer);
    this.problem = '';
    if (!this.isOpen) {
      this.#empty();
      return;
    }
    const { text } = this;
    try {
      const { hits, unindexed } = await this.#call('search', this.#query());
      // An earlier question that is answered later is of no interest.
      if (number !== this.#asked) return;
      this.hits = hits;
      this.unindexed = unindexed;
      if (unindexed > 0) this.#askIn(REPEAT_MS);
    } catch (error) {
      if (number !== this.#asked) return;
      this.problem = errorText(error);
    }
    this.isCurrent = text === this.text;
  }

  #askIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.ask(), milliseconds);
  }

  #empty(): void {
    this.hits = [];
    this.unindexed = 0;
    this.isCurrent = true;
  }

  #query(): CommandArguments['search'] {
    const { conversation, device, from, to, hasFile } = this.filters;
    return {
      text: this.text,
      limit: HITS,
      ...(conversation !== undefined && { conversation }),
      ...(device !== undefined && { device }),
      ...(from !== '' && { from: new Date(`${from}T00:00:00`).getTime() }),
      ...(to !== '' && { to: new Date(`${to}T23:59:59.999`).getTime() }),
      ...(hasFile && { hasFile }),
    };
  }
}
