import {
  added,
  ALICE,
  BOB,
  conversationId,
  entry,
  GROUP,
  messageId,
  record,
  withParents,
} from './samples.ts';

/** Unix milliseconds. */
const WRITTEN_AT = 1_700_000_000_000;

/** What the fixture stores of every version hold. Never changed: they were written with it. */
export const FIXTURE = {
  changes: {
    addMessages: [
      added(1),
      added(2, { ...withParents(1), source: BOB }),
      added(3, { ...withParents('missing'), source: BOB, delivered: false }),
    ],
    putRecords: [
      record(ALICE, 1, { sendCount: 2, sendEpoch: 7 }),
      record(BOB, 'missing', { type: 'request', groupId: undefined }),
    ],
    backfill: [{ peerId: ALICE, groupIds: [GROUP], type: 'offer', sendEpoch: 0 }],
    epoch: 12,
  },
  projection: {
    nameConversations: [
      {
        conversationId: conversationId('notes'),
        name: 'Notes',
        order: 1,
        eventId: messageId('named'),
      },
    ],
    putEntries: [
      entry(1, 'Café au lait', { writtenAt: WRITTEN_AT }),
      entry(2, '東京都の天気', { writtenAt: WRITTEN_AT, author: BOB }),
    ],
    projectedThrough: 2,
  },
  setting: { key: 'relays', value: ['/ip4/127.0.0.1/tcp/4001'] },
  activity: [{ at: WRITTEN_AT, peerId: BOB, kind: 'received', detail: { messages: 2 } }],
} as const;
