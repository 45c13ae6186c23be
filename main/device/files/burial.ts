import type { FileStore, KnownCopy } from '../../conversations/ports.ts';
import { coalesced } from '../../helpers/coalesced.ts';
import type { GroupId, MessageId } from '../../helpers/ids.ts';
import type { MessageStore, Tombstone } from '../../mvds/ports.ts';

/** Copies dealt with, and messages deleted, at a time: some milliseconds of work. */
const COPIES = 16;
const BATCH = 500;

export interface BurialOptions {
  readonly files: FileStore;
  readonly messages: MessageStore;
  readonly group: () => GroupId | undefined;
  readonly bury: (tombstones: readonly Tombstone[]) => Promise<void>;
  readonly revive: (ids: readonly MessageId[]) => Promise<void>;
  /** The chunks of a copy are deleted. */
  readonly onBuried: (copy: KnownCopy) => void;
  /** Chunks that were deleted are wanted again. */
  readonly onRisen: (copy: KnownCopy) => Promise<void>;
}

/**
 * Deletes the chunks of files that no message names any more, on every device alike: which they are follows from the events
 * alone. A chunk that is not here is kept from coming. What a message names after all, because its writer did not know of
 * the deletion, is taken once more from whoever still has it.
 */
export class Burial {
  readonly #options: BurialOptions;

  constructor(options: BurialOptions) {
    this.#options = options;
  }

  /** Resolves once that is done for all that is known. */
  readonly tend = coalesced(async () => {
    const { files } = this.#options;
    const group = this.#options.group();
    if (group === undefined) return;
    for (;;) {
      const orphans = await files.orphans(COPIES);
      for (const copy of orphans) await this.#bury(group, copy);
      const risen = await files.risen(COPIES);
      for (const copy of risen) await this.#raise(copy);
      if (orphans.length + risen.length === 0) return;
    }
  });

  async #bury(group: GroupId, known: KnownCopy): Promise<void> {
    const { files, messages, bury, onBuried } = this.#options;
    const { copy, storedAt } = known;
    const ids = await files.ownParts(copy);
    for (const batch of batches(ids)) {
      const headers = await messages.headers(batch);
      const tombstones = batch.flatMap((id): Tombstone[] => {
        const held = headers.get(id);
        // Whatever somebody says is a chunk: in other groups nothing is deleted by that.
        if (held && held.groupId !== group) return [];
        return [{ id, groupId: group, timestamp: held?.timestamp ?? BigInt(storedAt) }];
      });
      if (tombstones.length > 0) await bury(tombstones);
    }
    await files.buried(copy);
    onBuried(known);
  }

  async #raise(known: KnownCopy): Promise<void> {
    const { files, messages, revive, onRisen } = this.#options;
    const ids = await files.parts(known.copy, 0, Infinity);
    for (const batch of batches(ids)) {
      const headers = await messages.headers(batch);
      await revive(batch.filter((id) => headers.has(id) && headers.get(id)?.bytes === undefined));
    }
    await files.revived(known.copy);
    await onRisen(known);
  }
}

function* batches(ids: readonly MessageId[]): Generator<readonly MessageId[]> {
  for (let at = 0; at < ids.length; at += BATCH) yield ids.slice(at, at + BATCH);
}
