import { expect } from 'vitest';
import { twoSides, type Where } from './samples.ts';
import { reconcile, type Talk } from './talk.ts';

/** What two sides of a history say that differ as told; all differences must be found, and each be reported once. */
export function traffic(count: number, differences: number, where: Where): Talk {
  const [mine, theirs] = twoSides(count, differences, where);
  const found = reconcile(mine, theirs);
  const { initiator, responder } = found;
  const reported = [initiator.have, initiator.need, responder.have, responder.need].flat();
  expect(new Set(reported).size).toBe(differences);
  expect(reported.length).toBe(differences);
  return found;
}
