import { z } from 'zod';
import type { Clock } from '../../helpers/clock.ts';
import { coalesced } from '../../helpers/coalesced.ts';
import { MAX_EXPIRED_PER_CALL } from '../../mvds/history.ts';
import type { Retention } from '../../mvds/history.ts';
import type { GroupId } from '../../mvds/types.ts';
import type { SettingStore } from '../../store/ports.ts';
import { LEFT_AFTER_CUT, RETENTION_ARRIVALS, RETENTION_MS } from './limits.ts';

const STEP_MIN_MS = 1_000;
const SETTING = 'kept-from';
const setting = z.record(z.string(), z.string().regex(/^-?\d+$/u));

export interface RetentionLimits {
  /** Milliseconds; undefined: messages of any age are kept. */
  readonly age: number | undefined;
  /** Bytes of bodies of each group; undefined: any number. */
  readonly bytes: number | undefined;
}

export interface RetentionKeeperOptions {
  readonly limits: RetentionLimits;
  readonly settings: SettingStore;
  readonly retention: Retention;
  readonly clock: Clock;
  readonly groups: () => Iterable<GroupId>;
  /** The first times that are kept have changed: neighbours are to be told, before anything is removed. */
  readonly onRaised: () => Promise<void>;
  /** Messages of a group are gone. */
  readonly onExpired: (groupId: GroupId) => void;
  readonly onError: (error: unknown) => void;
}

/** Holds a store node to its limits: the oldest messages of each group go first, and are not fetched again. */
export class RetentionKeeper {
  readonly #options: RetentionKeeperOptions;
  readonly #keptFrom: Map<GroupId, bigint>;
  #arrived = 0;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  private constructor(options: RetentionKeeperOptions, keptFrom: Map<GroupId, bigint>) {
    this.#options = options;
    this.#keptFrom = keptFrom;
  }

  /** Rejects as the store does. */
  static async open(options: RetentionKeeperOptions): Promise<RetentionKeeper> {
    const kept = setting.safeParse(await options.settings.get(SETTING));
    const entries = Object.entries(kept.success ? kept.data : {});
    const keptFrom = entries.map(([id, from]) => [id as GroupId, BigInt(from)] as const);
    return new RetentionKeeper(options, new Map(keptFrom));
  }

  /** The first timestamp of a group that is kept; undefined where all are. */
  keptFrom(groupId: GroupId): bigint | undefined {
    return this.#keptFrom.get(groupId);
  }

  arrived(count: number): void {
    this.#arrived += count;
    if (this.#arrived >= RETENTION_ARRIVALS) this.look().catch(this.#options.onError);
  }

  /** Removes what is too old, or too much, now and from time to time. */
  readonly look = coalesced(async () => {
    const { limits, clock, onError } = this.#options;
    if (limits.age === undefined && limits.bytes === undefined) return;
    this.#cancel?.();
    this.#arrived = 0;
    await this.#cut();
    if (this.#isStopped) return;
    this.#cancel = clock.schedule(this.#stepMs, () => {
      this.look().catch(onError);
    });
  });

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  async #cut(): Promise<void> {
    const groups = [...this.#options.groups()];
    let isRaised = false;
    for (const groupId of groups) {
      const from = await this.#firstKept(groupId);
      if (from === undefined || from <= (this.#keptFrom.get(groupId) ?? -1n)) continue;
      this.#keptFrom.set(groupId, from);
      isRaised = true;
    }
    if (isRaised) {
      const entries = [...this.#keptFrom].map(([id, from]) => [id, from.toString()]);
      await this.#options.settings.set(SETTING, Object.fromEntries(entries));
      await this.#options.onRaised();
    }
    for (const groupId of groups) await this.#expire(groupId);
  }

  async #firstKept(groupId: GroupId): Promise<bigint | undefined> {
    const { limits, retention, clock } = this.#options;
    const { age, bytes } = limits;
    // In whole steps, so that the bound moves, and neighbours are told, once in a while.
    const step = this.#stepMs;
    const byAge =
      age === undefined ? undefined : BigInt(Math.floor((clock.now() - age) / step) * step);
    if (bytes === undefined) return byAge;
    const isTooMuch = (await retention.timestampKeepingBytes(groupId, bytes)) !== undefined;
    const bySize = isTooMuch
      ? await retention.timestampKeepingBytes(groupId, Math.floor(bytes * LEFT_AFTER_CUT))
      : undefined;
    if (byAge === undefined || bySize === undefined) return byAge ?? bySize;
    return byAge > bySize ? byAge : bySize;
  }

  /** An hour; less where messages are not kept for long. */
  get #stepMs(): number {
    const { age = Infinity } = this.#options.limits;
    return Math.max(STEP_MIN_MS, Math.min(RETENTION_MS, Math.floor(age / 10)));
  }

  async #expire(groupId: GroupId): Promise<void> {
    const before = this.#keptFrom.get(groupId);
    if (before === undefined) return;
    const { retention, onExpired } = this.#options;
    let isAny = false;
    for (;;) {
      const removed = await retention.expire({ groupId, before, limit: MAX_EXPIRED_PER_CALL });
      if (removed === 0 || this.#isStopped) break;
      isAny = true;
    }
    if (isAny) onExpired(groupId);
  }
}
