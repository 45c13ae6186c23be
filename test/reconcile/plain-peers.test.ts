/** `Reconciliation` with a peer that speaks negentropy V1 as others do: whoever begins learns the exact difference. */
import { describe, expect, test } from 'vitest';
import type { MessageId } from '../../main/helpers/ids.ts';
import { FrameError, MIN_FRAME_BYTES, Reconciliation } from '../../main/reconcile/index.ts';
import { INITIATOR_MARK, marked } from '../../main/reconcile/mark.ts';
import { PlainV1 } from './plain-v1.ts';
import { idOf, orderedIds, type Position } from './samples.ts';

interface Kind {
  readonly ours: readonly Position[];
  readonly theirs: readonly Position[];
}

const COUNT = 10_000;
/** Far more frames than any of these takes. */
const MOST_FRAMES = 5_000;

/** `COUNT` positions, of which each side lacks every hundredth. */
function history(name: string, time: (at: number) => bigint): Kind {
  const all = Array.from({ length: COUNT }, (_, at) => ({
    timestamp: time(at),
    id: idOf(`${name} ${at}`),
  }));
  return {
    ours: all.filter((_, at) => at % 100 !== 17),
    theirs: all.filter((_, at) => at % 100 !== 53),
  };
}

const SECONDS = history('s', (at) => 1_600_000_000n + BigInt(at) * 60n);
const FEW = SECONDS.ours.slice(0, 32);
const NOTHING: readonly Position[] = [];

const KINDS: Readonly<Record<string, Kind>> = {
  seconds: SECONDS,
  milliseconds: history('ms', (at) => 1_700_000_000_123n + BigInt(at) * 61_007n),
  'five in each millisecond': history('5', (at) => 1_700_000_000_000n + BigInt(Math.floor(at / 5))),
  'one timestamp': history('1', () => 1_700_000_000n),
  'around 2^31 and 2^32': history('2', (at) =>
    at % 2 === 0 ? 2n ** 31n - 2_500n + BigInt(at) : 2n ** 32n - 2_500n + BigInt(at),
  ),
  'up to 2^53 - 1': history('53', (at) => 2n ** 53n - BigInt(COUNT) + BigInt(at)),
  equal: { ours: SECONDS.ours, theirs: SECONDS.ours },
  empty: { ours: NOTHING, theirs: NOTHING },
  '31 and 32': { ours: FEW.slice(0, 31), theirs: FEW },
  disjoint: {
    ours: history('left', (at) => 1_700_000_000n + BigInt(at)).ours.slice(0, 5_000),
    theirs: history('right', (at) => 1_700_000_000n + BigInt(at)).ours.slice(0, 5_000),
  },
  'ours alone': { ours: SECONDS.ours, theirs: NOTHING },
  'theirs alone': { ours: NOTHING, theirs: SECONDS.ours },
};
const LIMITS = [undefined, MIN_FRAME_BYTES, 20_000];

function missing(from: readonly Position[], held: readonly Position[]): string[] {
  const ids = new Set(held.map(({ id }) => id));
  return from.flatMap(({ id }) => (ids.has(id) ? [] : [id])).sort();
}

const sorted = (ids: Iterable<string>): string[] => [...ids].sort();

/** A plain initiator against our responder. */
function askedBy({ ours, theirs }: Kind, limit: number | undefined) {
  const plain = new PlainV1(theirs, limit);
  const responder = Reconciliation.respond(orderedIds(ours), { frameBytes: limit });
  let longest = 0;
  let frames = 0;
  for (let frame: Uint8Array | undefined = plain.initiate(); frame !== undefined; frames += 1) {
    expect(frames).toBeLessThan(MOST_FRAMES);
    const answers = [...responder.receive(frame)].flatMap((step) => step.frames);
    expect(answers).toHaveLength(1);
    const [answer = new Uint8Array()] = answers;
    longest = Math.max(longest, answer.length);
    frame = plain.receive(answer);
  }
  return { plain, responder, longest };
}

/** Our initiator against a plain responder. */
function askedByUs({ ours, theirs }: Kind, limit: number | undefined) {
  const plain = new PlainV1(theirs, limit);
  const { session, frames } = Reconciliation.initiate(orderedIds(ours), { frameBytes: limit });
  const have: MessageId[] = [];
  const need: MessageId[] = [];
  expect(frames).toHaveLength(1);
  let [frame] = frames;
  let longest = 0;
  for (let turns = 0; frame !== undefined; turns += 1) {
    expect(turns).toBeLessThan(MOST_FRAMES);
    expect(session.isDone).toBe(false);
    longest = Math.max(longest, frame.length);
    const answer = plain.receive(frame);
    if (answer === undefined) throw new Error('a responder always answers');
    const next: Uint8Array[] = [];
    for (const step of session.receive(answer)) {
      have.push(...step.have);
      need.push(...step.need);
      next.push(...step.frames);
    }
    expect(next.length).toBeLessThanOrEqual(1);
    [frame] = next;
  }
  return { session, have, need, longest };
}

describe.each(Object.entries(KINDS))('of sets: %s', (_name, kind) => {
  test.each(LIMITS)(
    'a plain initiator learns it from our responder, with a frame limit of %s',
    (limit) => {
      const { plain, longest } = askedBy(kind, limit);
      expect(plain.isDone).toBe(true);
      expect(sorted(plain.have)).toEqual(missing(kind.theirs, kind.ours));
      expect(sorted(plain.need)).toEqual(missing(kind.ours, kind.theirs));
      if (limit !== undefined) expect(Math.max(longest, plain.longest)).toBeLessThanOrEqual(limit);
    },
  );

  test.each(LIMITS)(
    'our initiator learns it from a plain responder, with a frame limit of %s',
    (limit) => {
      const { session, have, need, longest } = askedByUs(kind, limit);
      expect(session.isDone).toBe(true);
      expect(sorted(have)).toEqual(missing(kind.ours, kind.theirs));
      expect(sorted(need)).toEqual(missing(kind.theirs, kind.ours));
      if (limit !== undefined) expect(longest).toBeLessThanOrEqual(limit);
    },
  );
});

describe('two plain peers of the test', () => {
  test.each(LIMITS)(
    'find the same with a frame limit of %s, so that it is them that are right',
    (limit) => {
      const [one, other] = [new PlainV1(SECONDS.ours, limit), new PlainV1(SECONDS.theirs, limit)];
      for (let frame: Uint8Array | undefined = one.initiate(); frame !== undefined;) {
        frame = one.receive(other.receive(frame) ?? new Uint8Array());
      }
      expect(sorted(one.have)).toEqual(missing(SECONDS.ours, SECONDS.theirs));
      expect(sorted(one.need)).toEqual(missing(SECONDS.theirs, SECONDS.ours));
    },
  );
});

describe('a peer that is recognised', () => {
  const ids = orderedIds(SECONDS.ours);

  test('by its first frame keeps to its way: what comes after is judged by it', () => {
    const { session, frames } = Reconciliation.initiate(ids);
    const responder = Reconciliation.respond(orderedIds(SECONDS.theirs));
    const [first = new Uint8Array()] = frames;
    const answers = [...responder.receive(first)].flatMap((step) => step.frames);
    for (const answer of answers)
      for (const step of session.receive(answer)) expect(step).toBeDefined();
    // A plain peer may send this; among two of this kind nothing was asked any more.
    expect(() => Reconciliation.respond(ids).receive(Uint8Array.of(0x61))).toThrow(FrameError);
  });

  test('is plain where it repeats our mark in front of its answer, as implementations do that join skips', () => {
    const { session, frames } = Reconciliation.initiate(ids);
    const [first = new Uint8Array()] = frames;
    const answer = new PlainV1(SECONDS.theirs).receive(first) ?? new Uint8Array();
    expect([...answer.subarray(1, 4)]).toEqual([1, 0, 0]);
    const need = [...session.receive(answer)].flatMap((step) => step.need);
    expect(need).toEqual([]);
    expect(session.isDone).toBe(false);
  });

  test('is plain with any other number of empty skips', () => {
    const plain = new PlainV1(SECONDS.theirs);
    const twice = marked(marked(plain.initiate(), INITIATOR_MARK), INITIATOR_MARK);
    // A first frame of a plain peer has no skips.
    expect(() => Reconciliation.respond(ids).receive(twice)).toThrow(FrameError);
  });

  test('may be malformed in any way: a FrameError, in both roles', () => {
    for (const frame of [[], [0x62], [0x61, 1], [0x61, 0, 0, 3], [0x61, 1, 0, 0, 1]]) {
      const bytes = Uint8Array.from(frame);
      expect(() => Reconciliation.respond(ids).receive(bytes)).toThrow(FrameError);
      expect(() => Reconciliation.initiate(ids).session.receive(bytes)).toThrow(FrameError);
    }
  });

  test('reports a large difference in steps of at most 500 each way', () => {
    const { session } = Reconciliation.initiate(orderedIds([]));
    const plain = new PlainV1(SECONDS.theirs);
    const { frames } = Reconciliation.initiate(orderedIds([]));
    const answer = plain.receive(frames[0] ?? new Uint8Array()) ?? new Uint8Array();
    const steps = [...session.receive(answer)];
    expect(steps.every(({ need }) => need.length <= 500)).toBe(true);
    expect(steps.flatMap(({ need }) => need)).toHaveLength(SECONDS.theirs.length);
  });
});
