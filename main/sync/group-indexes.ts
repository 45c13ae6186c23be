import { packPositions } from '../mvds/ids.ts';
import type { MessagePosition, MessageStore, SyncStore } from '../mvds/ports.ts';
import type { GroupId } from '../mvds/types.ts';
import { boundAt, IdsSince, type IdSet, type Unloaded } from '../reconcile/index.ts';
import { GroupIndex } from './group-index.ts';

/** The messages of a range, in a form that two nodes can compare. */
export interface Digest {
  readonly count: number;
  /** 16 bytes: equal where the same messages are held, and by chance in one of 2^128 cases. */
  readonly fingerprint: Uint8Array;
}

/** The messages held of a group, for one reconciliation. */
export interface OpenIndex {
  readonly ids: IdSet;
  /** Loads what the reconciliation misses. Rejects as `GroupIndexes.open` does. */
  readonly load: (missing: readonly Unloaded[]) => Promise<void>;
}

/**
 * For each group that is reconciled, what is held of it, in order: its sections are read once, their positions where a
 * reconciliation looks into them, and every commit keeps both up to date.
 */
export class GroupIndexes {
  readonly #messages: MessageStore;
  readonly #indexes = new Map<GroupId, GroupIndex>();

  constructor(messages: MessageStore) {
    this.#messages = messages;
  }

  /**
   * The messages held of a group now, all counted; with `since`, without what is before that timestamp. Rejects as the store does, and
   * with `SectionsDamagedError`; the next call tries again.
   */
  async open(groupId: GroupId, since?: bigint): Promise<OpenIndex> {
    const index = this.#indexOf(groupId);
    const ids = await index.current();
    if (since !== undefined) await index.load(ids.missingAt(boundAt(since)));
    return {
      ids: since === undefined ? ids : new IdsSince(ids, since),
      load: (missing) => index.load(missing),
    };
  }

  /** Messages that are held from now on. What is still being read finds them there. */
  added(groupId: GroupId, positions: readonly MessagePosition[]): void {
    this.#indexes.get(groupId)?.added(packPositions(positions));
  }

  /**
   * Of what is held of a group with a timestamp from `from` on and below `to`; no bound where one is undefined. Rejects as
   * `open` does.
   */
  async digest(groupId: GroupId, from?: bigint, to?: bigint): Promise<Digest> {
    const index = this.#indexOf(groupId);
    const ids = await index.current();
    const bounds = [from, to].flatMap((it) => (it === undefined ? [] : [boundAt(it)]));
    await index.load(bounds.flatMap((bound) => ids.missingAt(bound)));
    const first = from === undefined ? 0 : ids.rank(boundAt(from));
    const end = to === undefined ? ids.size : Math.max(first, ids.rank(boundAt(to)));
    return { count: end - first, fingerprint: ids.fingerprint(first, end) };
  }

  /** Messages of the group were removed: the next reconciliation reads what is left. */
  removed(groupId: GroupId): void {
    this.#indexes.delete(groupId);
  }

  #indexOf(groupId: GroupId): GroupIndex {
    const known = this.#indexes.get(groupId);
    if (known) return known;
    const index: GroupIndex = new GroupIndex(this.#messages, groupId, () => {
      if (this.#indexes.get(groupId) === index) this.#indexes.delete(groupId);
    });
    this.#indexes.set(groupId, index);
    return index;
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
