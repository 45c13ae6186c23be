import { expect, test } from 'vitest';
import { encodeEvent } from '../../../main/conversations/events.ts';
import type { EventContent } from '../../../main/conversations/events.ts';
import { CHUNK_BYTES, FILE_BYTES_MAX, LIST_PARTS } from '../../../main/conversations/files.ts';
import type { Attachment, FileId } from '../../../main/conversations/files.ts';
import { projectionOf } from '../../../main/conversations/projection.ts';
import type { FileProgress } from '../../../main/conversations/types.ts';
import { FileErasure } from '../../../main/device/files/file-erasure.ts';
import { FileContent } from '../../../main/device/files/content.ts';
import { utf8 } from '../../../main/helpers/bytes.ts';
import type { GroupId, MessageId } from '../../../main/helpers/ids.ts';
import { messageIdOf } from '../../../main/mvds/ids.ts';
import { bytesOf, sha256 } from '../../helpers/files.ts';
import { keysOf } from '../../helpers/identities.ts';
import { openTestStore } from '../../store/open.ts';
import { conversationId, groupId } from '../../store/samples.ts';

const CHUNKS = groupId('files');
const TEXTS = groupId('texts');
const STORED_AT = 5;

/** A store with what a device does with what comes in, bodies left open; `settle` says what becomes of the files. */
async function receiver() {
  const store = await openTestStore();
  const { files, conversations } = store;
  const { messages } = store.sync;
  let sequence = 0;
  const content = new FileContent({
    ...{ files, messages, group: () => CHUNKS },
    open: ({ body }) => ({ kind: 'opened', body, writers: [] }),
  });
  const fileErasure = new FileErasure({
    ...{ files, messages, group: () => CHUNKS },
    tombstone: async (tombstone) => {
      await store.sync.commit({ tombstone });
    },
    revive: async (revive) => {
      await store.sync.commit({ revive });
    },
    onErased: () => undefined,
    onNamedAgain: async () => undefined,
  });
  return {
    store,
    async put(group: GroupId, timestamp: number, body: Uint8Array): Promise<MessageId> {
      const id = messageIdOf(group, BigInt(timestamp), body);
      const metadata = { parents: [], ephemeral: false };
      const message = { id, groupId: group, timestamp: BigInt(timestamp), body, metadata };
      await store.sync.commit({ addMessages: [{ message, delivered: true, source: undefined }] });
      return id;
    },
    async say(content_: EventContent): Promise<MessageId> {
      sequence += 1;
      const event = { author: keysOf(0).peerId, order: sequence, content: content_ };
      const body = encodeEvent(event);
      const id = await this.put(TEXTS, sequence, body);
      const message = { id, sequence, timestamp: BigInt(sequence), body };
      await conversations.apply(projectionOf([message], sequence).changes);
      return id;
    },
    text(attachment: Partial<Attachment>): Promise<MessageId> {
      const whole = { name: 'a', mediaType: 'a/b', storedAt: STORED_AT, parts: [], lists: [] };
      const file = 'ab'.repeat(32) as FileId;
      const attachments = [{ ...whole, file, bytes: 1, ...attachment }];
      return this.say({
        ...{ kind: 'text-written', conversationId: conversationId('notes'), text: '' },
        attachments,
      });
    },
    /** Looks at whatever is whole, as a device does. */
    async settle(file: FileId): Promise<FileProgress['state'] | undefined> {
      await fileErasure.run();
      for (const copy of await files.awaited(0, 100)) {
        if (await content.hasFalseList(copy)) await files.settle(copy.copy, 'damaged');
        if (!(await files.isWhole(copy.copy))) continue;
        const found = await content.verify(copy);
        if (found !== 'locked') await files.settle(copy.copy, found);
      }
      return (await files.progress([file])).get(file)?.state;
    },
  };
}

type Receiver = Awaited<ReturnType<typeof receiver>>;

const chunk = bytesOf(1_000);
const file = sha256(chunk) as FileId;

const cases: [string, (to: Receiver) => Promise<Partial<Attachment>>, FileProgress['state']][] = [
  [
    'what is as it is said to be',
    async (to) => ({ parts: [await to.put(CHUNKS, STORED_AT, chunk)] }),
    'here',
  ],
  [
    'another content than its hash says',
    async (to) => ({ parts: [await to.put(CHUNKS, STORED_AT, bytesOf(1_000, 2))] }),
    'damaged',
  ],
  [
    'a chunk that is shorter than it has to be',
    async (to) => ({ parts: [await to.put(CHUNKS, STORED_AT, chunk.subarray(1))] }),
    'damaged',
  ],
  [
    'a chunk of another time',
    async (to) => ({ parts: [await to.put(CHUNKS, STORED_AT + 1, chunk)] }),
    'damaged',
  ],
  [
    'a message of another group',
    async (to) => ({ parts: [await to.put(TEXTS, STORED_AT, chunk)] }),
    'damaged',
  ],
  ['no chunks', async () => ({ parts: [] }), 'damaged'],
  [
    'more bytes than any file has',
    async (to) => ({ parts: [await to.put(CHUNKS, STORED_AT, chunk)], bytes: 2 ** 53 - 1 }),
    'damaged',
  ],
  ['the largest size and no lists', async () => ({ bytes: FILE_BYTES_MAX, lists: [] }), 'damaged'],
];

test.each(cases)('%s', async (_, make, state) => {
  const to = await receiver();
  await to.text({ file, bytes: chunk.byteLength, ...(await make(to)) });
  expect(await to.settle(file)).toBe(state);
  expect(await to.store.check(true)).toEqual([]);
});

const DELETION = {
  kind: 'message-deleted',
  erased: { order: 1, author: keysOf(0).peerId, timestamp: 1, files: [] },
} as const;

test('lists that are too short, too long, no lists, or the same one again, make no file', async () => {
  const bytes = CHUNK_BYTES * (LIST_PARTS + 1);
  const part = messageIdOf(CHUNKS, BigInt(STORED_AT), utf8('never'));
  const list = (to: Receiver, count: number) =>
    to.say({ kind: 'file-parts', parts: Array.from({ length: count }, () => part) });
  const to = await receiver();
  const [short, whole, one] = [await list(to, 7), await list(to, LIST_PARTS), await list(to, 1)];
  const states: (string | undefined)[] = [];
  for (const lists of [[short, one], [whole, whole], [one, whole], [whole], [whole, one]]) {
    const id = sha256(utf8(lists.join(' '))) as FileId;
    await to.text({ file: id, bytes, lists });
    states.push(await to.settle(id));
  }
  // The last is as it has to be, and waits for a chunk that nobody has.
  expect(states).toEqual(['damaged', 'damaged', 'damaged', 'damaged', 'awaited']);
  // A list that is another text.
  const text = await to.text({ file, bytes: chunk.byteLength, parts: [part] });
  const other = sha256(utf8('other')) as FileId;
  await to.text({ file: other, bytes, lists: [text, text] });
  expect(await to.settle(other)).toBe('damaged');
  expect((await to.store.files.totals()).bytes).toBe(0);
});

test('deleting what names messages of other groups as chunks deletes none of them', async () => {
  const to = await receiver();
  const text = await to.put(TEXTS, 99, utf8('a text of somebody'));
  const good = await to.put(CHUNKS, STORED_AT, chunk);
  const evil = await to.text({ file, bytes: CHUNK_BYTES + 1, parts: [text, good] });
  await to.settle(file);
  const target = { ...DELETION, conversationId: conversationId('notes') } as const;
  await to.say({ ...target, target: evil });
  await to.settle(file);
  const held = await to.store.sync.messages.read([text, good]);
  expect([...held.keys()]).toEqual([text]);
  expect(await to.store.sync.messages.count(TEXTS)).toBe(3);
});

test('deleting what shares a chunk with another file leaves that file whole', async () => {
  const to = await receiver();
  const shared = await to.put(CHUNKS, STORED_AT, chunk);
  await to.text({ file, bytes: chunk.byteLength, parts: [shared] });
  expect(await to.settle(file)).toBe('here');
  const other = sha256(utf8('other')) as FileId;
  const evil = await to.text({ file: other, bytes: chunk.byteLength, parts: [shared] });
  expect(await to.settle(other)).toBe('damaged');
  const about = { ...DELETION, conversationId: conversationId('notes') } as const;
  await to.say({ ...about, target: evil });
  await to.say({ kind: 'file-abandoned', storedAt: STORED_AT, parts: [shared] });
  await to.settle(other);
  expect((await to.store.sync.messages.read([shared])).size).toBe(1);
});

test('chunks that were abandoned are deleted, and kept out where they come later', async () => {
  const to = await receiver();
  const here = await to.put(CHUNKS, STORED_AT, chunk);
  const late = messageIdOf(CHUNKS, BigInt(STORED_AT), utf8('late'));
  await to.say({ kind: 'file-abandoned', storedAt: STORED_AT, parts: [here, late] });
  await to.settle(file);
  expect((await to.store.sync.messages.read([here])).size).toBe(0);
  expect(await to.put(CHUNKS, STORED_AT, utf8('late'))).toBe(late);
  expect((await to.store.sync.messages.read([late])).size).toBe(0);
  expect(await to.store.sync.messages.count(CHUNKS)).toBe(2);
});
