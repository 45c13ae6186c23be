import { packPositions, POSITION_BYTES, unpackPositions } from '../mvds/ids.ts';
import type { MessagePosition, MessageStore, SyncStore } from '../mvds/ports.ts';
import type { GroupId } from '../mvds/types.ts';
import { boundAt, OrderedIds } from '../reconcile/index.ts';

/** Positions read at a time: some milliseconds of work. */
const LOAD_BATCH = 2_000;

/** The messages of a range, in a form that two nodes can compare. */
export interface Digest {
  readonly count: number;
  /** 16 bytes: equal where the same messages are held, and by chance in one of 2^128 cases. */
  readonly fingerprint: Uint8Array;
}

interface GroupIndex {
  readonly ids: OrderedIds;
  readonly loaded: Promise<OrderedIds>;
}

/** For each group that is reconciled, what is held of it, in order: read once, and kept up to date by every commit. */
export class GroupIndexes {
  readonly #messages: MessageStore;
  readonly #indexes = new Map<GroupId, GroupIndex>();

  constructor(messages: MessageStore) {
    this.#messages = messages;
  }

  /** Rejects as the store does; the next call tries again. */
  async load(groupId: GroupId): Promise<OrderedIds> {
    const known = this.#indexes.get(groupId);
    if (known) return known.loaded;
    const ids = new OrderedIds();
    const index = { ids, loaded: this.#read(groupId, ids) };
    this.#indexes.set(groupId, index);
    try {
      return await index.loaded;
    } catch (error) {
      if (this.#indexes.get(groupId) === index) this.#indexes.delete(groupId);
      throw error;
    }
  }

  /** Messages that are held from now on. What is still being read finds them there. */
  added(groupId: GroupId, positions: readonly MessagePosition[]): void {
    this.#indexes.get(groupId)?.ids.insertPacked(packPositions(positions));
  }

  /**
   * Of what is held of a group with a timestamp from `from` on and below `to`; no bound where one is undefined. Rejects as the
   * store does.
   */
  async digest(groupId: GroupId, from?: bigint, to?: bigint): Promise<Digest> {
    const ids = await this.load(groupId);
    const first = from === undefined ? 0 : ids.rank(boundAt(from));
    const end = to === undefined ? ids.size : Math.max(first, ids.rank(boundAt(to)));
    return { count: end - first, fingerprint: ids.fingerprint(first, end) };
  }

  /** Messages of the group were removed: the next reconciliation reads what is left. */
  removed(groupId: GroupId): void {
    this.#indexes.delete(groupId);
  }

  async #read(groupId: GroupId, ids: OrderedIds): Promise<OrderedIds> {
    let after: MessagePosition | undefined;
    for (;;) {
      const batch = await this.#messages.positions(groupId, after, LOAD_BATCH);
      if (batch.byteLength === 0) return ids;
      ids.insertPacked(batch);
      [after] = unpackPositions(batch.subarray(-POSITION_BYTES));
    }
  }
}

/** The same store, with indexes that every commit keeps up to date. */
export function indexedStore(store: SyncStore, indexes: GroupIndexes): SyncStore {
  return {
    messages: store.messages,
    records: store.records,
    async commit(changes) {
      const added = await store.commit(changes);
      const held = new Set(added);
      const byGroup = new Map<GroupId, MessagePosition[]>();
      const note = ({ groupId, timestamp, id }: MessagePosition & { groupId: GroupId }): void => {
        const positions = byGroup.get(groupId) ?? [];
        positions.push({ timestamp, id });
        byGroup.set(groupId, positions);
      };
      for (const { message } of changes.addMessages ?? []) if (held.has(message.id)) note(message);
      for (const tombstone of changes.tombstone ?? []) note(tombstone);
      for (const [groupId, positions] of byGroup) indexes.added(groupId, positions);
      return added;
    },
  };
}
