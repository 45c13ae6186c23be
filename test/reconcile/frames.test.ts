import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../main/helpers/bytes.ts';
import { END, START, type Bound } from '../../main/reconcile/bound.ts';
import {
  FINGERPRINT_BYTES,
  ID_BYTES,
  MAX_FRAME_BYTES,
  MAX_RANGES,
  STEP_FINGERPRINTS,
  STEP_IDS,
} from '../../main/reconcile/constants.ts';
import { readFrame, type Range } from '../../main/reconcile/frame-reader.ts';
import { FrameWriter } from '../../main/reconcile/frame-writer.ts';
import {
  DEFAULT_FRAME_BYTES,
  FrameError,
  Negentropy,
  Reconciliation,
  type Step,
} from '../../main/reconcile/index.ts';
import { varintBytes } from '../../main/reconcile/varint.ts';
import { twoSides } from './samples.ts';
import type { Speaker } from './talk.ts';

const steps = fc.oneof(
  fc.constantFrom(0, 1, 126, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40),
  fc.nat(100_000),
);
const payloads = fc.oneof(
  fc.constant({ mode: 'skip' } as const),
  fc
    .uint8Array({ minLength: FINGERPRINT_BYTES, maxLength: FINGERPRINT_BYTES })
    .map((fingerprint) => ({ mode: 'fingerprint', fingerprint }) as const),
  fc
    .array(fc.uint8Array({ minLength: ID_BYTES, maxLength: ID_BYTES }), { maxLength: 5 })
    .map((ids) => ({ mode: 'ids', ids: concatBytes(...ids) }) as const),
);
const parts = fc.record({
  step: steps,
  prefix: fc.uint8Array({ maxLength: ID_BYTES }),
  payload: payloads,
});

/** Ranges in order, no two skips in a row, the last one up to infinity if `isWhole`. */
const rangeLists: fc.Arbitrary<Range[]> = fc
  .tuple(fc.array(parts, { maxLength: 20 }), fc.boolean())
  .map(([list, isWhole]) => {
    let timestamp = 0;
    const ranges: Range[] = [];
    for (const [index, { step, prefix, payload }] of list.entries()) {
      timestamp += step + 1;
      const upper: Bound = isWhole && index === list.length - 1 ? END : { timestamp, prefix };
      if (payload.mode === 'skip' && ranges.at(-1)?.mode === 'skip') ranges.pop();
      ranges.push({ ...payload, upper });
    }
    return ranges;
  });

function frameOf(ranges: readonly Range[]): Uint8Array {
  const writer = new FrameWriter();
  for (const range of ranges) {
    if (range.mode === 'skip') writer.skip(range.upper);
    else if (range.mode === 'ids') writer.ids(range.upper, range.ids);
    else writer.fingerprint(range.upper, range.fingerprint);
  }
  return writer.finish();
}

function faultOf(frame: Uint8Array): string {
  try {
    readFrame(frame);
  } catch (error) {
    if (error instanceof FrameError) return error.fault;
    throw error;
  }
  return 'none';
}

const [HISTORY, OTHERS] = twoSides(3_000, 200, 'scattered');

function inTurns(session: Negentropy): Speaker {
  return { isDone: false, receive: (frame): Step[] => [session.receive(frame)] };
}

/** One of each kind, as it is before it has heard anything. */
const SPEAKERS: readonly (() => Speaker)[] = [
  () => Reconciliation.respond(HISTORY),
  () => Reconciliation.initiate(HISTORY).session,
  () => inTurns(Negentropy.respond(HISTORY)),
  () => inTurns(Negentropy.initiate(HISTORY).session),
];

/** Frames of a real session, of both sides. */
function realFrames(): Uint8Array[] {
  const { session, frames } = Reconciliation.initiate(OTHERS);
  const responder = Reconciliation.respond(HISTORY);
  const said = [...frames];
  for (const frame of frames) {
    for (const step of responder.receive(frame)) said.push(...step.frames);
  }
  for (const frame of said.slice(frames.length)) {
    for (const step of session.receive(frame)) said.push(...step.frames);
  }
  return said;
}

/** Ids that a step may report, and bytes that it may say, for each frame of up to MAX_FRAME_BYTES. */
const MOST_IDS = STEP_IDS + MAX_FRAME_BYTES / ID_BYTES;
const MOST_BYTES = STEP_FINGERPRINTS * 1024 + DEFAULT_FRAME_BYTES;

/** Lets a session take a frame from outside; whatever the frame, it ends, in bounded steps. False: it was refused. */
function takes(speaker: Speaker, frame: Uint8Array): boolean {
  try {
    for (const { frames, have, need } of speaker.receive(frame)) {
      expect(have.length + need.length).toBeLessThanOrEqual(MOST_IDS);
      expect(concatBytes(...frames).length).toBeLessThanOrEqual(MOST_BYTES);
    }
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(FrameError);
    return false;
  }
}

describe('frames', () => {
  test('are read as they were written', () => {
    fc.assert(
      fc.property(rangeLists, (ranges) => {
        expect(readFrame(frameOf(ranges))).toEqual(ranges);
      }),
    );
  });

  test('are read with skips that follow one another as one, however many', () => {
    const skips = Array<number[]>(MAX_RANGES + 1).fill([2, 0, 0]);
    const frame = Uint8Array.from([0x61, ...skips.flat()]);
    const upper = { timestamp: MAX_RANGES + 1, prefix: START.prefix };
    expect(readFrame(frame)).toEqual([{ mode: 'skip', upper }]);
  });

  test.each([
    ['no bytes', [], 'version'],
    ['another version', [0x62], 'version'],
    ['a number that begins with a zero', [0x61, 0x80, 0x01, 0, 0], 'number'],
    ['a number of nine digits', [0x61, ...Array<number>(8).fill(0x81), 1, 0, 0], 'number'],
    ['a number above 2^53', [0x61, ...varintBytes(2 ** 53 + 2), 0, 0], 'number'],
    ['a timestamp of 2^53', [0x61, ...varintBytes(2 ** 53), 0, 0, 2, 0, 0], 'timestamp'],
    ['a prefix of 33 bytes', [0x61, 1, 33, ...Array<number>(33).fill(1), 0], 'bound'],
    ['infinity with a prefix', [0x61, 0, 1, 7, 0], 'bound'],
    ['bounds out of order', [0x61, 5, 1, 7, 0, 1, 1, 6, 0], 'bound'],
    ['an unknown mode', [0x61, 0, 0, 3], 'mode'],
    ['an end within a number', [0x61, 0x81], 'truncated'],
    ['an end after a bound', [0x61, 0, 0], 'truncated'],
    ['an end within a prefix', [0x61, 1, 4, 1, 2, 3], 'truncated'],
    ['an end within a fingerprint', [0x61, 0, 0, 1, ...Array<number>(15).fill(1)], 'truncated'],
    ['a list that says it is endless', [0x61, 0, 0, 2, ...varintBytes(2 ** 53)], 'truncated'],
    [
      'too many ranges',
      [
        0x61,
        ...Array<number[]>(MAX_RANGES + 1)
          .fill([1, 0, 2, 0])
          .flat(),
      ],
      'too-large',
    ],
    ['too many bytes', [0x61, ...Array<number>(MAX_FRAME_BYTES).fill(0)], 'too-large'],
  ])('are refused: %s', (_, bytes, fault) => {
    const frame = Uint8Array.from(bytes);
    expect(faultOf(frame)).toBe(fault);
    if (fault === 'version') return;
    for (const speaker of SPEAKERS) expect(takes(speaker(), frame)).toBe(false);
  });

  test('of any bytes are taken or refused, and no more', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isFrame) => {
        const frame = isFrame ? concatBytes(Uint8Array.of(0x61), bytes) : bytes;
        for (const speaker of SPEAKERS) takes(speaker(), frame);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of real sessions, garbled, are taken or refused, and no more', () => {
    const real = realFrames();
    const change = fc.record({
      at: fc.nat(),
      byte: fc.nat(255),
      cut: fc.constantFrom(false, false, true),
    });
    const taken = { yes: 0, no: 0 };
    fc.assert(
      fc.property(fc.nat(), fc.array(change, { maxLength: 4 }), (which, changes) => {
        let frame = (real[which % real.length] ?? new Uint8Array()).slice();
        for (const { at, byte, cut } of changes) {
          if (cut) frame = frame.slice(0, at % (frame.length + 1));
          else if (frame.length > 0) frame[at % frame.length] = byte;
        }
        for (const speaker of SPEAKERS) taken[takes(speaker(), frame) ? 'yes' : 'no'] += 1;
      }),
    );
    expect(Math.min(taken.yes, taken.no)).toBeGreaterThan(0);
  });

  test('as large as may be are answered in bounded steps', () => {
    const [ids] = twoSides(100_000, 0, 'recent');
    const writer = new FrameWriter();
    const forged = new Uint8Array(FINGERPRINT_BYTES);
    let timestamp = 1_700_000_000_000;
    while (writer.length < MAX_FRAME_BYTES - 100) {
      timestamp += 120_000;
      writer.fingerprint({ timestamp, prefix: START.prefix }, forged);
    }
    writer.fingerprint(END, forged);
    const responder = Reconciliation.respond(ids);
    expect(takes(responder, writer.finish())).toBe(true);
    expect(responder.isDone).toBe(false);
  });
});
