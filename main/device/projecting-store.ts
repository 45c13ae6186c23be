import type { Projection } from '../conversations/projection.ts';
import type { NewMessage, SyncStore } from '../mvds/ports.ts';
import type { Message } from '../mvds/types.ts';
import type { Store } from '../store/index.ts';

/** Turns messages that are about to be stored into changes of the conversations. */
export interface CommitProjector {
  /** Opens and reads a message that has just come in, so that `project` finds that done. */
  prepare(message: Message): void;
  /** The changes that messages make; undefined where that can be found out only once they are stored. */
  project(messages: readonly NewMessage[]): Projection | undefined;
  /** They are stored, and with them their changes, unless `projection` is undefined. */
  committed(projection: Projection | undefined): void;
}

/**
 * The same store, which commits messages together with the changes that they make in the conversations: to read them back for that
 * would cost as much again as to store them.
 */
export function projectingStore(
  store: Pick<Store, 'sync' | 'commitProjected'>,
  projector: () => CommitProjector | undefined,
): SyncStore {
  const { sync } = store;
  return {
    messages: sync.messages,
    records: sync.records,
    async commit(changes) {
      const { addMessages = [], tombstone = [] } = changes;
      const owner = projector();
      if (!owner || addMessages.length + tombstone.length === 0) return sync.commit(changes);
      const projection = owner.project(addMessages);
      if (!projection) {
        const ids = await sync.commit(changes);
        owner.committed(undefined);
        return ids;
      }
      const { added, isProjected } = await store.commitProjected(changes, projection.changes);
      owner.committed(isProjected ? projection : undefined);
      return added;
    },
  };
}
