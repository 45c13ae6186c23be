import {
  checkPageLimit,
  fittingPage,
  MAX_EXPIRED_PER_CALL,
  timestampRange,
  type HistoryPage,
  type HistoryQuery,
  type HistoryReader,
  type Retention,
} from './history.ts';
import { comparePositions, type MemoryMessages } from './memory-messages.ts';
import type { MemoryRecords } from './memory-records.ts';
import type { StoredMessage } from './ports.ts';
import type { GroupId } from './types.ts';

/** The in-memory twin of the history of a store: reads pages, and removes what is old. */
export class MemoryHistory implements HistoryReader, Retention {
  readonly #messages: MemoryMessages;
  readonly #records: MemoryRecords;

  constructor(messages: MemoryMessages, records: MemoryRecords) {
    this.#messages = messages;
    this.#records = records;
  }

  async page(
    groupId: GroupId,
    { after, limit, order = 'ascending', ...ends }: HistoryQuery,
  ): Promise<HistoryPage> {
    checkPageLimit(limit);
    const range = timestampRange(ends);
    const direction = order === 'ascending' ? 1 : -1;
    const isWanted = (message: StoredMessage): boolean =>
      range !== undefined &&
      message.delivered &&
      message.timestamp >= range.first &&
      message.timestamp <= range.last &&
      (after === undefined || comparePositions(message, after) * direction > 0);
    const found = this.#ofGroup(groupId)
      .filter(isWanted)
      .sort((a, b) => comparePositions(a, b) * direction);
    const count = fittingPage(
      found.map(({ body }) => body.byteLength),
      limit,
    );
    return {
      messages: found.slice(0, count),
      hasMore: count < found.length,
      lastSequence: this.#messages.newestSequence(),
    };
  }

  async expire({ groupId, before, limit }: Parameters<Retention['expire']>[0]): Promise<number> {
    const old = this.#messages
      .all()
      .filter((message) => message.groupId === groupId && message.timestamp < before)
      .sort(comparePositions)
      .slice(0, Math.min(limit, MAX_EXPIRED_PER_CALL));
    for (const message of old) {
      this.#messages.remove(message);
      this.#records.withdraw(message.id);
    }
    return old.length;
  }

  async timestampKeepingBytes(groupId: GroupId, bytes: number): Promise<bigint | undefined> {
    const newestFirst = this.#ofGroup(groupId).sort((a, b) => comparePositions(b, a));
    let total = 0;
    for (const { body, timestamp } of newestFirst) {
      total += body.byteLength;
      if (total > bytes) return timestamp + 1n;
    }
    return undefined;
  }

  #ofGroup(groupId: GroupId): StoredMessage[] {
    return this.#messages.withBody().filter((message) => message.groupId === groupId);
  }
}
