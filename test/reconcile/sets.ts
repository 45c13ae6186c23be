import fc from 'fast-check';
import type { MessageId } from '../../main/helpers/ids.ts';
import type { OrderedIds } from '../../main/reconcile/index.ts';
import { idOf, orderedIds, type Position } from './samples.ts';

export type Side = 'mine' | 'theirs' | 'both';

/** A history, and who holds what of it. */
export type Sets = readonly (Position & { readonly side: Side })[];

/** All equal, clustered, milliseconds, around 2^31, around 2^53, around 0. */
const TIMES: readonly ((at: number) => bigint)[] = [
  () => 7n,
  (at) => BigInt(at >> 5) * 1_000_000n,
  (at) => 1_700_000_000_000n + BigInt(at) * 61_000n,
  (at) => 2n ** 31n - 50n + BigInt(at),
  (at) => 2n ** 53n - 40n + BigInt(at),
  (at) => BigInt(at) - 40n,
];

/** Differences spread evenly or in runs, from none to everything, on one side or both. */
export const sets: fc.Arbitrary<Sets> = fc
  .record({
    count: fc.nat(700),
    time: fc.constantFrom(...TIMES),
    mine: fc.constantFrom(0, 1, 10, 50, 100),
    theirs: fc.constantFrom(0, 1, 10, 50, 100),
    run: fc.constantFrom(1, 1, 40),
    salt: fc.nat(),
  })
  .map(({ count, time, mine, theirs, run, salt }) =>
    Array.from({ length: count }, (_, at) => {
      const draw = Number.parseInt(idOf(`${salt} ${Math.floor(at / run)}`).slice(0, 6), 16) % 100;
      const side = draw < mine ? 'mine' : draw < mine + theirs ? 'theirs' : 'both';
      return { timestamp: time(at), id: idOf(`${salt} id ${at}`), side } as const;
    }),
  );

export function heldBy(history: Sets, holder: Side): OrderedIds {
  return orderedIds(history.filter(({ side }) => side === holder || side === 'both'));
}

/** The ids that only one side holds, sorted. */
export function onlyBy(history: Sets, holder: Side): MessageId[] {
  return history
    .filter(({ side }) => side === holder)
    .map(({ id }) => id)
    .sort();
}
