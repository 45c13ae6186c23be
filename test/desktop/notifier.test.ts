import type { Notification } from 'electron';
import { expect, test } from 'vitest';
import type { DeviceService } from '../../main/api/server.ts';
import type { ApiEvent, ConversationSummary, Status } from '../../main/api/types.ts';
import { FIRST_SETTINGS } from '../../main/desktop/host-settings.ts';
import { firstNotifyState } from '../../main/desktop/notifications.ts';
import type { Told } from '../../main/desktop/notifications.ts';
import { Notifier } from '../../main/desktop/notifier.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { emitting } from './doubles.ts';
import { conversation, DAY, NOW, peer, status } from './status-of.ts';

interface Known {
  status: Status;
  conversations: readonly ConversationSummary[];
}

async function scene(known: Known) {
  const listeners = new Set<(event: ApiEvent) => void>();
  const shown: string[] = [];
  const badges: number[] = [];
  const opened: Told[] = [];
  const notifications = new Map<string, ReturnType<typeof emitting<Pick<Notification, 'on'>>>>();
  const clock = new ManualClock(NOW);
  const notifier = new Notifier(
    {
      service: {
        commands: {
          status: async () => known.status,
          conversations: async () => known.conversations,
        } as unknown as DeviceService['commands'],
        onEvent: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        onBug: (error) => {
          throw error;
        },
      },
      clock,
      create: (title) => {
        const made = emitting<Pick<Notification, 'show' | 'close' | 'on'>>({
          show: () => void shown.push(title),
          close: () => void shown.splice(shown.indexOf(title), 1),
        });
        notifications.set(title, made);
        return made;
      },
      open: (told) => opened.push(told),
      setBadge: (count) => badges.push(count),
      remember: () => undefined,
    },
    firstNotifyState(FIRST_SETTINGS, {}),
  );
  await notifier.start();
  const emit = async (event: ApiEvent) => {
    for (const listener of listeners) listener(event);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return { listeners, shown, badges, opened, notifications, clock, notifier, emit };
}

const messages: ApiEvent = { kind: 'messages', conversationIds: [], messageIds: [] };

test('messages of other devices are shown, one notification each conversation; a click opens it', async () => {
  const known: Known = { status: status([]), conversations: [conversation('Notes', 1)] };
  const { shown, badges, opened, notifications, emit } = await scene(known);
  expect([shown, badges]).toEqual([[], [1]]);
  for (const count of [2, 3]) {
    known.conversations = [conversation('Notes', count)];
    await emit(messages);
  }
  expect([shown, badges]).toEqual([['Notes (3)'], [1, 2, 3]]);
  notifications.get('Notes (3)')?.emit('click');
  expect(opened.map(({ show }) => show)).toEqual([
    { show: 'conversation', conversationId: 'id of Notes' },
  ]);
  known.conversations = [conversation('Notes', 0)];
  await emit(messages);
  expect(shown).toEqual([]);
});

test('a device that becomes stale while nothing happens is told of within the hour', async () => {
  const known: Known = {
    status: status([peer('NAS', { state: 'offline', lastContact: NOW - 14 * DAY + 1_000 })]),
    conversations: [],
  };
  const { shown, clock, emit, notifier, listeners } = await scene(known);
  expect(shown).toEqual([]);
  clock.advance(60 * 60_000);
  await emit({ kind: 'pairing', pairing: { kind: 'idle' } });
  expect(shown).toEqual(['NAS has not been seen for 14 days']);
  notifier.stop();
  expect([shown, listeners.size]).toEqual([[], 0]);
});
