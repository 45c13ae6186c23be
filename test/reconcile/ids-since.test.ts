import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderTimestamp } from '../../main/reconcile/bound.ts';
import { IdsSince } from '../../main/reconcile/index.ts';
import { orderedIds } from './samples.ts';
import { heldBy, onlyBy, sets } from './sets.ts';
import { reconcile } from './talk.ts';

/** A history with a time in it, before or after it. */
const withTime = sets.chain((history) =>
  fc
    .constantFrom(0n, 2n ** 60n, ...history.map(({ timestamp }) => timestamp))
    .map((time) => ({ history, since: time < 0n ? 0n : time })),
);

test('a reconciliation of what is not before a time finds the differences from then on, and no others', () => {
  fc.assert(
    fc.property(withTime, ({ history, since }) => {
      const mine = new IdsSince(heldBy(history, 'mine'), since);
      const theirs = new IdsSince(heldBy(history, 'theirs'), since);
      const { initiator, responder } = reconcile(mine, theirs);
      expect([initiator.session.isDone, responder.session.isDone]).toEqual([true, true]);
      const later = history.filter(
        ({ timestamp }) => orderTimestamp(timestamp) >= orderTimestamp(since),
      );
      expect([...initiator.have, ...responder.need].sort()).toEqual(onlyBy(later, 'mine'));
      expect([...initiator.need, ...responder.have].sort()).toEqual(onlyBy(later, 'theirs'));
    }),
  );
});

test('it looks like a set of its own', () => {
  fc.assert(
    fc.property(withTime, fc.nat(), fc.nat(), ({ history, since }, one, other) => {
      const later = orderedIds(
        history.filter(({ timestamp }) => orderTimestamp(timestamp) >= orderTimestamp(since)),
      );
      const view = new IdsSince(orderedIds(history), since);
      expect(view.size).toBe(later.size);
      const ranks = [one % (later.size + 1), other % (later.size + 1)].sort((a, b) => a - b);
      const [from = 0, to = 0] = ranks;
      expect(view.fingerprint(from, to)).toEqual(later.fingerprint(from, to));
      expect(view.ids(from, to)).toEqual(later.ids(from, to));
      for (const rank of ranks) expect(view.rank(view.boundAt(rank))).toBe(rank);
    }),
  );
});
