/**
 * The decision function of MVDS: `(view, event) -> changes of the store, patches of the memory, effects`. Time is the
 * epoch in the view, chance is the jitter in the event, the store is the slice in the event: there is no clock, random
 * source, socket or store in here.
 *
 * Invariants, each held by the test of that number in `test/mvds/invariants.test.ts`:
 *
 *  1. There is at most one record per (peer, message).
 *  2. A message without a record for a peer of its group, once backfilled, is known to be held by that peer.
 *  3. A message that is held is acknowledged whenever it is sent or offered, and only after the commit that stored it.
 *  4. Each message is delivered exactly once, and in causal delivery after all of its parents, save those that nobody has and
 *     those that wait for it themselves, which are named; none waits for ever.
 *  5. A payload is never empty, and acks alone are never answered: a pair in sync is silent.
 *  6. Nothing is sent to a peer that is offline, and everything is due again when it comes online.
 *  7. A peer gets and gives messages only in groups that it belongs to.
 *  8. One bad, unknown or duplicate item changes nothing for its neighbours.
 *  9. A new message goes to every other member, but not to its source nor to a peer that is known to hold it.
 * 10. Unanswered bytes per peer stay within the window, and its requests within their limit.
 * 11. An ephemeral message is neither stored nor sent twice to a peer, and acknowledged only to a peer that repeats it.
 * 12. An event that fails to commit changes nothing.
 * 13. What is bulk is sent only when nothing else is due, and leaves room in the window for what is not.
 * 14. What a peer does not want, and what is muted, is neither announced nor sent; but what a peer asks for is sent to it.
 */
import { decideAppend } from './decide-append.ts';
import { decideBuffer } from './decide-buffer.ts';
import { decideFlush } from './decide-flush.ts';
import { decidePayload, decideSince } from './decide-payload.ts';
import { decidePeer } from './decide-peers.ts';
import { decideReconciled } from './decide-reconciled.ts';
import { decideWanted } from './decide-wanted.ts';
import { DecisionDraft } from './draft.ts';
import type { Decision, MvdsEvent, View } from './events.ts';

export function decide(view: View, event: MvdsEvent): Decision {
  const draft = new DecisionDraft();
  switch (event.type) {
    case 'append':
      decideAppend(draft, view, event);
      break;
    case 'payloadReceived':
      decidePayload(draft, view, event);
      break;
    case 'flush':
      decideFlush(draft, view, event);
      break;
    case 'epochTick':
      draft.patches.push({ type: 'epoch', epoch: view.state.epoch + 1 });
      for (const [peerId, peer] of view.state.peers) {
        if (peer.online) draft.flush(peerId, 'tick');
      }
      break;
    case 'sinceHeard':
      decideSince(draft, view, event);
      break;
    case 'bufferReviewed':
      decideBuffer(draft, view, event);
      break;
    case 'tombstoned':
      draft.tombstone.push(...event.tombstones);
      break;
    case 'revived':
      draft.revive.push(...event.ids);
      break;
    case 'wanted':
    case 'unwanted':
      decideWanted(draft, view, event);
      break;
    case 'reconciled':
    case 'covered':
    case 'uncovered':
    case 'plain':
    case 'muted':
    case 'older':
      decideReconciled(draft, view, event);
      break;
    case 'peerAdded':
    case 'groupsAdded':
    case 'peerRemoved':
    case 'peerOnline':
    case 'peerOffline':
    case 'modeSet':
      decidePeer(draft, view, event);
      break;
  }
  return draft.decision(view.state.epoch);
}
