import { expect, test } from 'vitest';
import { ActivityBook } from '../../main/sync/activity.ts';
import { ACTIVITY_PENDING_MAX, ACTIVITY_SUM_MS } from '../../main/sync/constants.ts';
import type { ActivityEntry } from '../../main/sync/ports.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { PEER } from './peer-events.ts';

function open(write: (batch: readonly ActivityEntry[]) => void = () => undefined) {
  const clock = new ManualClock();
  const batches: (readonly ActivityEntry[])[] = [];
  const errors: unknown[] = [];
  const log = {
    add: async (entries: readonly ActivityEntry[]) => {
      write(entries);
      batches.push(entries);
    },
  };
  const book = new ActivityBook(log, clock, (error) => errors.push(error));
  const written = () => batches.map((batch) => batch.map(({ kind, detail }) => [kind, detail]));
  return { clock, book, batches, written, errors };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what happens within a second is written in one batch, in order', async () => {
  const { clock, book, written } = open();
  book.note('connected', PEER, { path: 'lan' });
  clock.advance(500);
  book.note('disconnected', PEER);
  await turn();
  expect(written()).toEqual([]);
  clock.advance(500);
  await turn();
  expect(written()).toEqual([
    [
      ['connected', { path: 'lan' }],
      ['disconnected', {}],
    ],
  ]);
});

test('messages are summed per session, and per minute in a long one', async () => {
  const { clock, book, written } = open();
  for (let message = 0; message < 12; message += 1) book.moved(PEER, 1, 0);
  book.moved(PEER, 0, 3);
  book.moved(PEER, 0, 0);
  book.sumUp(PEER);
  book.sumUp(PEER);
  book.moved(PEER, 1, 0);
  clock.advance(ACTIVITY_SUM_MS);
  book.moved(PEER, 1, 0);
  book.moved(PEER, 5, 0);
  await book.close();
  expect(written().flat()).toEqual([
    ['sent', { messages: 12 }],
    ['received', { messages: 3 }],
    ['sent', { messages: 2 }],
    ['sent', { messages: 5 }],
  ]);
});

test('a log that cannot be written costs neither messages nor memory', async () => {
  const full = new Error('the disk is full');
  const failing = open(() => {
    throw full;
  });
  failing.book.note('connected', PEER);
  await failing.book.close();
  expect(failing.errors).toEqual([full]);

  const { clock, book, batches } = open();
  for (let index = 0; index < ACTIVITY_PENDING_MAX + 50; index += 1) {
    book.note('refused', PEER, { messages: index });
  }
  clock.advance(1_000);
  await turn();
  expect(batches[0]).toHaveLength(ACTIVITY_PENDING_MAX);
  expect(batches[0]?.[0]?.detail).toEqual({ messages: 50 });
});
