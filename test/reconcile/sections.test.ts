import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sectionsOf } from '../../main/helpers/sections.ts';
import type { MessageId } from '../../main/helpers/ids.ts';
import { orderTimestamp } from '../../main/reconcile/bound.ts';
import { IdsSince, OrderedIds, Reconciliation, type Unloaded } from '../../main/reconcile/index.ts';
import { history, packed, orderedIds, twoSides, type Position } from './samples.ts';
import { heldBy, onlyBy, sets, type Sets, type Side } from './sets.ts';

/** Positions that are known by their sections, and how many of them were loaded. */
class Kept {
  readonly ids: OrderedIds;
  readonly held: Position[];
  loaded = 0;

  constructor(held: readonly Position[]) {
    this.held = inOrder(held);
    this.ids = new OrderedIds(sectionsOf(packed(this.held)));
  }

  readonly load = (missing: readonly Unloaded[]): void => {
    for (const section of missing) {
      const positions = this.held.filter(({ timestamp }) => {
        const order = orderTimestamp(timestamp);
        return order >= section.from && order < section.to;
      });
      this.loaded += positions.length;
      this.ids.beginLoading(section);
      expect(this.ids.load(section, packed(positions))).toBe(true);
    }
  };
}

/** In the order of the store: that of int64. */
function inOrder(held: readonly Position[]): Position[] {
  return held.toSorted((a, b) => {
    if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
    return a.id < b.id ? -1 : 1;
  });
}

/** With ids of which every eighth begins a section. */
const setsWithSections = sets.map((held) =>
  held.map((it, at) => {
    const id = at % 8 === 0 ? `${it.id.slice(0, 60)}0000` : it.id;
    return { ...it, id: id as MessageId };
  }),
);

function keptBy(held: Sets, holder: Side): Kept {
  return new Kept(held.filter(({ side }) => side === holder || side === 'both'));
}

interface Learnt {
  readonly have: MessageId[];
  readonly need: MessageId[];
}

/** Lets two talk, each of which loads what it misses before it answers. */
function reconcile(
  mine: Kept,
  theirs: Kept,
  options: { readonly expectsEqual?: boolean; readonly since?: bigint },
): {
  readonly mine: Learnt;
  readonly theirs: Learnt;
  readonly bytes: number;
  readonly flights: number;
} {
  const idsOf = ({ ids, load }: Kept) => {
    if (options.since === undefined) return ids;
    const since = new IdsSince(ids, options.since);
    load(since.missingAt({ timestamp: 0, prefix: new Uint8Array() }));
    return since;
  };
  const { session, frames } = Reconciliation.initiate(idsOf(mine), options);
  const sides = [
    { session: Reconciliation.respond(idsOf(theirs)), kept: theirs, have: [], need: [] },
    { session, kept: mine, have: [], need: [] },
  ].map((side) => ({ ...side, have: [] as MessageId[], need: [] as MessageId[] }));
  let bytes = 0;
  let flights = 0;
  for (let flight = frames; flight.length > 0; flights += 1) {
    const side = sides[flights % 2];
    if (!side || flights > 100) throw new Error('no end of frames');
    const answers: Uint8Array[] = [];
    // As they come from the network.
    for (const frame of flight.map((it) => Buffer.from(it))) {
      bytes += frame.length;
      for (;;) {
        const missing = side.session.missing(frame);
        if (missing.length === 0) break;
        side.kept.load(missing);
      }
      for (const step of side.session.receive(frame)) {
        answers.push(...step.frames);
        side.have.push(...step.have);
        side.need.push(...step.need);
      }
    }
    flight = answers;
  }
  const [responder, initiator] = sides;
  if (!initiator || !responder) throw new Error('a side is missing');
  expect([initiator.session.isDone, responder.session.isDone]).toEqual([true, true]);
  return { mine: initiator, theirs: responder, bytes, flights };
}

const sorted = (ids: readonly MessageId[]): MessageId[] => [...ids].sort();

describe('positions that are known by their sections', () => {
  test('are reconciled exactly, whatever differs', () => {
    fc.assert(
      fc.property(setsWithSections, fc.boolean(), (held, expectsEqual) => {
        const learnt = reconcile(keptBy(held, 'mine'), keptBy(held, 'theirs'), { expectsEqual });
        const { mine, theirs } = learnt;
        expect(sorted([...mine.have, ...theirs.need])).toEqual(onlyBy(held, 'mine'));
        expect(sorted([...mine.need, ...theirs.have])).toEqual(onlyBy(held, 'theirs'));
      }),
    );
  });

  test('are reconciled exactly from a timestamp on', () => {
    fc.assert(
      fc.property(setsWithSections, fc.nat(), (held, at) => {
        const since = held[at % Math.max(1, held.length)]?.timestamp ?? 0n;
        const { mine, theirs } = reconcile(keptBy(held, 'mine'), keptBy(held, 'theirs'), { since });
        const later = held.filter(({ timestamp }) => {
          return orderTimestamp(timestamp) >= orderTimestamp(since);
        });
        expect(sorted([...mine.have, ...theirs.need])).toEqual(onlyBy(later, 'mine'));
        expect(sorted([...mine.need, ...theirs.have])).toEqual(onlyBy(later, 'theirs'));
      }),
    );
  });

  test('are, once loaded, what they are where they were inserted one by one', () => {
    fc.assert(
      fc.property(setsWithSections, (held) => {
        const kept = keptBy(held, 'mine');
        const whole = heldBy(held, 'mine');
        expect(kept.ids.size).toBe(whole.size);
        const all = [0, kept.ids.size] as const;
        expect(kept.ids.fingerprint(...all)).toEqual(whole.fingerprint(...all));
        kept.load(kept.ids.missingBetween(...all));
        expect(kept.ids.isLoaded).toBe(true);
        expect(kept.ids.ids(...all)).toEqual(whole.ids(...all));
        for (let rank = 0; rank <= whole.size; rank += 1) {
          expect(kept.ids.rank(kept.ids.boundAt(rank))).toBe(rank);
          expect(whole.rank(kept.ids.boundAt(rank))).toBe(rank);
        }
      }),
    );
  });

  test('take what is inserted before, during and after their loading', () => {
    fc.assert(
      fc.property(setsWithSections, fc.array(fc.nat(3), { minLength: 1 }), (held, when) => {
        const all = held.map((it, at) => ({ ...it, when: when[at % when.length] ?? 0 }));
        const of = (time: number): Position[] => all.filter((it) => it.when === time);
        const kept = new Kept(of(0));
        kept.ids.insertPacked(packed(of(1)));
        const stored = new Kept([...of(0), ...of(1)]);
        const missing = kept.ids.missingBetween(0, kept.ids.size);
        for (const section of missing) kept.ids.beginLoading(section);
        kept.ids.insertPacked(packed(of(2)));
        for (const section of missing) {
          const positions = stored.held.filter(({ timestamp }) => {
            const order = orderTimestamp(timestamp);
            return order >= section.from && order < section.to;
          });
          expect(kept.ids.load(section, packed(positions))).toBe(true);
        }
        kept.ids.insertPacked(packed(of(3)));
        const whole = orderedIds(all);
        expect(kept.ids.ids(0, kept.ids.size)).toEqual(whole.ids(0, whole.size));
      }),
    );
  });

  test('are said to be others than those of the sum', () => {
    const held = inOrder(
      Array.from({ length: 20 }, (_, at) => ({
        timestamp: BigInt(at),
        id: `${at}`.padStart(64, '7') as MessageId,
      })),
    );
    const ids = new OrderedIds(sectionsOf(packed(held)));
    const [section] = ids.missingBetween(0, ids.size);
    if (!section) throw new Error('nothing to load');
    ids.beginLoading(section);
    expect(ids.load(section, packed(held.slice(1)))).toBe(false);
  });
});

/** Positions of a history, packed, as a list. */
function positionsOf(ids: OrderedIds, all: readonly Position[]): Position[] {
  return all.filter(({ timestamp, id }) => ids.has(timestamp, id));
}

describe('of 100,000 messages', () => {
  const view = new DataView(history(100_000).buffer);
  const all: Position[] = Array.from({ length: 100_000 }, (_, at) => ({
    timestamp: view.getBigInt64(at * 40),
    id: Buffer.from(history(100_000).subarray(at * 40 + 8, at * 40 + 40)).toString(
      'hex',
    ) as MessageId,
  }));

  test('two equal sides load nothing, and say so in one round trip of a few bytes', () => {
    const [mine, theirs] = [new Kept(all), new Kept(all)];
    const { bytes, flights } = reconcile(mine, theirs, { expectsEqual: true });
    expect({ bytes, flights, loaded: mine.loaded + theirs.loaded }).toEqual({
      bytes: 33,
      flights: 2,
      loaded: 0,
    });
  });

  test.each([
    ['recent', 10],
    ['scattered', 10],
    ['recent', 1_000],
  ] as const)('two sides that differ in %s ones, %i, load little', (where, differences) => {
    const [a, b] = twoSides(100_000, differences, where);
    const [mine, theirs] = [new Kept(positionsOf(a, all)), new Kept(positionsOf(b, all))];
    const learnt = reconcile(mine, theirs, {});
    const found = [learnt.mine, learnt.theirs].flatMap(({ have, need }) => [...have, ...need]);
    expect(found).toHaveLength(differences);
    expect(mine.loaded + theirs.loaded).toBeLessThan(40_000);
  });
});
