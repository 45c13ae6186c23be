import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MessageId } from '../../main/helpers/ids.ts';
import { END } from '../../main/reconcile/bound.ts';
import {
  FINGERPRINT_BYTES,
  MAX_COMPARED,
  MIN_FRAME_BYTES,
  STEP_IDS,
} from '../../main/reconcile/constants.ts';
import { readFrame } from '../../main/reconcile/frame-reader.ts';
import { INITIATOR_MARK, MARK_BYTES, marked, RESPONDER_MARK } from '../../main/reconcile/mark.ts';
import { FrameWriter } from '../../main/reconcile/frame-writer.ts';
import {
  FrameError,
  MAX_FRAME_BYTES,
  OrderedIds,
  Reconciliation,
  type ReconciliationOptions,
} from '../../main/reconcile/index.ts';
import { idOf, orderedIds, twoSides, type Position } from './samples.ts';
import { heldBy, onlyBy, sets, type Sets } from './sets.ts';
import { reconcile, talk, type Talk } from './talk.ts';

const options: fc.Arbitrary<ReconciliationOptions> = fc.record({
  frameBytes: fc.constantFrom(MIN_FRAME_BYTES, undefined, MAX_FRAME_BYTES),
  splitting: fc.constantFrom(
    undefined,
    { buckets: 16, bucketIds: 1, leaf: 32 },
    { buckets: 2, bucketIds: 1, leaf: 2 },
  ),
});

/** What both ends learnt together, each difference as often as it was reported. */
function learnt({ initiator, responder }: Talk): { mine: MessageId[]; theirs: MessageId[] } {
  return {
    mine: [...initiator.have, ...responder.need].sort(),
    theirs: [...initiator.need, ...responder.have].sort(),
  };
}

/** One end whose set is watched. */
interface Watched {
  readonly ids: OrderedIds;
  readonly held: Set<MessageId>;
  readonly session: Reconciliation;
  /** Frames that are on their way to it. */
  readonly inbox: Uint8Array[];
  readonly have: MessageId[];
  readonly need: MessageId[];
}

function watch(history: Sets, holder: 'mine' | 'theirs'): Omit<Watched, 'session'> {
  const own = history.filter(({ side }) => side === holder || side === 'both');
  const held = new Set(own.map(({ id }) => id));
  return { ids: orderedIds(own), held, inbox: [], have: [], need: [] };
}

/** Lets `end` take its next frame; `meanwhile` runs after each step. */
function takeOne(end: Watched, other: Watched, meanwhile: () => void): void {
  const frame = end.inbox.shift();
  if (frame === undefined) return;
  for (const { frames, have, need } of end.session.receive(frame)) {
    for (const id of have) expect(end.held).toContain(id);
    for (const id of need) expect(end.held).not.toContain(id);
    expect(frames.every(({ length }) => length <= MIN_FRAME_BYTES)).toBe(true);
    other.inbox.push(...frames);
    end.have.push(...have);
    end.need.push(...need);
    meanwhile();
  }
}

function asksNothing(frame: Uint8Array): boolean {
  return readFrame(frame).every(({ mode }) => mode === 'skip');
}

describe('Reconciliation', () => {
  test('invariant 3 and 4: finds exactly the differences, each once and on one side; both know the end', () => {
    fc.assert(
      fc.property(sets, options, (history, choice) => {
        const found = reconcile(heldBy(history, 'mine'), heldBy(history, 'theirs'), choice);
        expect(learnt(found)).toEqual({
          mine: onlyBy(history, 'mine'),
          theirs: onlyBy(history, 'theirs'),
        });
        expect(found.initiator.session.isDone).toBe(true);
        expect(found.responder.session.isDone).toBe(true);
      }),
    );
  });

  test('invariant 3 to 5: holds while both sets change and frames cross, in any order', () => {
    const arrivals = fc.array(
      fc.record({ at: fc.nat(), mine: fc.boolean(), fresh: fc.boolean() }),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(
        sets,
        arrivals,
        fc.array(fc.boolean(), { minLength: 1 }),
        (history, coming, order) => {
          const [mine, theirs] = [watch(history, 'mine'), watch(history, 'theirs')];
          const start = { mine: new Set(mine.held), theirs: new Set(theirs.held) };
          const first = Reconciliation.initiate(mine.ids, { frameBytes: MIN_FRAME_BYTES });
          const initiator: Watched = { ...mine, session: first.session };
          const responder: Watched = {
            ...theirs,
            session: Reconciliation.respond(theirs.ids, { frameBytes: MIN_FRAME_BYTES }),
          };
          const waiting = [...coming];
          const meanwhile = (): void => {
            const arrival = waiting.pop();
            if (arrival === undefined || history.length === 0) return;
            // A message that the other side may hold, or one that is new to both.
            const known = history[arrival.at % history.length] as Position;
            const message = arrival.fresh ? { ...known, id: idOf(`fresh ${arrival.at}`) } : known;
            const end = arrival.mine ? initiator : responder;
            end.ids.insert(message.timestamp, message.id);
            end.held.add(message.id);
          };
          responder.inbox.push(...first.frames);
          for (let turns = 0; initiator.inbox.length + responder.inbox.length > 0; turns += 1) {
            expect(turns).toBeLessThan(10_000);
            meanwhile();
            const isInitiators = order[turns % order.length] === true && initiator.inbox.length > 0;
            if (isInitiators || responder.inbox.length === 0)
              takeOne(initiator, responder, meanwhile);
            else takeOne(responder, initiator, meanwhile);
          }
          expect(initiator.session.isDone && responder.session.isDone).toBe(true);
          const offered = [...initiator.have, ...responder.need];
          const wanted = [...initiator.need, ...responder.have];
          for (const ids of [offered, wanted]) expect(new Set(ids).size).toBe(ids.length);
          for (const id of start.mine)
            expect(theirs.held.has(id) || offered.includes(id)).toBe(true);
          for (const id of start.theirs)
            expect(mine.held.has(id) || wanted.includes(id)).toBe(true);
        },
      ),
    );
  });

  test('invariant 1 and 2: is not done before the last answer to the last frame', () => {
    const [mine, theirs] = twoSides(20_000, 500, 'scattered');
    const { session, frames } = Reconciliation.initiate(mine, { frameBytes: MIN_FRAME_BYTES });
    const responder = Reconciliation.respond(theirs, { frameBytes: MIN_FRAME_BYTES });
    const flights: number[] = [];
    let [end, other, flight] = [responder, session, [...frames]];
    while (flight.length > 0) {
      flights.push(flight.length);
      const answers: Uint8Array[] = [];
      for (const frame of flight) {
        expect(other.isDone).toBe(flight.every(asksNothing));
        for (const step of end.receive(frame)) {
          expect(end.isDone).toBe(false);
          answers.push(...step.frames);
        }
      }
      expect(end.isDone).toBe(answers.every(asksNothing));
      [end, other, flight] = [other, end, answers];
    }
    // Rounds of several frames were in flight at once, or this test shows nothing.
    expect(Math.max(...flights)).toBeGreaterThan(10);
    expect(session.isDone && responder.isDone).toBe(true);
  });

  test('says nothing more of equal sets than one frame each way', () => {
    const [mine, theirs] = twoSides(5_000, 0, 'recent');
    const { bytes, frames, roundTrips } = reconcile(mine, theirs);
    expect({ frames, roundTrips }).toEqual({ frames: 2, roundTrips: 1 });
    expect(bytes).toBeLessThan(400);
  });

  test('reports a whole history in short steps to a device that has nothing', () => {
    const [all] = twoSides(50_000, 0, 'recent');
    const { session, frames } = Reconciliation.initiate(new OrderedIds());
    const responder = Reconciliation.respond(all);
    const [frame = new Uint8Array()] = frames;
    const have: MessageId[] = [];
    const answers: Uint8Array[] = [];
    for (const step of responder.receive(frame)) {
      expect(step.have.length).toBeLessThanOrEqual(STEP_IDS);
      have.push(...step.have);
      // The list is not declared settled before all that it led to was reported.
      if (step.frames.length > 0) expect(new Set(have).size).toBe(50_000);
      answers.push(...step.frames);
    }
    expect(answers.map(({ length }) => length)).toEqual([4 + MARK_BYTES]);
    for (const answer of answers) expect([...session.receive(answer)]).toHaveLength(1);
    expect(session.isDone && responder.isDone).toBe(true);
  });

  test('narrows down a list that meets more than can be compared in one go', () => {
    const [all] = twoSides(2 * MAX_COMPARED, 0, 'recent');
    const few = [3n, 1_700_000_000_001n].map((timestamp) => ({
      timestamp,
      id: idOf(`${timestamp}`),
    }));
    const { session, frames } = Reconciliation.initiate(orderedIds(few));
    const [list = new Uint8Array()] = frames;
    const steps = [...Reconciliation.respond(all).receive(list)];
    expect(steps.flatMap(({ have }) => have)).toEqual([]);

    const found = talk(session, Reconciliation.respond(all), frames);
    const { mine, theirs } = learnt(found);
    expect(mine).toEqual(few.map(({ id }) => id).sort());
    expect([theirs.length, new Set(theirs).size]).toEqual([all.size, all.size]);
    expect(found.bytes).toBeLessThan(10_000);
    expect(found.initiator.session.isDone && found.responder.session.isDone).toBe(true);
  });

  test('refuses an answer to what was not asked, and a first frame with gaps', () => {
    const ids = orderedIds([{ timestamp: 5n, id: idOf('a') }]);
    const writer = new FrameWriter();
    writer.skip(END);
    const skipsAll = writer.finish();
    const nothing = Uint8Array.of(0x61);
    expect(() => Reconciliation.respond(ids).receive(skipsAll)).toThrow(FrameError);
    expect(() => Reconciliation.respond(ids).receive(nothing)).toThrow(FrameError);
    const { session } = Reconciliation.initiate(ids);
    expect(() => session.receive(marked(nothing, RESPONDER_MARK))).toThrow(FrameError);
    const other = Reconciliation.initiate(ids).session;
    expect([...other.receive(marked(skipsAll, RESPONDER_MARK))]).toHaveLength(1);
    expect(other.isDone).toBe(true);
    expect(() => other.receive(skipsAll)).toThrow(FrameError);
  });

  test('refuses an answer that goes beyond its question, or over it a second time', () => {
    const [mine] = twoSides(100, 0, 'recent');
    const asking = new FrameWriter();
    asking.fingerprint(END, new Uint8Array(FINGERPRINT_BYTES));
    const responder = Reconciliation.respond(mine);
    expect([...responder.receive(marked(asking.finish(), INITIATOR_MARK))]).toHaveLength(1);
    const half = new FrameWriter();
    half.skip({ timestamp: 1_700_000_000_001, prefix: new Uint8Array(0) });
    expect([...responder.receive(half.finish())]).toHaveLength(1);
    expect(() => responder.receive(half.finish())).toThrow(FrameError);
  });

  test('takes the next frame only after all steps of the one before', () => {
    const [mine, theirs] = twoSides(100, 50, 'recent');
    const { frames } = Reconciliation.initiate(mine);
    const [frame = new Uint8Array()] = frames;
    const responder = Reconciliation.respond(theirs);
    const steps = responder.receive(frame);
    expect(() => responder.receive(frame)).toThrow('steps');
    expect([...steps].length).toBeGreaterThan(0);
  });

  test('refuses frame sizes out of bounds', () => {
    const ids = new OrderedIds();
    for (const frameBytes of [MIN_FRAME_BYTES - 1, MAX_FRAME_BYTES + 1, Number.NaN]) {
      expect(() => Reconciliation.initiate(ids, { frameBytes })).toThrow(RangeError);
      expect(() => Reconciliation.respond(ids, { frameBytes })).toThrow(RangeError);
    }
  });
});
