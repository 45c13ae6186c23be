import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent, encodeEvent } from '../../main/conversations/events.ts';
import type { EventContent } from '../../main/conversations/events.ts';
import {
  EMOJI_BYTES_MAX,
  isEmoji,
  nameProblem,
  normalizeName,
  TEXT_BYTES_MAX,
  textProblem,
} from '../../main/conversations/limits.ts';
import { nextOrder, ORDER_MAX } from '../../main/conversations/order.ts';
import { projectionOf } from '../../main/conversations/projection.ts';
import type { FileId } from '../../main/conversations/files.ts';
import type { ConversationId } from '../../main/conversations/types.ts';
import type { MessageId } from '../../main/helpers/ids.ts';
import { fromHex } from '../../main/helpers/bytes.ts';
import { peerIdOfPublicKey, publicKeyOf } from '../../main/helpers/peer-id.ts';
import { Event } from '../../main/proto/conversation.ts';
import { keysOf } from '../helpers/identities.ts';

const author = keysOf(0).peerId;
const conversationId = '0123456789abcdef0123456789abcdef' as ConversationId;

const target = 'ab'.repeat(32) as MessageId;
const erased = { order: 3, author, timestamp: 4, files: [] };
const about = { conversationId: fc.constant(conversationId) };
const aboutMessage = { ...about, target: fc.constant(target) };
const text = fc.string({ unit: 'grapheme' });
const kind = <Kind extends string>(name: Kind) => fc.constant(name);

const ids = (maxLength: number) =>
  fc.array(fc.constantFrom(target, 'cd'.repeat(32) as MessageId), { maxLength });
const attachment = fc.record({
  file: fc.constant('ef'.repeat(32) as FileId),
  name: fc.constantFrom('a', 'photo of us.jpeg', '東京.png'),
  mediaType: fc.constantFrom('image/png', 'application/octet-stream'),
  bytes: fc.maxSafeNat(),
  storedAt: fc.maxSafeNat(),
  parts: ids(64),
  lists: ids(25),
});

const copy = attachment.map(({ name: _, mediaType: __, ...file }) => file);

const content: fc.Arbitrary<EventContent> = fc.oneof(
  fc.record({ ...about, kind: kind('text-written'), text }),
  fc.record({
    ...{ ...about, kind: kind('text-written'), text },
    attachments: fc.array(attachment, { minLength: 1, maxLength: 20 }),
  }),
  fc.record({ kind: kind('file-parts'), parts: ids(1_800) }),
  fc.record({ kind: kind('file-abandoned'), storedAt: fc.maxSafeNat(), parts: ids(1_800) }),
  fc.record({ ...about, kind: kind('conversation-named'), name: text }),
  fc.record({ ...aboutMessage, kind: kind('text-edited'), text }),
  fc.record({
    ...{ ...aboutMessage, kind: kind('message-deleted') },
    erased: fc.record({
      ...{ order: fc.nat({ max: ORDER_MAX }), author: fc.constant(author) },
      ...{ timestamp: fc.maxSafeNat(), files: fc.array(copy, { maxLength: 20 }) },
    }),
  }),
  fc.record({ ...aboutMessage, kind: kind('message-pinned'), pinned: fc.boolean() }),
  fc.record({ ...aboutMessage, kind: kind('reaction'), emoji: text, on: fc.boolean() }),
  fc.record({ ...about, kind: kind('conversation-archived'), archived: fc.boolean() }),
  fc.record({
    ...about,
    kind: kind('conversation-appearance'),
    emoji: fc.option(text, { nil: undefined }),
    colour: fc.option(text, { nil: undefined }),
  }),
  fc.record({
    ...about,
    kind: kind('read-up-to'),
    position: fc.record({ order: fc.nat(), id: fc.constant(target) }),
  }),
  fc.record({ ...about, kind: kind('draft'), text, editedAt: fc.maxSafeNat() }),
);

const anEvent = {
  ...{ author, order: 1 },
  content: { kind: 'text-written', conversationId, text: 'Bis später 👋' },
} as const;

describe('events', () => {
  it('survive the way into bytes and back', () => {
    fc.assert(
      fc.property(content, fc.nat({ max: ORDER_MAX }), (written, order) => {
        const event = { author, order, content: written };
        expect(decodeEvent(encodeEvent(event))).toEqual(event);
      }),
    );
  });

  it('name an author among the writers of their epoch by the place, and any other by the key', () => {
    const [one, other] = [30, 31].map((fill) => peerIdOfPublicKey(new Uint8Array(32).fill(fill)));
    if (!one || !other) throw new Error('no PeerIds');
    fc.assert(
      fc.property(content, fc.nat({ max: ORDER_MAX }), (written, order) => {
        const event = { author, order, content: written };
        for (const writers of [[author], [one, author, other], [one, other], []]) {
          const bytes = encodeEvent(event, { writers });
          expect(decodeEvent(bytes, { writers })).toEqual(event);
          // Without them, a place means nobody.
          expect(decodeEvent(bytes)).toEqual(writers.includes(author) ? undefined : event);
        }
      }),
    );
  });

  it('leave out an order that is the timestamp of their message, and no other', () => {
    fc.assert(
      fc.property(
        content,
        fc.nat({ max: ORDER_MAX }),
        fc.nat({ max: 2 }),
        (written, order, late) => {
          const event = { author, order, content: written };
          const timestamp = BigInt(order - late);
          const bytes = encodeEvent(event, { timestamp });
          expect(decodeEvent(bytes, { timestamp })).toEqual(event);
          expect(Event.decode(bytes).order).toBe(late === 0 ? undefined : BigInt(order));
        },
      ),
    );
    const none = encodeEvent(anEvent, { timestamp: 1n });
    expect(decodeEvent(none)).toBeUndefined();
    for (const timestamp of [-1n, BigInt(ORDER_MAX) + 1n]) {
      expect(decodeEvent(none, { timestamp })).toBeUndefined();
    }
  });

  it('that name two authors, or a place that there is not, are none', () => {
    const event = anEvent;
    const writers = [author];
    const named = Event.decode(encodeEvent(event, { writers }));
    expect(named).toMatchObject({ author: new Uint8Array(), authorPlace: 1 });
    for (const authorPlace of [0, 2, 2 ** 32 - 1]) {
      expect(decodeEvent(Event.encode({ ...named, authorPlace }), { writers })).toBeUndefined();
    }
    const twice = { ...named, author: publicKeyOf(author) };
    expect(decodeEvent(Event.encode(twice), { writers })).toBeUndefined();
  });

  it('of an unknown kind are kept apart from bytes that are no event', () => {
    const noAuthor = Event.encode({
      author: new Uint8Array(31),
      order: 1n,
      conversationId: new Uint8Array(),
    });
    expect(decodeEvent(noAuthor)).toBeUndefined();
    const deleted = { kind: 'message-deleted', conversationId, target, erased } as const;
    const envelope = Event.decode(encodeEvent({ author, order: 1, content: deleted }));
    delete envelope.messageDeleted;
    const unknown = { author, order: 1, content: { kind: 'unknown', conversationId } };
    expect(decodeEvent(Event.encode(envelope))).toEqual(unknown);
    envelope.conversationId = new Uint8Array();
    expect(decodeEvent(Event.encode(envelope))?.content.conversationId).toBeUndefined();
  });

  it('of a known kind that make no sense are none', () => {
    const deleted = { kind: 'message-deleted', conversationId, target, erased } as const;
    const envelope = Event.decode(encodeEvent({ author, order: 1, content: deleted }));
    const said = envelope.messageDeleted;
    if (!said) throw new Error('no deletion');
    said.target = new Uint8Array(31);
    expect(decodeEvent(Event.encode(envelope))).toBeUndefined();
    said.target = fromHex(target);
    said.author = new Uint8Array(31);
    expect(decodeEvent(Event.encode(envelope))).toBeUndefined();
  });

  it('of an order that nothing could come after are none', () => {
    const event = (order: number) =>
      encodeEvent({
        author,
        order,
        content: { kind: 'draft', conversationId, text: '', editedAt: 0 },
      });
    expect(decodeEvent(event(ORDER_MAX))?.order).toBe(ORDER_MAX);
    expect(decodeEvent(event(ORDER_MAX + 1))).toBeUndefined();
    expect(nextOrder(Number.MAX_SAFE_INTEGER, 0)).toBeLessThan(ORDER_MAX / 2);
  });

  it('never make the decoder throw', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeEvent(bytes)));
  });

  it('come after everything their writer has seen, whatever its clock says', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (now, seen) => {
        expect(nextOrder(now, seen)).toBeGreaterThan(seen);
        expect(nextOrder(now, seen)).toBeGreaterThanOrEqual(now);
      }),
    );
  });
});

describe('the projection', () => {
  it('tells what messages change, and of what a person sees, and passes over what is no event', () => {
    const message = (name: string, written: EventContent) => ({
      id: name as MessageId,
      sequence: 1,
      timestamp: 5n,
      body: encodeEvent({ author, order: 7, content: written }),
    });
    const { changes, conversationIds, entryIds } = projectionOf(
      [
        message('a', { kind: 'text-written', conversationId, text: 'hi' }),
        message('b', { kind: 'conversation-named', conversationId, name: 'N' }),
        message('c', { kind: 'message-deleted', conversationId, target, erased }),
        { id: 'd' as MessageId, sequence: 2, timestamp: 7n, body: new Uint8Array([255]) },
      ],
      12,
    );
    expect(changes).toMatchObject({
      putEntries: [{ id: 'a', conversationId, author, order: 7, writtenAt: 5, text: 'hi' }],
      nameConversations: [{ conversationId, name: 'N', order: 7, eventId: 'b' }],
      deletions: [{ target, order: 7, eventId: 'c' }],
      unsupported: [],
      projectedThrough: 12,
    });
    expect([...conversationIds]).toEqual([conversationId]);
    expect([...entryIds].sort()).toEqual(['a', target]);
  });
});

describe('limits', () => {
  it('refuse a text of nothing, and one over the limit, and no other', () => {
    expect(textProblem('')).toBe('empty-text');
    expect(textProblem(' \n\t')).toBe('empty-text');
    expect(textProblem('é'.repeat(TEXT_BYTES_MAX / 2))).toBeUndefined();
    expect(textProblem('é'.repeat(TEXT_BYTES_MAX / 2) + 'x')).toBe('text-too-long');
  });

  it('count the characters of a name as a person does', () => {
    expect(nameProblem('👩‍👩‍👧‍👦'.repeat(200))).toBeUndefined();
    expect(nameProblem('x'.repeat(201))).toBe('name-too-long');
    expect(nameProblem(normalizeName('  \n '))).toBe('invalid-name');
    expect(normalizeName(' Two\n words ')).toBe('Two words');
  });

  it('know an emoji from other characters', () => {
    for (const emoji of ['👍', '❤️', '👩‍👩‍👧‍👦', '🇩🇪', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '☺'])
      expect([emoji, isEmoji(emoji)]).toEqual([emoji, true]);
    const zalgo = '👍' + '\u0301'.repeat(EMOJI_BYTES_MAX);
    for (const other of ['', 'a', '1', '👍👍', 'a👍', ' ', zalgo])
      expect([other, isEmoji(other)]).toEqual([other, false]);
  });
});

it('a time that nobody can live in is shown as the first or the last that can be', () => {
  const content = { kind: 'text-written', conversationId, text: 'x' } as const;
  const shown = [-5n, 2n ** 62n].map((timestamp) => {
    const body = encodeEvent({ author, order: 1, content });
    const { changes } = projectionOf([{ id: target, sequence: 1, timestamp, body }], 1);
    return changes.putEntries?.[0]?.writtenAt;
  });
  expect(shown[0]).toBe(0);
  expect(new Date(shown[1] ?? NaN).getUTCFullYear()).toBe(9999);
});

it('a text of 300 bytes is an event of 326, and of 365 where nothing around it says its author and order', () => {
  const content = { kind: 'text-written', conversationId, text: 'x'.repeat(300) } as const;
  const event = { author, order: 1_764_500_000_000, content };
  expect(encodeEvent(event, { writers: [author], timestamp: 1_764_500_000_000n }).byteLength).toBe(
    326,
  );
  expect(encodeEvent(event).byteLength).toBe(365);
});
