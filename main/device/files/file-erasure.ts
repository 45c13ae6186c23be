import type { FileStore, KnownCopy } from '../../conversations/ports.ts';
import { coalesced } from '../../helpers/coalesced.ts';
import type { GroupId, MessageId } from '../../helpers/ids.ts';
import type { MessageStore, Tombstone } from '../../mvds/ports.ts';

/** Copies dealt with, and messages deleted, at a time: some milliseconds of work. */
const COPIES = 16;
const BATCH = 500;

export interface FileErasureOptions {
  readonly files: FileStore;
  readonly messages: MessageStore;
  readonly group: () => GroupId | undefined;
  readonly tombstone: (tombstones: readonly Tombstone[]) => Promise<void>;
  readonly revive: (ids: readonly MessageId[]) => Promise<void>;
  /** The chunks of a copy are deleted. */
  readonly onErased: (copy: KnownCopy) => void;
  /** Chunks that were deleted are wanted again. */
  readonly onNamedAgain: (copy: KnownCopy) => Promise<void>;
}

/**
 * Deletes the chunks of files that no message names any more, on every device alike: which they are follows from the events
 * alone. A chunk that is not here is kept from coming. What a message names after all, because its writer did not know of
 * the deletion, is taken once more from whoever still has it.
 */
export class FileErasure {
  readonly #options: FileErasureOptions;

  constructor(options: FileErasureOptions) {
    this.#options = options;
  }

  /** Resolves once that is done for all that is known. */
  readonly run = coalesced(async () => {
    const { files } = this.#options;
    const group = this.#options.group();
    if (group === undefined) return;
    for (;;) {
      const orphans = await files.orphans(COPIES);
      for (const copy of orphans) await this.#erase(group, copy);
      const namedAgain = await files.namedAgain(COPIES);
      for (const copy of namedAgain) await this.#revive(copy);
      if (orphans.length + namedAgain.length === 0) return;
    }
  });

  async #erase(group: GroupId, known: KnownCopy): Promise<void> {
    const { files, messages, tombstone, onErased } = this.#options;
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
      if (tombstones.length > 0) await tombstone(tombstones);
    }
    await files.erased(copy);
    onErased(known);
  }

  async #revive(known: KnownCopy): Promise<void> {
    const { files, messages, revive, onNamedAgain } = this.#options;
    const ids = await files.parts(known.copy, 0, Infinity);
    for (const batch of batches(ids)) {
      const headers = await messages.headers(batch);
      await revive(batch.filter((id) => headers.has(id) && headers.get(id)?.bytes === undefined));
    }
    await files.revived(known.copy);
    await onNamedAgain(known);
  }
}

function* batches(ids: readonly MessageId[]): Generator<readonly MessageId[]> {
  for (let at = 0; at < ids.length; at += BATCH) yield ids.slice(at, at + BATCH);
}
