import { describe, expect, it } from 'vitest';
import { FIRST_SETTINGS } from '../../main/desktop/host-settings.ts';
import type { ChosenSettings } from '../../main/desktop/host-settings.ts';
import { decideNotifications, firstNotifyState } from '../../main/desktop/notifications.ts';
import type { NotifyEffect, NotifyEvent } from '../../main/desktop/notifications.ts';
import { conversation, DAY, NOW, peer, status } from './status-of.ts';

/** The decisions about one event after another; what was told, by its title, and what was withdrawn. */
function scene(settings: Partial<ChosenSettings> = {}, staleTold: Record<string, number> = {}) {
  let state = firstNotifyState({ ...FIRST_SETTINGS, ...settings }, staleTold);
  const effects = (event: NotifyEvent, now = NOW): readonly NotifyEffect[] => {
    const decided = decideNotifications(state, event, now);
    ({ state } = decided);
    return decided.effects;
  };
  const told = (event: NotifyEvent, now = NOW) =>
    effects(event, now).flatMap((effect) => (effect.kind === 'tell' ? [effect.told.title] : []));
  const withdrawn = (event: NotifyEvent) =>
    effects(event).flatMap((effect) => (effect.kind === 'withdraw' ? [effect.tag] : []));
  return { effects, told, withdrawn };
}

const unread = (...counts: [string, number][]): NotifyEvent => ({
  kind: 'conversations',
  conversations: counts.map(([name, count]) => conversation(name, count)),
});
const focus = (focused: boolean): NotifyEvent => ({ kind: 'focus', focused });
const asks: NotifyEvent = {
  kind: 'pairing',
  pairing: {
    kind: 'approving',
    requestId: '1',
    id: 'x',
    name: 'Laptop',
    system: 'Linux',
    path: 'lan',
    needsCheck: false,
    similarTo: [],
  },
};
const of = (...args: Parameters<typeof status>): NotifyEvent => ({
  kind: 'status',
  status: status(...args),
});

describe('invariant 1: messages', () => {
  it('are told of by conversation, with how many there are; those unread at the start are not', () => {
    const { effects, told } = scene();
    expect(told(unread(['Notes', 5]))).toEqual([]);
    expect(told(unread(['Notes', 6], ['Links', 1]))).toEqual(['Notes (6)', 'Links']);
    expect(told(unread(['Notes', 6], ['Links', 1]))).toEqual([]);
    const [, tell] = effects(unread(['Notes', 6], ['Links', 2]));
    expect(tell).toEqual({
      kind: 'tell',
      told: {
        tag: 'conversation id of Links',
        title: 'Links (2)',
        body: 'Hello',
        show: { show: 'conversation', conversationId: 'id of Links' },
      },
    });
  });

  it('of an archived conversation are not, nor are those of the first transfer', () => {
    const { told } = scene();
    told(unread());
    const archived = conversation('Old', 3, 'x', { archived: true });
    expect(told({ kind: 'conversations', conversations: [archived] })).toEqual([]);
    told(of([], { firstTransfer: { received: 1, total: 100 } }));
    expect(told(unread(['Notes', 50]))).toEqual([]);
    told(of([]));
    expect(told(unread(['Notes', 50]))).toEqual([]);
    expect(told(unread(['Notes', 51]))).toEqual(['Notes (51)']);
  });

  it('are cut between characters; of a file the name is shown', () => {
    const { effects } = scene();
    const body = (text: string, fileName?: string) => {
      effects(unread(['Notes', 0]));
      const summary = conversation('Notes', 1, text);
      const latest = summary.latest && {
        ...summary.latest,
        attachments:
          fileName === undefined
            ? []
            : [
                {
                  id: '0',
                  name: fileName,
                  mediaType: 'image/png',
                  bytes: 1,
                  received: 1,
                  state: 'here' as const,
                  reason: null,
                },
              ],
      };
      const decided = effects({ kind: 'conversations', conversations: [{ ...summary, latest }] });
      return decided.flatMap((effect) => (effect.kind === 'tell' ? [effect.told.body] : []))[0];
    };
    expect(body('a\n\n b')).toBe('a b');
    expect(body('', 'cat.png')).toBe('cat.png');
    const family = '👨‍👩‍👧';
    expect(body(family.repeat(200))).toBe(`${family.repeat(159)}…`);
  });
});

it('invariant 2: while the window has the focus nothing is shown, unless that is wanted', () => {
  const { told } = scene();
  told(unread(['Notes', 0]));
  told(focus(true));
  expect([...told(unread(['Notes', 1])), ...told(asks)]).toEqual([]);
  told(focus(false));
  expect(told(unread(['Notes', 2]))).toEqual(['Notes (2)']);

  const wanting = scene({ notifyWhileFocused: true });
  wanting.told(unread(['Notes', 0]));
  wanting.told(focus(true));
  expect(wanting.told(unread(['Notes', 1]))).toEqual(['Notes']);
});

it('invariant 3: what was read is taken away, and so is what shows when the window is looked at', () => {
  const { withdrawn } = scene();
  withdrawn(unread(['Notes', 3], ['Links', 1]));
  expect(withdrawn(unread(['Notes', 0], ['Links', 1]))).toEqual(['conversation id of Notes']);
  expect(withdrawn(focus(true))).toEqual(['conversation id of Notes', 'conversation id of Links']);
});

it('invariant 4: a request to join is told once, and taken away when it is over', () => {
  const { told, withdrawn } = scene();
  expect(told(asks)).toEqual(['Laptop wants to join your devices']);
  expect(told(asks)).toEqual([]);
  expect(withdrawn({ kind: 'pairing', pairing: { kind: 'idle' } })).toEqual(['pairing']);
  expect(told(asks)).toHaveLength(1);
});

describe('invariant 5: a stale device', () => {
  const since = (days: number, change = {}) =>
    of([peer('NAS', { state: 'offline', lastContact: NOW - days * DAY, ...change })]);

  it('is told of once until it is met again', () => {
    const { told } = scene();
    expect(told(since(13.9))).toEqual([]);
    expect(told(since(14))).toEqual(['NAS has not been seen for 14 days']);
    expect(told(since(14), NOW + 3 * DAY)).toEqual([]);
    told(of([peer('NAS')]));
    const later = NOW + 15 * DAY;
    expect(told(of([peer('NAS', { state: 'offline', lastContact: NOW })]), later)).toHaveLength(1);
  });

  it('is told of once over restarts too: what is remembered says so', () => {
    const remembered = scene()
      .effects(since(20))
      .flatMap((effect) => (effect.kind === 'remember' ? [effect.staleTold] : []));
    expect(remembered).toEqual([{ 'id of NAS': NOW - 20 * DAY }]);
    const again = scene({}, remembered[0]);
    expect(again.effects(since(20))).toEqual([]);
    expect(again.effects(of([peer('NAS')]))).toEqual([{ kind: 'remember', staleTold: {} }]);
  });

  it('is not one that is paused, was never met, or when nobody wants to know', () => {
    const { told } = scene();
    expect(told(since(99, { state: 'paused' }))).toEqual([]);
    expect(told(of([peer('NAS', { lastContact: null })]))).toEqual([]);
    const paused = status([peer('NAS', { lastContact: 0 })], { pausedUntil: 'resumed' });
    expect(told({ kind: 'status', status: paused })).toEqual([]);
    expect(scene({ staleDays: 0 }).told(since(999))).toEqual([]);
    expect(scene({ staleDays: 3 }).told(since(3))).toHaveLength(1);
  });
});

it('invariant 6: what needs a person is told once for as long as it lasts', () => {
  const { told, withdrawn } = scene();
  const full = of([peer('NAS', { state: 'failing', failure: 'store' })]);
  expect(told(full)).toEqual(['Messages cannot be written on this device']);
  expect(told(full)).toEqual([]);
  expect(withdrawn(of([peer('NAS')]))).toEqual(['store']);
  expect(told(full)).toHaveLength(1);
  const other = of([peer('NAS', { state: 'incompatible' })]);
  expect(told(other)).toEqual(['NAS has another version of Reunion']);
  const removed = of([], { membership: 'removed' });
  expect(told(removed)).toEqual(['This device was removed from your devices']);
});

it('invariant 7: what is switched off is not told, and not when it is switched on either', () => {
  const off = { notifyMessages: false, notifyPairing: false, notifyProblems: false };
  const { told } = scene(off);
  const events = [
    unread(['Notes', 1]),
    asks,
    of([peer('NAS', { state: 'incompatible', lastContact: NOW - 99 * DAY })]),
  ];
  told(unread(['Notes', 0]));
  for (const event of events) expect(told(event)).toEqual([]);
  told({ kind: 'settings', settings: FIRST_SETTINGS });
  for (const event of events) expect(told(event)).toEqual([]);
  expect(told(unread(['Notes', 2]))).toHaveLength(1);
});

it('invariant 8: the badge counts what is unread and not archived, whatever is switched off', () => {
  const { effects } = scene({ notifyMessages: false });
  const conversations = [
    conversation('Notes', 2),
    conversation('Links', 1),
    conversation('Old', 9, 'x', { archived: true }),
  ];
  expect(effects({ kind: 'conversations', conversations })).toEqual([{ kind: 'badge', count: 3 }]);
});
