import { storeAndDeliver } from './delivery.ts';
import type { DecisionDraft } from './draft.ts';
import type { MvdsEvent, View } from './events.ts';

/** Buffered messages are looked at again: parents were given up or deleted, or the node has just been opened. */
export function decideBuffer(
  draft: DecisionDraft,
  { state, policy }: View,
  event: Extract<MvdsEvent, { type: 'bufferReviewed' }>,
): void {
  const { givenUp, settled, waiting, slice } = event;
  if (settled.length > 0) draft.patches.push({ type: 'parentsSettled', ids: settled });
  if (givenUp.length > 0) draft.patches.push({ type: 'parentsGivenUp', ids: givenUp });
  const now = new Set(givenUp);
  const missing = storeAndDeliver(draft, [], waiting, slice, {
    delivery: policy.delivery,
    isGivenUp: (id) => now.has(id) || state.parents.isGivenUp(id),
  });
  if (missing.size > 0) draft.patches.push({ type: 'parentsAwaited', ids: [...missing.keys()] });
}
