import type { MvdsNode } from '../mvds/node.ts';
import type { StoredMessage } from '../mvds/ports.ts';
import type { GroupId, MessageId, PeerId } from '../mvds/types.ts';
import type { GroupIndexes } from './group-indexes.ts';
import type { ArrivedElsewhere, ChangesElsewhere } from './ports.ts';

/** Ids remembered as delivered here: a message that reached this process and another at once is told once. */
const RECENT = 16_384;

/** The facts about a peer that are needed to tell it of a message. */
interface Reader {
  readonly peerId: PeerId;
  /** The messages that it wants, as it last said. */
  readonly history: { readonly since: ReadonlyMap<GroupId, bigint> };
}

/**
 * Takes over the messages that other processes put into the shared store: they count in what is reconciled, the peers of
 * this process get them, and the application is told of them.
 */
export class Elsewhere {
  readonly #changes: ChangesElsewhere;
  readonly #onDelivered: (messages: readonly StoredMessage[]) => void;
  readonly #recent = new Set<MessageId>();

  constructor(
    changes: ChangesElsewhere,
    onDelivered: (messages: readonly StoredMessage[]) => void,
  ) {
    this.#changes = changes;
    this.#onDelivered = onDelivered;
  }

  /** Messages that this process delivers by itself go through here. */
  readonly delivered = (messages: readonly StoredMessage[]): void => {
    const fresh = messages.filter(({ id, metadata }) => {
      return metadata.ephemeral || !this.#recent.has(id);
    });
    for (const { id, metadata } of fresh) {
      if (metadata.ephemeral) continue;
      this.#recent.add(id);
      const [oldest] = this.#recent;
      if (this.#recent.size > RECENT && oldest !== undefined) this.#recent.delete(oldest);
    }
    if (fresh.length > 0) this.#onDelivered(fresh);
  };

  /** They are wanted again, and told of again when they come. */
  forget(ids: readonly MessageId[]): void {
    for (const id of ids) this.#recent.delete(id);
  }

  /** Everything that came until now. Rejects as the store does, and goes on there when it is called again. */
  async take(
    node: MvdsNode,
    indexes: GroupIndexes,
    readers: () => readonly Reader[],
  ): Promise<void> {
    for (;;) {
      const arrived = await this.#changes.next();
      if (!arrived) return;
      // First: from here on a reconciliation finds them held, so a peer that lacks them is found out.
      for (const position of arrived.positions) indexes.added(position.groupId, [position]);
      await pass(node, readers(), arrived);
      this.delivered([...arrived.messages, ...arrived.released].filter((it) => it.delivered));
      // Last: what a crash cuts off is done once more.
      await this.#changes.taken(arrived.upTo);
    }
  }
}

/** A record for each peer that is not known to hold a message: its source does. */
async function pass(
  node: MvdsNode,
  readers: readonly Reader[],
  { messages }: ArrivedElsewhere,
): Promise<void> {
  const byGroup = Map.groupBy(messages, ({ groupId }) => groupId);
  for (const { peerId, history } of readers) {
    for (const [groupId, ofGroup] of byGroup) {
      const since = history.since.get(groupId);
      const have = ofGroup
        .filter(({ source, timestamp }) => source !== peerId && timestamp >= (since ?? timestamp))
        .map(({ id }) => id);
      if (have.length > 0) await node.reconciled(peerId, groupId, { have, need: [] });
    }
  }
}
