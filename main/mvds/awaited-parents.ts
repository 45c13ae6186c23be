import { MAX_AWAITED_PARENTS, MAX_GIVEN_UP_PARENTS } from './constants.ts';
import { Recent } from './recent.ts';
import type { MessageId } from './types.ts';

/** Which parents the causal buffer waits for, as decisions see it. */
export interface AwaitedParentsView {
  /** Parents that are not here and that messages wait for, with the epoch from which on, longest first. */
  readonly since: ReadonlyMap<MessageId, number>;
  /** Whether there were more than are remembered; the rest is in the store. */
  readonly hasOverflowed: boolean;
  readonly isGivenUp: (id: MessageId) => boolean;
}

/** The memory of missing parents. Lost with a restart: the store knows which messages wait. */
export class AwaitedParents implements AwaitedParentsView {
  readonly since = new Map<MessageId, number>();
  hasOverflowed = false;
  private readonly givenUp = new Recent<MessageId>(MAX_GIVEN_UP_PARENTS);

  readonly isGivenUp = (id: MessageId): boolean => this.givenUp.has(id);

  /** Waits for them from now on, those that it already waits for excepted. */
  add(ids: readonly MessageId[], epoch: number): void {
    for (const id of ids) {
      if (this.since.has(id)) continue;
      if (this.since.size >= MAX_AWAITED_PARENTS) this.hasOverflowed = true;
      else this.since.set(id, epoch);
    }
  }

  /** They are here: nothing waits for them any more. */
  settle(ids: readonly MessageId[]): void {
    for (const id of ids) this.since.delete(id);
  }

  giveUp(ids: readonly MessageId[]): void {
    this.settle(ids);
    for (const id of ids) this.givenUp.add(id);
  }

  /** The store is read again for those that were not remembered. */
  rereads(): void {
    this.hasOverflowed = false;
  }
}
