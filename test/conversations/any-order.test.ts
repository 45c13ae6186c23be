import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeEvent, encodeEvent } from '../../main/conversations/events.ts';
import type { EventContent } from '../../main/conversations/events.ts';
import { CHUNK_BYTES } from '../../main/conversations/files.ts';
import type { FileId } from '../../main/conversations/files.ts';
import { projectionOf } from '../../main/conversations/projection.ts';
import type { ProjectedMessage } from '../../main/conversations/projection.ts';
import type { ConversationStore, FileStore, KnownCopy } from '../../main/conversations/ports.ts';
import type { ConversationId } from '../../main/conversations/types.ts';
import type { MessageId } from '../../main/helpers/ids.ts';
import { Event } from '../../main/proto/conversation.ts';
import type { Store } from '../../main/store/index.ts';
import { keysOf } from '../helpers/identities.ts';
import { openTestStore } from '../store/open.ts';
import { conversationId, messageId } from '../store/samples.ts';

const [DESK, LAPTOP] = [keysOf(0).peerId, keysOf(1).peerId];
const NOTES = conversationId('notes');
const LINKS = conversationId('links');

const CHUNK_IDS = Array.from({ length: 65 }, (_, at) => messageId(`chunk ${at}`));
const about65 = { bytes: CHUNK_BYTES * 65, name: 'long', mediaType: 'a/b', parts: [] };
const small = { bytes: 10, name: 'short', mediaType: 'a/b', lists: [] };
const fileId = (name: string) => messageId(name) as string as FileId;
/** One file in two copies, a long one whose list is the fourth event or no list, and one that cannot be. */
const FILES = [
  { ...small, file: fileId('one'), storedAt: 1, parts: [messageId('chunk a')] },
  { ...small, file: fileId('one'), storedAt: 2, parts: [messageId('chunk b')] },
  { ...about65, file: fileId('long'), storedAt: 3, lists: [messageId(3)] },
  { ...small, file: fileId('none'), storedAt: 4, parts: [] },
];
const attachments = fc.subarray(FILES, { minLength: 1 });

/** Few ids and few orders, so that events are about the same things and tie. */
const conversation = fc.constantFrom(NOTES, LINKS);
/** Two of the texts among the first events, and one that never comes. */
const target = fc.constantFrom(0, 1, 99).map((at) => messageId(at));
const text = fc.constantFrom('apple', 'pear', 'plum');
const kind = <Kind extends string>(name: Kind) => fc.constant(name);
const about = { conversationId: conversation };

const content: fc.Arbitrary<EventContent> = fc.oneof(
  // Most, for these two have the most to do with each other.
  {
    weight: 6,
    arbitrary: fc.oneof(
      { weight: 2, arbitrary: fc.record({ ...about, target, kind: kind('text-edited'), text }) },
      {
        weight: 1,
        arbitrary: fc.record({
          ...{ ...about, target, kind: kind('message-deleted') },
          erased: fc.constant({ order: 5, author: LAPTOP, timestamp: 5, files: [] }),
        }),
      },
    ),
  },
  fc.record({ ...about, target, kind: kind('message-pinned'), pinned: fc.boolean() }),
  fc.record({
    ...about,
    target,
    kind: kind('reaction'),
    emoji: fc.constantFrom('👍', '🎉'),
    on: fc.boolean(),
  }),
  fc.record({ ...about, kind: kind('text-written'), text }),
  fc.record({ ...about, kind: kind('text-written'), text, attachments }),
  fc.record({
    kind: kind('file-parts'),
    parts: fc.constantFrom(CHUNK_IDS, CHUNK_IDS.slice(1)),
  }),
  fc.record({
    kind: kind('file-abandoned'),
    storedAt: fc.constant(5),
    parts: fc.constant([messageId('chunk a'), messageId('chunk c')]),
  }),
  fc.record({ ...about, kind: kind('conversation-named'), name: text }),
  fc.record({ ...about, kind: kind('conversation-archived'), archived: fc.boolean() }),
  fc.record({
    ...about,
    kind: kind('conversation-appearance'),
    emoji: fc.constantFrom('📚', undefined),
    colour: fc.constantFrom('red', undefined),
  }),
  fc.record({
    ...about,
    kind: kind('read-up-to'),
    position: fc.record({ order: fc.integer({ min: 1, max: 9 }), id: target }),
  }),
  fc.record({ ...about, kind: kind('draft'), text, editedAt: fc.nat(9) }),
);

interface Written {
  readonly content: EventContent;
  readonly order: number;
  readonly author: typeof DESK;
  /** Of a kind that this version does not know, where true. */
  readonly isFuture: boolean;
}

const written = (of: fc.Arbitrary<EventContent>): fc.Arbitrary<Written> =>
  fc.record({
    content: of,
    order: fc.integer({ min: 1, max: 9 }),
    author: fc.constantFrom(DESK, LAPTOP),
    isFuture: fc.constant(false),
  });

const firstTexts = written(
  fc.oneof(
    fc.record({ ...about, kind: kind('text-written'), text }),
    fc.record({ ...about, kind: kind('text-written'), text, attachments }),
  ),
);
const future = written(
  fc.record({ ...about, target, kind: kind('message-pinned'), pinned: fc.boolean() }),
).map((event) => ({ ...event, isFuture: true }));

/** The first three are texts that others are about. */
const history = fc
  .tuple(
    fc.array(firstTexts, { minLength: 3, maxLength: 3 }),
    fc.array(
      fc.oneof({ weight: 9, arbitrary: written(content) }, { weight: 1, arbitrary: future }),
      {
        maxLength: 12,
      },
    ),
  )
  .map(([texts, others]) => [...texts, ...others.map((one) => aboutText(one, texts))].map(message));

/** A deletion says of the text that it deletes what that was, and comes after it. */
function aboutText(event: Written, texts: readonly Written[]): Written {
  const { content: said } = event;
  if (said.kind !== 'message-deleted') return event;
  const text = texts.find((_, at) => messageId(at) === said.target);
  // Of one that never comes all say the same.
  if (text?.content.kind !== 'text-written') {
    return { ...event, content: { ...said, conversationId: NOTES } };
  }
  const { order, author, content: written } = text;
  const files = (written.attachments ?? []).map(({ name: _, mediaType: __, ...file }) => file);
  const erased = { order, author, timestamp: order, files };
  const { conversationId: at } = written;
  return { ...event, order: event.order + order, content: { ...said, conversationId: at, erased } };
}

function message({ isFuture, ...event }: Written, at: number): ProjectedMessage {
  let body = encodeEvent(event);
  if (isFuture) {
    const envelope = Event.decode(body);
    delete envelope.messagePinned;
    body = Event.encode(envelope);
  }
  return { id: messageId(at), sequence: at + 1, timestamp: BigInt(event.order), body };
}

/** Everything that a person can see. */
async function view(
  { conversations: store, files }: Pick<Store, 'conversations' | 'files'>,
  ids: readonly MessageId[],
): Promise<Readonly<Record<string, unknown>>> {
  const of = async (id: ConversationId) => ({
    seenFromDesk: await store.conversation(id, DESK),
    seenFromLaptop: await store.conversation(id, LAPTOP),
    entries: await store.entries(id, 100),
    pinned: await store.pinnedEntries(id),
  });
  const search = async (word: string) => {
    const { hits } = await store.search({ text: word, limit: 100 });
    return hits.map(({ entry }) => entry.id).sort();
  };
  return {
    notes: await of(NOTES),
    links: await of(LINKS),
    listed: (await store.conversations()).map(({ id }) => id),
    revisions: await Promise.all(ids.map((id) => store.revisions(id))),
    found: await Promise.all(['apple', 'pear', 'plum'].map(search)),
    highestOrder: await store.highestOrder(),
    unsupported: await store.unsupported(),
    withFiles: await store.entriesWithFiles(NOTES, 100),
    progress: await files.progress(FILES.map(({ file }) => file)),
    awaited: await copies(files, await files.awaited(0, 100)),
    orphans: await copies(files, await files.orphans(100)),
  };
}

/** By what is said of them: their numbers go by the order in which they came. */
async function copies(files: FileStore, known: readonly KnownCopy[]): Promise<unknown> {
  const all = known.map(async ({ copy, ...rest }) => ({
    ...rest,
    parts: await files.parts(copy, 0, 100),
    own: await files.ownParts(copy),
  }));
  return (await Promise.all(all)).map((one) => JSON.stringify(one)).sort();
}

async function apply(store: ConversationStore, batches: readonly ProjectedMessage[][]) {
  await store.clear();
  for (const batch of batches) await store.apply(projectionOf(batch, 1).changes);
}

/** Any order, some twice, cut into batches anywhere. */
function arrivals(messages: readonly ProjectedMessage[]): fc.Arbitrary<ProjectedMessage[][]> {
  const all = fc.shuffledSubarray([...messages], { minLength: messages.length });
  const again = fc.subarray([...messages]);
  return fc.tuple(all, again, fc.infiniteStream(fc.boolean())).map(([first, second, cuts]) => {
    const batches: ProjectedMessage[][] = [[]];
    for (const one of [...first, ...second]) {
      if (cuts.next().value) batches.push([]);
      batches.at(-1)?.push(one);
    }
    return batches;
  });
}

const messagesAndArrivals = history.chain((messages) =>
  fc.record({ messages: fc.constant(messages), batches: arrivals(messages) }),
);

test('events make the same view in whatever order, however often and in whatever batches they come', async () => {
  const opened = await openTestStore();
  const { conversations: store } = opened;
  await fc.assert(
    fc.asyncProperty(messagesAndArrivals, async ({ messages, batches }) => {
      const ids = messages.map(({ id }) => id);
      await apply(store, [messages]);
      const expected = await view(opened, ids);
      await apply(store, batches);
      expect(await view(opened, ids)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('a device that never gets a deleted text, nor any edit of it, shows what all others show', async () => {
  const opened = await openTestStore();
  const { conversations: store } = opened;
  let left = 0;
  await fc.assert(
    fc.asyncProperty(messagesAndArrivals, async ({ messages, batches }) => {
      const ids = messages.map(({ id }) => id);
      await apply(store, batches);
      // Only what is written next depends on the highest order.
      const expected = { ...(await view(opened, ids)), highestOrder: undefined };
      const deleted = new Set<string>();
      for (const { body } of messages) {
        const event = decodeEvent(body);
        if (event?.content.kind === 'message-deleted') deleted.add(event.content.target);
      }
      const isLeft = ({ id, body }: ProjectedMessage): boolean => {
        const said = decodeEvent(body)?.content;
        return !deleted.has(id) && !(said?.kind === 'text-edited' && deleted.has(said.target));
      };
      await apply(
        store,
        batches.map((batch) => batch.filter(isLeft)),
      );
      left += messages.length - messages.filter(isLeft).length;
      expect({ ...(await view(opened, ids)), highestOrder: undefined }).toEqual(expected);
    }),
    { numRuns: 150 },
  );
  expect(left).toBeGreaterThan(50);
});

test('every message of a deleted text is to be erased, in whatever order the deletion and the edits come', async () => {
  const { conversations: store, erasures } = await openTestStore();
  const event = (at: number, said: EventContent): ProjectedMessage =>
    message({ content: said, order: at, author: DESK, isFuture: false }, at);
  const [text, other] = [messageId(1), messageId(9)];
  const erased = { order: 1, author: DESK, timestamp: 1, files: [] };
  const about1 = { conversationId: NOTES, target: text } as const;
  const messages = [
    event(1, { kind: 'text-written', conversationId: NOTES, text: 'a pear' }),
    event(2, { ...about1, kind: 'text-edited', text: 'two pears' }),
    event(3, { ...about1, kind: 'text-edited', text: 'three pears' }),
    event(4, { ...about1, kind: 'message-deleted', erased }),
    event(5, { ...about1, kind: 'message-deleted', erased }),
    event(9, { kind: 'text-written', conversationId: NOTES, text: 'an apple' }),
    event(6, { kind: 'text-edited', conversationId: NOTES, target: other, text: 'apples' }),
  ];
  await fc.assert(
    fc.asyncProperty(arrivals(messages), async (batches) => {
      await apply(store, batches);
      const due = await erasures.due(10);
      expect(due.map(({ id }) => id).sort()).toEqual([1, 2, 3].map(messageId).sort());
      expect(new Set(due.map(({ author }) => author))).toEqual(new Set([DESK]));
      expect(due.find(({ id }) => id === text)?.timestamp).toBe(1);
    }),
  );
});
