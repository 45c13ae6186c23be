import { z } from 'zod';
import type { History } from '../api/types.ts';
import type { Clock } from '../helpers/clock.ts';
import type { GroupId } from '../helpers/ids.ts';
import type { SettingStore } from '../store/ports.ts';

const SETTING = 'history-since';
const setting = z.int().nonnegative();
const DAY_MS = 24 * 60 * 60 * 1_000;

export interface HistoryChoiceOptions {
  readonly settings: SettingStore;
  readonly clock: Clock;
  /** The group of what is written in conversations; undefined before this device belongs to a list. */
  readonly group: () => GroupId | undefined;
  /** Tells the other devices. */
  readonly onChange: () => Promise<void>;
}

/** From when on this device keeps the person's messages. What it has it keeps, whatever is chosen. */
export class HistoryChoice {
  readonly #options: HistoryChoiceOptions;
  #since: number | undefined;

  private constructor(options: HistoryChoiceOptions, since: number | undefined) {
    this.#options = options;
    this.#since = since;
  }

  static async open(options: HistoryChoiceOptions): Promise<HistoryChoice> {
    const kept = setting.safeParse(await options.settings.get(SETTING));
    return new HistoryChoice(options, kept.success ? kept.data : undefined);
  }

  /** Unix milliseconds; null where everything is kept. */
  get since(): number | null {
    return this.#since ?? null;
  }

  /** As the orchestrator asks for it: the first timestamp that is kept of a group. */
  sinceOf(group: GroupId): bigint | undefined {
    if (this.#since === undefined || group !== this.#options.group()) return undefined;
    return BigInt(this.#since);
  }

  /** Resolves once it is stored, and the others are being told. */
  async choose(history: History): Promise<void> {
    const since = this.#sinceFor(history);
    if (since === this.#since) return;
    await this.#keep(since);
  }

  /** Keeps nothing from before `since` (Unix milliseconds) from now on; never more than before. */
  async raise(since: number): Promise<void> {
    if (since <= (this.#since ?? 0)) return;
    await this.#keep(since);
  }

  async #keep(since: number | undefined): Promise<void> {
    await this.#options.settings.set(SETTING, since ?? null);
    this.#since = since;
    await this.#options.onChange();
  }

  #sinceFor(history: History): number | undefined {
    if (history === 'all') return undefined;
    const now = this.#options.clock.now();
    return history === 'none' ? now : Math.max(0, now - history.days * DAY_MS);
  }
}
