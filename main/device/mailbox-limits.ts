import { z } from 'zod';
import type { MailboxLimits as Limits } from '../api/types.ts';
import type { Clock } from '../helpers/clock.ts';
import { coalesced } from '../helpers/coalesced.ts';
import type { GroupId } from '../helpers/ids.ts';
import { POSITION_BYTES, unpackPositions } from '../mvds/ids.ts';
import type { MessagePosition, MessageStore, Tombstone } from '../mvds/ports.ts';
import type { SettingStore } from '../store/ports.ts';

const SETTING = 'mailbox-limits';
const setting = z.object({
  days: z.int().positive().nullable(),
  megabytes: z.int().positive().nullable(),
});

const NONE: Limits = { days: null, megabytes: null };
const DAY_MS = 24 * 60 * 60 * 1_000;
const MEGABYTE = 1_000_000;
/** How often a mailbox looks whether it holds too much. */
const INTERVAL_MS = 60 * 60 * 1_000;
/** It looks earlier where so many messages have come. */
const ARRIVALS = 1_000;
/** A group that is too large is cut to this part of the limit: the others are told of every cut, and have to be seldom. */
const LEFT_AFTER_CUT = 0.9;
/** Messages read, and deleted, at a time: some milliseconds of work. */
const BATCH = 500;

export interface MailboxLimitsOptions {
  readonly settings: SettingStore;
  readonly messages: MessageStore;
  readonly clock: Clock;
  /** The groups of what is written in conversations, and of files; none on a device that is no mailbox. */
  readonly groups: () => readonly GroupId[];
  /** The first time that is kept, Unix milliseconds; null where all is. */
  readonly since: () => number | null;
  /** Keeps nothing from before that time from now on, and tells the others. */
  readonly raise: (since: number) => Promise<void>;
  readonly tombstone: (tombstones: readonly Tombstone[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Holds a mailbox to what a person lets it keep, in age and in size. The oldest messages go first, from here alone; what
 * was deleted here stays on the devices, and does not come back when the limits are raised.
 */
export class MailboxLimits {
  readonly #options: MailboxLimitsOptions;
  #limits: Limits;
  #arrived = 0;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  private constructor(options: MailboxLimitsOptions, limits: Limits) {
    this.#options = options;
    this.#limits = limits;
  }

  static async open(options: MailboxLimitsOptions): Promise<MailboxLimits> {
    const kept = setting.safeParse(await options.settings.get(SETTING));
    return new MailboxLimits(options, kept.success ? kept.data : NONE);
  }

  get limits(): Limits {
    return this.#limits;
  }

  /** Resolves once the mailbox keeps to them. */
  async set(limits: Limits): Promise<void> {
    await this.#options.settings.set(SETTING, limits);
    this.#limits = limits;
    await this.tend();
  }

  /** Messages have come. */
  arrived(count: number): void {
    this.#arrived += count;
    if (this.#arrived >= ARRIVALS) this.tend().catch(this.#options.onError);
  }

  /** Deletes what is too much, now and from time to time. */
  readonly tend = coalesced(async () => {
    this.#cancel?.();
    this.#arrived = 0;
    await this.#cut();
    if (this.#isStopped) return;
    this.#cancel = this.#options.clock.schedule(INTERVAL_MS, () => {
      this.tend().catch(this.#options.onError);
    });
  });

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  async #cut(): Promise<void> {
    const { since, raise, clock } = this.#options;
    const groups = this.#options.groups();
    if (groups.length === 0) return;
    const { days, megabytes } = this.#limits;
    // From the beginning of a day, so that the limit moves, and the others are told, once a day.
    const byAge = days === null ? 0 : Math.floor(clock.now() / DAY_MS - days) * DAY_MS;
    const bySize = megabytes === null ? 0 : await this.#firstWithin(groups, megabytes * MEGABYTE);
    await raise(Math.max(byAge, bySize));
    const first = since();
    if (first === null) return;
    for (const groupId of groups) await this.#dropBefore(groupId, BigInt(first));
  }

  /** The time of the oldest message that is kept where bodies may have so many bytes; 0 where all are. */
  async #firstWithin(groups: readonly GroupId[], bytes: number): Promise<number> {
    const held: { readonly timestamp: bigint; readonly size: number }[] = [];
    let total = 0;
    for (const groupId of groups) {
      for await (const positions of this.#batches(groupId)) {
        const headers = await this.#options.messages.headers(positions.map(({ id }) => id));
        for (const { id, timestamp } of positions) {
          const size = headers.get(id)?.bytes ?? 0;
          if (size > 0) held.push({ timestamp, size });
          total += size;
        }
      }
    }
    if (total <= bytes) return 0;
    held.sort((one, other) => Number(one.timestamp - other.timestamp));
    let left = total;
    let first = 0;
    while (first < held.length && left > bytes * LEFT_AFTER_CUT) {
      left -= held[first]?.size ?? 0;
      first += 1;
    }
    // Messages of the same time go together: a limit in time cannot part them.
    const since = Number((held[first - 1]?.timestamp ?? 0n) + 1n);
    // A clock that was far ahead must not keep everything away that comes in its time.
    return Math.min(since, this.#options.clock.now());
  }

  async #dropBefore(groupId: GroupId, first: bigint): Promise<void> {
    for await (const positions of this.#batches(groupId)) {
      const old = positions.filter(({ timestamp }) => timestamp < first);
      const headers = await this.#options.messages.headers(old.map(({ id }) => id));
      const tombstones = old.filter(({ id }) => headers.get(id)?.bytes !== undefined);
      if (tombstones.length > 0) {
        await this.#options.tombstone(tombstones.map((position) => ({ ...position, groupId })));
      }
      if (old.length < positions.length || this.#isStopped) return;
    }
  }

  async *#batches(groupId: GroupId): AsyncGenerator<readonly MessagePosition[]> {
    let after: MessagePosition | undefined;
    while (!this.#isStopped) {
      const packed = await this.#options.messages.positions(groupId, after, BATCH);
      if (packed.byteLength === 0) return;
      const positions = unpackPositions(packed);
      yield positions;
      after = positions.at(-1);
      if (packed.byteLength < BATCH * POSITION_BYTES) return;
    }
  }
}
