import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { START } from '../../main/reconcile/bound.ts';
import { MIN_FRAME_BYTES } from '../../main/reconcile/constants.ts';
import { readFrame } from '../../main/reconcile/frame-reader.ts';
import { Negentropy, OrderedIds } from '../../main/reconcile/index.ts';
import { orderedIds, twoSides } from './samples.ts';
import { heldBy, onlyBy, sets } from './sets.ts';

/** A frame brings 120 ids or more, and no set here has more than 700: far more turns would be no progress. */
const MOST_TURNS = 60;

/** Each fingerprint is that of what `ids` has in exactly the range that it stands in. */
function expectTrue(frame: Uint8Array, ids: OrderedIds): void {
  let lower = START;
  for (const range of readFrame(frame)) {
    if (range.mode === 'fingerprint') {
      const own = ids.fingerprint(ids.rank(lower), ids.rank(range.upper));
      expect(Buffer.compare(range.fingerprint, own)).toBe(0);
    }
    lower = range.upper;
  }
}

/** The two take turns; `limits` are the initiator's and the responder's. */
function learn(mine: OrderedIds, theirs: OrderedIds, limits: readonly (number | undefined)[] = []) {
  const { session, frames } = Negentropy.initiate(mine, { frameBytes: limits[0] });
  const responder = Negentropy.respond(theirs, { frameBytes: limits[1] });
  const found = { have: [] as string[], need: [] as string[], turns: 0, longest: 0 };
  for (let [frame] = frames; frame !== undefined; found.turns += 1) {
    expect(found.turns).toBeLessThan(MOST_TURNS);
    const [answer = new Uint8Array()] = responder.receive(frame).frames;
    const step = session.receive(answer);
    expectTrue(frame, mine);
    expectTrue(answer, theirs);
    found.longest = Math.max(found.longest, frame.length, answer.length);
    found.have.push(...step.have);
    found.need.push(...step.need);
    [frame] = step.frames;
  }
  expect(session.isDone).toBe(true);
  found.have.sort();
  found.need.sort();
  return found;
}

describe('Negentropy', () => {
  test('tells the initiator exactly the differences, each once, with and without a frame limit', () => {
    const limit = fc.constantFrom(undefined, MIN_FRAME_BYTES);
    fc.assert(
      fc.property(sets, limit, limit, (history, ours, others) => {
        const found = learn(heldBy(history, 'mine'), heldBy(history, 'theirs'), [ours, others]);
        expect(found.have).toEqual(onlyBy(history, 'mine'));
        expect(found.need).toEqual(onlyBy(history, 'theirs'));
        if (ours !== undefined && others !== undefined) {
          expect(found.longest).toBeLessThanOrEqual(MIN_FRAME_BYTES);
        }
      }),
    );
  });

  test('loses nothing wherever a frame is cut', () => {
    for (let length = 1; length < 40; length += 1) {
      const [history] = twoSides(600 + length, 0, 'recent');
      const found = learn(new OrderedIds(), history, [undefined, MIN_FRAME_BYTES]);
      expect(found.need).toHaveLength(600 + length);
    }
  });

  test('refuses a frame limit that the first frame may not fit', () => {
    const frameBytes = MIN_FRAME_BYTES - 1;
    expect(() => Negentropy.initiate(orderedIds([]), { frameBytes })).toThrow(RangeError);
    expect(() => Negentropy.respond(orderedIds([]), { frameBytes: Number.NaN })).toThrow(
      RangeError,
    );
  });
});
