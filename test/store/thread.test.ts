import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  StoreClosedError,
  StoreInUseError,
  StoreKeyError,
  type StoreNotice,
} from '../../main/store/index.ts';
import { writeFileSync } from 'node:fs';
import { testFolder } from './folder.ts';
import { KEY, openTestStore } from './open.ts';
import { added, ALICE, BOB, entry, groupId, messageId, record, withParents } from './samples.ts';

test('errors of the thread arrive as what they are', async () => {
  const folder = testFolder();
  const store = await openTestStore({ folder, key: KEY, inThread: true });
  const ephemeral = added(1, { metadata: { parents: [], ephemeral: true } });
  await expect(store.sync.commit({ addMessages: [ephemeral] })).rejects.toThrow(RangeError);
  await expect(openTestStore({ folder, key: KEY, inThread: true })).rejects.toBeInstanceOf(
    StoreInUseError,
  );
  await store.close();
  await expect(store.sync.messages.count()).rejects.toBeInstanceOf(StoreClosedError);
  await expect(openTestStore({ folder, inThread: true })).rejects.toBeInstanceOf(StoreKeyError);
});

test('what the thread sets aside is told', async () => {
  const folder = testFolder();
  writeFileSync(join(folder, 'messages.db'), 'no database at all'.repeat(100));
  const notices: StoreNotice[] = [];
  await openTestStore({ folder, inThread: true, onNotice: (notice) => notices.push(notice) });
  expect(notices).toMatchObject([{ kind: 'set-aside', reason: 'damaged' }]);
});

test('the caller goes on while the thread works, and every call in flight is answered', async () => {
  const store = await openTestStore({ inThread: true });
  const putEntries = Array.from({ length: 20_000 }, (_, at) => entry(at, `word${at} `.repeat(20)));
  let turns = 0;
  const count = (): void => {
    turns += 1;
    turning = setImmediate(count);
  };
  let turning = setImmediate(count);
  const applied = store.conversations.apply({ putEntries, projectedThrough: 1 });
  const checked = store.check(true);
  const compacted = store.compact();
  const backup = store.backup(join(testFolder(), 'backup.db'), KEY);
  const read = store.conversations.entry(entry(7, '').id);
  await applied;
  clearImmediate(turning);
  // In the caller's own thread it is one turn, however long.
  expect(turns).toBeGreaterThan(20);
  expect(await checked).toEqual([]);
  expect((await read)?.text).toContain('word7');
  await compacted;
  await backup;
});

test('closing waits for what was asked for before', async () => {
  const folder = testFolder();
  const store = await openTestStore({ folder, inThread: true });
  const commits = [1, 2, 3].map((n) => store.sync.commit({ addMessages: [added(n)] }));
  const closed = store.close();
  await Promise.all([...commits, closed]);
  const again = await openTestStore({ folder });
  expect(await again.sync.messages.count()).toBe(3);
});

test('messages in numbers come back from the thread as a store without one gives them', async () => {
  const frame = new Uint8Array(50_000).map((_, at) => at % 251);
  const addMessages = Array.from({ length: 300 }, (_, at) =>
    added(at, {
      body: frame.subarray(at * 100, at * 100 + (at % 7) * 50),
      timestamp: at % 2 === 0 ? BigInt(at) : -(2n ** 63n) + BigInt(at),
      groupId: groupId(`group ${at % 3}`),
      ...(at % 5 === 4 && { ...withParents(at - 1, at - 2), source: BOB }),
      ...(at % 11 === 10 && { ...withParents('missing'), delivered: false }),
    }),
  );
  const ids = addMessages.map(({ message }) => message.id);
  const answers = await Promise.all(
    [true, false].map(async (inThread) => {
      const store = await openTestStore({ inThread });
      const { sync } = store;
      const { messages, records } = sync;
      const changes = { addMessages: addMessages.slice(0, 200) };
      const projection = { putEntries: [entry(3, 'ein Wort, слово, 言葉')] };
      const answer: unknown[] = [await store.commitProjected(changes, projection)];
      const putRecords = ids.slice(0, 100).map((_, at) => record(ALICE, at));
      // The other changes of the commit arrive beside the messages.
      answer.push(await sync.commit({ addMessages, putRecords, epoch: 7 }));
      expect(await records.epoch()).toBe(7);
      expect(await store.conversations.entry(entry(3, '').id)).toMatchObject({
        text: 'ein Wort, слово, 言葉',
      });
      const group = addMessages[0]?.message.groupId ?? groupId('none');
      const messageIds = addMessages
        .filter(({ message, delivered }) => message.groupId === group && delivered)
        .map(({ message }) => message.id);
      const backlog = { peerId: BOB, groupId: group, messageIds, sendEpoch: 0 };
      await sync.commit({ addBacklog: [backlog] });
      answer.push(await records.backlog(BOB, new Map(), 3_000));
      answer.push(await messages.arrivedAfter(0, 1_000), await messages.arrivedAfter(250, 20));
      answer.push(await messages.read([...ids, messageId('missing')]));
      const [known, unknown] = [ids.slice(10, 60), ids.slice(150, 160)];
      const removeRecords = [...known, ...unknown].map((id) => ({ peerId: ALICE, messageId: id }));
      const sent = (await records.backlog(BOB, new Map(), 3_000)).messages;
      const ofBacklog = sent.map(({ id, sequence }) => ({ peerId: BOB, messageId: id, sequence }));
      await sync.commit({ removeRecords: [...removeRecords, ...ofBacklog] });
      answer.push(await records.counts(ALICE), await records.counts(BOB));
      answer.push(await records.backlog(BOB, new Map(), 1_000_000));
      return answer;
    }),
  );
  expect(answers[0]).toStrictEqual(answers[1]);
  const [, , backlog, all] = answers[0] as [unknown, unknown, { messages: unknown[] }, unknown[]];
  expect(backlog.messages.length).toBeGreaterThan(8);
  expect(all).toHaveLength(300);
  expect(answers[0]?.[6]).toMatchObject({ messages: 50 });
});

test('a commit whose ids are none is refused by itself, and the thread goes on', async () => {
  const { sync } = await openTestStore({ inThread: true });
  const addMessages = Array.from({ length: 20 }, (_, at) => added(at));
  const odd = added('odd', { id: 'no id' as ReturnType<typeof messageId> });
  await expect(sync.commit({ addMessages: [...addMessages, odd] })).rejects.toThrow(RangeError);
  expect(await sync.messages.count()).toBe(0);
  expect(await sync.commit({ addMessages })).toHaveLength(20);
});

test('a commit in numbers leaves the bodies of its caller as they are', async () => {
  const { sync } = await openTestStore({ inThread: true });
  const addMessages = Array.from({ length: 20 }, (_, at) => added(at));
  const before = addMessages.map(({ message }) => message.body.byteLength);
  await sync.commit({ addMessages });
  expect(addMessages.map(({ message }) => message.body.byteLength)).toEqual(before);
});
