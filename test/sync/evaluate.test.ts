import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  HELLO_WAIT_MS,
  INCOMPATIBLE_RETRY_MS,
  INTERVAL_GRACE_MS,
  PAUSED_PROBE_MS,
  RETRY_MAX_MS,
  STALL_MS,
  STATUS_INTERVAL_MS,
} from '../../main/sync/constants.ts';
import {
  FRAME_COST_BYTES,
  REJECTED_PER_SESSION_MAX,
  WASTED_BYTES_PER_SECOND,
  WASTED_PER_SESSION_MAX,
} from '../../main/sync/constants.ts';
import { evaluate } from '../../main/sync/evaluate.ts';
import type { EndCause, PeerEvent } from '../../main/sync/peer-state.ts';
import {
  began,
  counted,
  dialling,
  ended,
  frame,
  heard,
  inStep,
  said,
  settings,
  told,
  type Step,
} from './peer-events.ts';

const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;
const SECOND = 1_000;

function decide(...steps: readonly Step[]) {
  const { state, now } = told(...steps);
  return evaluate(state, now);
}

describe('invariants of evaluate', () => {
  test('1: a peer that is paused here is told so, and then its session ends, with nothing exchanged', () => {
    const paused = settings({ paused: true });
    expect(decide(counted(0), paused)).toMatchObject({ reach: 'accept', wakeAt: undefined });
    expect(decide(...inStep, paused)).toMatchObject({
      say: { pending: 0, paused: true },
      end: undefined,
      exchange: false,
    });
    expect(decide(...inStep, paused, said(0, true))).toMatchObject({
      say: undefined,
      end: 'paused',
    });
    // The same for a session that the peer begins meanwhile.
    expect(decide(counted(3), paused, began)).toMatchObject({
      say: { pending: 3, paused: true },
      exchange: false,
    });
  });

  test('2: a peer that has paused there is left alone, let in, and asked again after a long time', () => {
    const there = [counted(1), began, said(1), heard({ paused: true })];
    expect(decide(...there)).toMatchObject({ end: 'paused-there', exchange: false });
    const over = [...there, ended('paused-there')];
    expect(decide(...over)).toMatchObject({ reach: 'accept' });
    expect(decide(...over, PAUSED_PROBE_MS - 1)).toMatchObject({ reach: 'accept' });
    expect(decide(...over, PAUSED_PROBE_MS)).toMatchObject({ reach: 'dial' });
    // It has resumed: it comes by itself, and says so.
    expect(decide(...over, began, said(1), heard())).toMatchObject({
      end: undefined,
      exchange: true,
    });
  });

  test('3: an interval peer is dialled when its round is due, and let go once both agree', () => {
    const often = settings({ interval: 60 });
    expect(decide(often, counted(0))).toMatchObject({ reach: 'dial' });
    expect(decide(often, counted(0), began, said(0, false, 60)).end).toBeUndefined();
    expect(decide(often, counted(2), began, said(2, false, 60), heard()).end).toBeUndefined();
    const agreed = [often, counted(0), began, said(0, false, 60), heard()];
    expect(decide(...agreed).end).toBe('rested');
    const rested = [...agreed, ended('rested')];
    expect(decide(...rested, 59 * SECOND)).toMatchObject({ reach: 'accept' });
    expect(decide(...rested, 60 * SECOND)).toMatchObject({ reach: 'dial' });
    // A session that was cut before both agreed was no round.
    expect(decide(often, counted(2), began, heard(), ended('closed'))).toMatchObject({
      reach: 'dial',
    });
    expect(decide(...inStep).end).toBeUndefined();
  });

  test('4: a peer that comes by itself is not dialled while it keeps to its interval', () => {
    const theirs = [counted(0), began, said(0), heard({ interval: 60 }), ended('closed')];
    const silence = 2 * 60 * SECOND + INTERVAL_GRACE_MS;
    expect(decide(...theirs, silence - 1)).toMatchObject({ reach: 'accept' });
    expect(decide(...theirs, silence)).toMatchObject({ reach: 'dial' });
    // With an interval of its own this device dials by that.
    expect(decide(settings({ interval: 30 }), ...theirs, 30 * SECOND)).toMatchObject({
      reach: 'dial',
    });
  });

  test('5: nothing is exchanged before the peer has spoken, or in another version', () => {
    expect(decide(counted(1), began, HELLO_WAIT_MS - 1).exchange).toBe(false);
    expect(decide(counted(1), began, HELLO_WAIT_MS).exchange).toBe(true);
    expect(decide(counted(1), began, frame).exchange).toBe(true);
    for (const version of [0, 2, 99]) {
      const other = [counted(1), began, heard({ version })];
      expect(decide(...other)).toMatchObject({ end: 'incompatible', exchange: false });
      const over = [...other, ended('incompatible')];
      expect(decide(...over, INCOMPATIBLE_RETRY_MS - 1).reach).toBe('refuse');
      expect(decide(...over, INCOMPATIBLE_RETRY_MS).reach).toBe('dial');
      expect(decide(...over, INCOMPATIBLE_RETRY_MS, began, heard()).end).toBeUndefined();
    }
  });

  test('6: a session stalls when something is owed and no byte has moved for too long, and only then', () => {
    expect(decide(...inStep, YEAR_MS).end).toBeUndefined();
    const owing = [...inStep, YEAR_MS, counted(1)];
    expect(decide(...owing, STALL_MS - 1).end).toBeUndefined();
    expect(decide(...owing, STALL_MS).end).toBe('stalled');
    expect(decide(...owing, STALL_MS - 1, frame, STALL_MS - 1).end).toBeUndefined();
    const wrote = (hadToWait: boolean): PeerEvent => ({ type: 'wrote', bytes: 1, hadToWait });
    expect(decide(...owing, STALL_MS - 1, wrote(true), STALL_MS - 1).end).toBeUndefined();
    // What went into a buffer proves nothing.
    expect(decide(...owing, STALL_MS - 1, wrote(false), 1).end).toBe('stalled');
    expect(decide(...inStep, heard({ pending: 1 }), STALL_MS).end).toBe('stalled');
    expect(decide(counted(0), began, STALL_MS).end).toBe('stalled');
    // A link that is slower than that gets twice the time after each stall.
    const again = [...owing, STALL_MS, ended('stalled'), began, said(1), heard()];
    expect(decide(...again, 2 * STALL_MS - 1).end).toBeUndefined();
    expect(decide(...again, 2 * STALL_MS).end).toBe('stalled');
  });

  test('7: after a failure nothing is dialled until the wait is over, and the guilty are not let in', () => {
    const reach = (cause: EndCause) => decide(counted(1), began, ended(cause)).reach;
    expect(reach('stalled')).toBe('accept');
    expect(reach('closed')).toBe('accept');
    expect(reach('protocol')).toBe('refuse');
    expect(reach('store')).toBe('refuse');
    expect(decide(counted(1), began, ended('protocol'), began).end).toBe('unwanted');
    const failed = [began, ended('stalled')];
    expect(decide(...failed, 999).reach).toBe('accept');
    expect(decide(...failed, 1_000).reach).toBe('dial');
    expect(decide(...failed, ...failed, 1_999).reach).toBe('accept');
    expect(decide(...failed, ...failed, 2_000).reach).toBe('dial');
    const often = Array.from({ length: 40 }, () => failed).flat();
    expect(decide(...often, RETRY_MAX_MS - 1).reach).toBe('accept');
    expect(decide(...often, RETRY_MAX_MS).reach).toBe('dial');
    // Progress makes the waits short again.
    const moved: PeerEvent = { type: 'moved', sent: 0, received: 1 };
    expect(decide(...often, began, moved, ended('stalled'), 1_000).reach).toBe('dial');
  });

  test('8: only a fresh count is said; of nothing at once, of other numbers five times a second', () => {
    expect(decide(counted(2, false), began).say).toBeUndefined();
    expect(decide(counted(2), began).say).toMatchObject({ pending: 2 });
    const three = [counted(3), began, heard(), said(3)];
    expect(decide(...three, counted(2)).say).toBeUndefined();
    expect(decide(...three, counted(2), STATUS_INTERVAL_MS).say).toMatchObject({ pending: 2 });
    expect(decide(...three, counted(0)).say).toMatchObject({ pending: 0 });
    expect(decide(...three, counted(0), { type: 'committing' }).say).toBeUndefined();
    expect(decide(...inStep, counted(1)).say).toMatchObject({ pending: 1 });
    // Who comes back without its store is owed all of it, whatever was counted before.
    expect(
      decide(...inStep, heard({ storeId: 'bb'.repeat(16) }), settings({ interval: 9 })).say,
    ).toBeUndefined();
  });

  test('9: what a person asks for by hand is dialled, except a peer that is paused here', () => {
    const nudged: PeerEvent = { type: 'nudged' };
    const pausedThere = [counted(1), began, heard({ paused: true }), ended('paused-there')];
    const waits: readonly (readonly Step[])[] = [
      [counted(1), began, ended('protocol')],
      [counted(1), began, heard({ version: 9 }), ended('incompatible')],
      [counted(1), began, heard({ paused: true }), ended('paused-there')],
      [...inStep, heard({ interval: 600 }), ended('closed')],
      [settings({ interval: 600 }), ...inStep, ended('rested')],
    ];
    for (const wait of waits) {
      expect(decide(...wait).reach).not.toBe('dial');
      expect(decide(...wait, nudged).reach).toBe('dial');
    }
    expect(decide(settings({ paused: true }), counted(1), nudged).reach).toBe('accept');
    // It is over with the next word of the peer.
    expect(
      decide(...pausedThere, nudged, began, heard({ paused: true }), ended('paused-there')).reach,
    ).toBe('accept');
  });

  test('10: a clock that is set back ends waits', () => {
    const waits: readonly (readonly Step[])[] = [
      [counted(1), began, ended('stalled')],
      [counted(1), began, heard({ version: 9 }), ended('incompatible')],
      [counted(1), began, heard({ paused: true }), ended('paused-there')],
      [...inStep, heard({ interval: 600 }), ended('closed')],
      [settings({ interval: 600 }), ...inStep, ended('rested')],
    ];
    for (const wait of waits) {
      expect(decide(...wait).reach).not.toBe('dial');
      expect(decide(...wait, -YEAR_MS)).toMatchObject({ reach: 'dial', wakeAt: undefined });
    }
    expect(decide(...inStep, -YEAR_MS, counted(1), STALL_MS - 1).end).toBeUndefined();
  });

  test('10: a session goes on when the clock is set back, and its silence is counted from then', () => {
    for (const back of [-1, -5_000, -YEAR_MS]) {
      const owed = [counted(1), began, heard(), back] as const;
      expect(decide(...owed).end).toBeUndefined();
      expect(decide(...owed, dialling, STALL_MS - 1).end).toBeUndefined();
      expect(decide(...owed, dialling, STALL_MS).end).toBe('stalled');
    }
  });

  test('11: a session ends as misbehaving once too much of it was of no use; what is of use makes up for it', () => {
    const taken = (bytes: number, isOfUse: boolean): PeerEvent => ({
      type: 'taken',
      bytes,
      isOfUse,
    });
    const most = WASTED_PER_SESSION_MAX;
    const steps = [counted(0), began, frame] as const;
    expect(decide(...steps, taken(most, false)).end).not.toBe('misbehaving');
    expect(decide(...steps, taken(most, false), taken(1, false)).end).toBe('misbehaving');
    const useful = [taken(most, false), taken(5_000, true), taken(5_000, false)] as const;
    expect(decide(...steps, ...useful).end).not.toBe('misbehaving');
    expect(decide(...steps, ...useful, taken(1, false)).end).toBe('misbehaving');
    const later = [taken(most, false), SECOND, taken(WASTED_BYTES_PER_SECOND, false)] as const;
    expect(decide(...steps, ...later).end).not.toBe('misbehaving');
    expect(decide(...steps, ...later, taken(1, false)).end).toBe('misbehaving');
    const tiny = Array.from({ length: most / FRAME_COST_BYTES }, () => taken(1, false));
    expect(decide(...steps, ...tiny).end).not.toBe('misbehaving');
    expect(decide(...steps, ...tiny, taken(1, false)).end).toBe('misbehaving');
  });

  test('11: a session ends as misbehaving once too many of its messages were rejected, and the wait grows', () => {
    const rejected = (messages: number): PeerEvent => ({ type: 'rejected', messages });
    const most = REJECTED_PER_SESSION_MAX;
    expect(decide(counted(0), began, frame, rejected(most)).end).toBeUndefined();
    expect(decide(counted(0), began, frame, rejected(most), rejected(1)).end).toBe('misbehaving');
    const dropped = [began, frame, rejected(most + 1), ended('misbehaving')];
    const first = told(counted(0), ...dropped).state.failure?.waitMs ?? 0;
    expect(first).toBeGreaterThanOrEqual(15_000);
    // Good messages between the bad ones make up for nothing.
    const moved: PeerEvent = { type: 'moved', sent: 5, received: 5 };
    const again = told(
      counted(0),
      ...dropped,
      began,
      frame,
      moved,
      rejected(most + 1),
      ended('misbehaving'),
    );
    expect(again.state.failure?.waitMs).toBe(2 * first);
    expect(decide(counted(0), ...dropped).reach).toBe('refuse');
  });

  test('12: until wakeAt, and without an event, the decision stays what it is', () => {
    const events = fc.oneof(
      fc.constantFrom<PeerEvent>(began, frame, { type: 'nudged' }, { type: 'committing' }),
      fc.nat(3).map((messages) => counted(messages)),
      fc
        .record({
          pending: fc.nat(2),
          paused: fc.boolean(),
          interval: fc.constantFrom(0, 60),
          version: fc.constantFrom(1, 1, 2),
        })
        .map(heard),
      fc
        .record({ paused: fc.boolean(), interval: fc.constantFrom('live' as const, 60) })
        .map(settings),
      fc
        .constantFrom<EndCause>('closed', 'stalled', 'protocol', 'rested', 'incompatible')
        .map(ended),
      fc.tuple(fc.nat(2), fc.boolean()).map(([pending, paused]) => said(pending, paused)),
      fc.constantFrom(1, 150, 1_000, 29_000, 600_000),
    );
    fc.assert(
      fc.property(
        fc.array(events, { maxLength: 14 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (steps, part) => {
          const { state, now } = told(...steps);
          const before = evaluate(state, now);
          const until = before.wakeAt ?? now + YEAR_MS;
          expect(until).toBeGreaterThan(now);
          const later = evaluate(state, now + Math.floor((until - now) * part));
          expect({ ...later, wakeAt: 0 }).toEqual({ ...before, wakeAt: 0 });
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
