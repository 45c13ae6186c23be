import { z } from 'zod';
import type { AttachmentPolicy, DeferralReason } from '../../api/types.ts';
import type { Clock } from '../../helpers/clock.ts';
import type { Rates } from '../../sync/limited-transport.ts';
import type { SettingStore } from '../../store/ports.ts';

const SETTING = 'files';
const rate = z.int().positive().nullable();
const setting = z.object({
  policy: z.union([z.enum(['all', 'on-demand']), z.object({ days: z.int().positive() })]),
  metered: z.boolean(),
  sendLimit: rate,
  receiveLimit: rate,
});

/** What a person has set for files, and for transfers as a whole. */
export type FileSettings = z.infer<typeof setting>;

const DEFAULTS: FileSettings = {
  policy: 'all',
  metered: false,
  sendLimit: null,
  receiveLimit: null,
};

const KILOBYTE = 1_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** The highest timestamp there is: no file is as new as that. */
const NEVER = 2n ** 63n - 1n;

export interface FileChoiceOptions {
  readonly settings: SettingStore;
  readonly clock: Clock;
  /** The first time of which this device keeps what is written, Unix milliseconds; null where all is kept. */
  readonly historySince: () => number | null;
}

/** Which files this device gets by itself. */
export class FileChoice {
  readonly #options: FileChoiceOptions;
  #settings: FileSettings;
  #isFull = false;

  private constructor(options: FileChoiceOptions, settings: FileSettings) {
    this.#options = options;
    this.#settings = settings;
  }

  static async open(options: FileChoiceOptions): Promise<FileChoice> {
    const kept = setting.safeParse(await options.settings.get(SETTING));
    return new FileChoice(options, kept.success ? kept.data : DEFAULTS);
  }

  get settings(): FileSettings {
    return this.#settings;
  }

  get policy(): AttachmentPolicy {
    return this.#settings.policy;
  }

  /** Bytes a second. */
  get rates(): Rates {
    const { sendLimit, receiveLimit } = this.#settings;
    const bytes = (kilobytes: number | null) =>
      kilobytes === null ? undefined : kilobytes * KILOBYTE;
    return { send: bytes(sendLimit), receive: bytes(receiveLimit) };
  }

  /** Resolves once it is kept. */
  async set(change: Partial<FileSettings>): Promise<void> {
    const settings = { ...this.#settings, ...change };
    await this.#options.settings.set(SETTING, settings);
    this.#settings = settings;
  }

  /** Whether the disk is so full that no files are fetched. */
  setFull(isFull: boolean): void {
    this.#isFull = isFull;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Why no files are fetched for now. */
  get deferred(): DeferralReason | null {
    if (this.#isFull) return 'space';
    return this.#settings.metered ? 'metered' : null;
  }

  /** As the orchestrator asks for it: the first timestamp of files that are wanted unasked; undefined where all are. */
  get since(): bigint | undefined {
    return this.deferred === null ? this.#sinceByPolicy() : NEVER;
  }

  /** Whether a file that was stored then comes unasked, now or once nothing is deferred any more. */
  covers(storedAt: number): boolean {
    return BigInt(storedAt) >= (this.#sinceByPolicy() ?? 0n);
  }

  #sinceByPolicy(): bigint | undefined {
    const { policy } = this.#settings;
    const history = this.#options.historySince();
    if (policy === 'on-demand') return NEVER;
    if (policy === 'all') return history === null ? undefined : BigInt(history);
    // From the beginning of a day, so that the others are told something else once a day.
    const first = Math.floor(this.#options.clock.now() / DAY_MS - policy.days) * DAY_MS;
    return BigInt(Math.max(0, first, history ?? 0));
  }
}
