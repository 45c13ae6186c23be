import type { Erasure, ErasureStore } from '../../conversations/ports.ts';
import { coalesced } from '../../helpers/coalesced.ts';
import type { GroupId } from '../../helpers/ids.ts';
import type { MessageStore, Tombstone } from '../../mvds/ports.ts';

/** Messages at a time: some milliseconds of work. */
const BATCH = 200;

export interface TextErasureOptions {
  readonly erasures: ErasureStore;
  readonly messages: MessageStore;
  /** The group of what is written in conversations; undefined on a device that cannot read it. */
  readonly group: () => GroupId | undefined;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly tombstone: (tombstones: readonly Tombstone[]) => Promise<void>;
  /** These are tombstones now. */
  readonly onErased: (erased: readonly Erasure[]) => Promise<void>;
}

/** Turns the messages of deleted texts, and of their edits, into tombstones. A message that is not here is kept from coming. */
export class TextErasure {
  readonly #options: TextErasureOptions;

  constructor(options: TextErasureOptions) {
    this.#options = options;
  }

  /** Resolves once that is done for all that is known. */
  readonly run = coalesced(async () => {
    const { erasures, messages, now, tombstone, onErased } = this.#options;
    const groupId = this.#options.group();
    if (groupId === undefined) return;
    for (;;) {
      const due = await erasures.due(BATCH);
      if (due.length === 0) return;
      const headers = await messages.headers(due.map(({ id }) => id));
      const tombstones = due.flatMap(({ id, timestamp }): Tombstone[] => {
        const held = headers.get(id);
        // Every text is in this group: in other groups nothing is deleted by that.
        if (held && held.groupId !== groupId) return [];
        return [{ id, groupId, timestamp: held?.timestamp ?? BigInt(timestamp) }];
      });
      if (tombstones.length > 0) await tombstone(tombstones);
      await erasures.done(
        due.map(({ id }) => id),
        now(),
      );
      await onErased(due);
    }
  });
}
