import {
  MAX_AWAITED_PARENTS,
  PARENT_GRACE_EPOCHS,
  PARENT_PATIENCE_EPOCHS,
  PARENT_REVIEW_BATCH,
  READ_BATCH,
} from './constants.ts';
import type { Engine } from './engine.ts';
import { loadParents, loadWaiting } from './load.ts';
import type { StoredMessage, SyncStore } from './ports.ts';
import type { MessageId } from './types.ts';

/**
 * Sees to it that no message waits for ever in the causal buffer. A parent is given up when nobody is asked for it any more,
 * or after `PARENT_PATIENCE_EPOCHS`, whatever is asked; what waited for it is delivered then. Should it still come, it is
 * delivered late. Costs nothing while no message waits. Its methods run within the queue of events.
 */
export class ParentReview {
  private readonly store: SyncStore;
  private readonly engine: Engine;
  /** Up to this sequence what the store has buffered was looked at; undefined once all of it was. */
  private readUpTo: number | undefined = 0;
  /** How many of the awaited parents were looked at in this round. */
  private reviewed = 0;

  constructor(store: SyncStore, engine: Engine) {
    this.store = store;
    this.engine = engine;
  }

  /** An epoch has passed: looks at some of the parents that are waited for. */
  async tick(): Promise<void> {
    await this.readBuffered();
    const ids = [...this.engine.view.parents.since.keys()];
    if (this.reviewed >= ids.length) this.reviewed = 0;
    const batch = ids.slice(this.reviewed, this.reviewed + PARENT_REVIEW_BATCH);
    this.reviewed += batch.length;
    await this.review(batch, PARENT_GRACE_EPOCHS);
  }

  /** The peers that are asked, or the messages that are wanted, have changed: looks at all parents that are waited for. */
  async reviewAll(): Promise<void> {
    const ids = [...this.engine.view.parents.since.keys()];
    for (let at = 0; at < ids.length; at += PARENT_REVIEW_BATCH) {
      await this.review(ids.slice(at, at + PARENT_REVIEW_BATCH), 0);
    }
  }

  private async review(ids: readonly MessageId[], grace: number): Promise<void> {
    if (ids.length === 0) return;
    const { parents, epoch, peers } = this.engine.view;
    const held = await this.store.messages.held(ids);
    const about = await this.store.records.recordsAbout(ids);
    const asked = new Set(
      about
        .filter(({ type, peerId }) => type === 'request' && peers.has(peerId))
        .map(({ messageId }) => messageId),
    );
    const givenUp = ids.filter((id) => {
      const waited = epoch - (parents.since.get(id) ?? epoch);
      if (held.has(id)) return false;
      return waited >= PARENT_PATIENCE_EPOCHS || (!asked.has(id) && waited >= grace);
    });
    const settled = ids.filter((id) => held.has(id));
    if (givenUp.length + settled.length === 0) return;
    const waiting = await loadWaiting(this.store, [...givenUp, ...settled]);
    await this.deliver(waiting, givenUp, settled);
  }

  /** A page of what the store has buffered: after a start, and where more was waited for than is remembered. */
  private async readBuffered(): Promise<void> {
    const { parents } = this.engine.view;
    if (parents.since.size >= MAX_AWAITED_PARENTS / 2) return;
    if (this.readUpTo === undefined) {
      if (!parents.hasOverflowed) return;
      this.engine.rereadAwaited();
      this.readUpTo = 0;
    }
    const page = await this.store.messages.buffered(this.readUpTo, READ_BATCH);
    this.readUpTo = page.at(-1)?.sequence;
    if (page.length === 0) return;
    const pages = new Map(page.map((message) => [message.id, message]));
    for (const message of await loadWaiting(this.store, [...pages.keys()])) {
      pages.set(message.id, message);
    }
    await this.deliver(
      [...pages.values()].sort((a, b) => a.sequence - b.sequence),
      [],
      [],
    );
  }

  private async deliver(
    waiting: readonly StoredMessage[],
    givenUp: readonly MessageId[],
    settled: readonly MessageId[],
  ): Promise<void> {
    const { store, engine } = this;
    const slice = await loadParents(store, [], waiting, engine.isKnownDelivered);
    await engine.handle({ type: 'bufferReviewed', givenUp, settled, waiting, slice });
  }
}
