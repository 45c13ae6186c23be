import { describe, expect, test } from 'vitest';
import { CONNECT_PATIENCE_MS } from '../../main/sync/constants.ts';
import type { PeerEvent } from '../../main/sync/peer-state.ts';
import { removedStatus, statusOf, statusWakeAt } from '../../main/sync/status.ts';
import {
  began,
  counted,
  coverage,
  dialling,
  ended,
  frame,
  heard,
  inStep,
  PEER,
  said,
  settings,
  T0,
  told,
  type Step,
} from './peer-events.ts';

function status(...steps: readonly Step[]) {
  const { state, now } = told(...steps);
  return statusOf(state, now);
}

const wrote = (bytes: number): PeerEvent => ({ type: 'wrote', bytes, hadToWait: false });
/** A hello that does not say how much is waiting. */
const unsure: PeerEvent = {
  type: 'frame',
  bytes: 30,
  hello: { version: 1, storeId: 'aa'.repeat(16), maxPayloadBytes: 0 },
};
const moved = (sent: number, received: number): PeerEvent => ({ type: 'moved', sent, received });

describe('the state of a peer', () => {
  test.each<[string, readonly Step[], object]>([
    ['nothing was tried yet', [], { kind: 'offline', nextAt: undefined }],
    ['it is tried', [dialling], { kind: 'connecting' }],
    ['it was tried for long', [dialling, CONNECT_PATIENCE_MS], { kind: 'offline' }],
    ['connected, and not heard of', [dialling, began], { kind: 'connecting', path: 'lan' }],
    ['something is owed', [counted(1), began, heard()], { kind: 'transferring', path: 'lan' }],
    ['the other side owes', [...inStep, heard({ pending: 1 })], { kind: 'transferring' }],
    ['it has not said how much', [counted(0), began, said(0), frame], { kind: 'transferring' }],
    ['this side has not said so', [counted(0), began, heard()], { kind: 'transferring' }],
    ['a commit is under way', [...inStep, { type: 'committing' }], { kind: 'transferring' }],
    ['both have nothing', inStep, { kind: 'up-to-date', path: 'lan' }],
    ['it was cut', [...inStep, ended('closed'), dialling], { kind: 'offline', nextAt: undefined }],
    ['paused here', [...inStep, settings({ paused: true })], { kind: 'paused' }],
    ['paused here, offline', [settings({ paused: true })], { kind: 'paused' }],
    ['paused there', [...inStep, heard({ paused: true })], { kind: 'paused-there' }],
    [
      'paused there, and the session over',
      [...inStep, heard({ paused: true }), ended('paused-there')],
      { kind: 'paused-there' },
    ],
    [
      'it waits for its interval',
      [settings({ interval: 60 }), ...inStep, ended('rested'), 1_000],
      { kind: 'offline', nextAt: T0 + 60_000 },
    ],
    [
      'it is waited for, at its interval',
      [...inStep, heard({ interval: 60 }), ended('closed'), 1_000],
      { kind: 'offline', nextAt: T0 + 60_000 },
    ],
    [
      'it stalled',
      [counted(1), began, heard(), ended('stalled')],
      { kind: 'failing', reason: 'stalled', nextTryAt: T0 + 1_000 },
    ],
    [
      'it closed without a word',
      [began, ended('closed')],
      { kind: 'failing', reason: 'refused', nextTryAt: T0 + 1_000 },
    ],
    ['it sent garbage', [began, frame, ended('protocol')], { kind: 'failing', reason: 'protocol' }],
    ['this store failed', [began, frame, ended('store')], { kind: 'failing', reason: 'store' }],
    [
      'it failed long ago, and cannot be reached',
      [began, ended('stalled'), 1_000 + CONNECT_PATIENCE_MS],
      { kind: 'offline' },
    ],
    [
      'another version',
      [began, heard({ version: 2 }), ended('incompatible'), dialling],
      { kind: 'incompatible', ours: 1, theirs: 2 },
    ],
    [
      'another version before its update',
      [began, heard({ version: 2 }), ended('incompatible'), counted(0), began, said(0), heard()],
      { kind: 'up-to-date' },
    ],
  ])('%s', (_, steps, expected) => {
    expect(status(...steps).state).toMatchObject(expected);
  });

  test.each<[string, readonly Step[]]>([
    ['while it is not known what the other holds', [...inStep, coverage(false, false)]],
    ['while the other does not know', [counted(0), began, said(0), unsure]],
    ['while the agreement is proven', [...inStep, coverage(true, false)]],
  ])('is reconciling %s', (_, steps) => {
    expect(status(...steps).state).toEqual({ kind: 'reconciling', path: 'lan' });
  });

  test('is removed when the group drops it', () => {
    const { state, now } = told(counted(3), began, heard({ pending: 4 }));
    expect(removedStatus(state, now)).toMatchObject({
      peerId: PEER,
      state: { kind: 'removed' },
      toSend: 0,
      lastContact: T0,
    });
  });

  test('changes by itself at the time that it says', () => {
    for (const steps of [[dialling], [began, ended('stalled')]] as const) {
      const { state, now } = told(...steps);
      const at = statusWakeAt(state, now) ?? 0;
      const kinds = [at - 1, at].map((time) => statusOf(state, time).state.kind);
      expect(kinds[0]).not.toBe('offline');
      expect(kinds[1]).toBe('offline');
      expect(statusWakeAt(state, at)).toBeUndefined();
    }
  });
});

describe('the numbers', () => {
  test('count what is to be sent, and what the other side last said it has, in this session', () => {
    expect(status(counted(3))).toMatchObject({ toSend: 3, toReceive: undefined });
    const both = [counted(3), began, heard({ pending: 4 })];
    expect(status(...both)).toMatchObject({ toSend: 3, toReceive: 4 });
    expect(status(...both, moved(0, 4))).toMatchObject({ toReceive: 4 });
    expect(status(...both, heard({ pending: 0 }))).toMatchObject({ toReceive: 0 });
    expect(status(...both, ended('closed'))).toMatchObject({ toSend: 3, toReceive: undefined });
  });

  test('count the bytes of the session, and keep them after it until the next', () => {
    const some = [began, frame, frame, wrote(70)];
    expect(status(...some)).toMatchObject({ bytesReceived: 2_000, bytesSent: 70 });
    const over = [...some, ended('closed')];
    expect(status(...over)).toMatchObject({ bytesReceived: 2_000, bytesSent: 70 });
    expect(status(...over, began)).toMatchObject({ bytesReceived: 0, bytesSent: 0 });
  });

  test('last contact is the last word of the peer; last in step, when both last agreed', () => {
    expect(status(began, 5_000)).toMatchObject({ lastContact: undefined });
    const agreed = [...inStep, 5_000];
    expect(status(...agreed)).toMatchObject({ lastContact: T0 + 5_000, lastInSync: T0 });
    const over = [...agreed, counted(1), ended('closed'), 7_000];
    expect(status(...over)).toMatchObject({ lastContact: T0 + 5_000, lastInSync: T0 });
    expect(status(counted(0), began, heard({ pending: 2 }))).toMatchObject({
      lastInSync: undefined,
    });
  });

  test('time left is there only once the rate is stable, and is what is left over that rate', () => {
    const second: readonly Step[] = [1_000, wrote(10_000), moved(10, 0)];
    const seconds = (count: number) =>
      status(counted(100), began, heard(), ...Array.from({ length: count }, () => second).flat());
    const left = (count: number) => {
      const { state } = seconds(count);
      return state.kind === 'transferring' ? state.secondsLeft : Number.NaN;
    };
    expect(left(1)).toBeUndefined();
    expect(left(2)).toBeUndefined();
    // Ten messages of 1,000 bytes a second, a hundred to go.
    expect(left(20)).toBeGreaterThan(8);
    expect(left(20)).toBeLessThan(12);
    const { state } = seconds(20);
    expect(state).toMatchObject({ kind: 'transferring', receiving: expect.any(Number) as number });
  });
});
