import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent, encodeEvent, nextOrder } from '../../main/conversations/events.ts';
import type { EventContent } from '../../main/conversations/events.ts';
import {
  nameProblem,
  normalizeName,
  TEXT_BYTES_MAX,
  textProblem,
} from '../../main/conversations/limits.ts';
import { projectionOf } from '../../main/conversations/projection.ts';
import type { ConversationId } from '../../main/conversations/types.ts';
import type { MessageId } from '../../main/helpers/ids.ts';
import { Event } from '../../main/proto/conversation.ts';
import { keysOf } from '../helpers/identities.ts';

const author = keysOf(0).peerId;
const conversationId = '0123456789abcdef0123456789abcdef' as ConversationId;
const nonce = new Uint8Array(12);

const content: fc.Arbitrary<EventContent> = fc.oneof(
  fc.record({
    kind: fc.constant('text-written' as const),
    conversationId: fc.constant(conversationId),
    text: fc.string({ unit: 'grapheme' }),
  }),
  fc.record({
    kind: fc.constant('conversation-named' as const),
    conversationId: fc.constant(conversationId),
    name: fc.string({ unit: 'grapheme' }),
  }),
);

describe('events', () => {
  it('survive the way into bytes and back', () => {
    fc.assert(
      fc.property(content, fc.maxSafeNat(), (written, order) => {
        const event = { author, order, content: written };
        expect(decodeEvent(encodeEvent(event, nonce))).toEqual(event);
      }),
    );
  });

  it('of an unknown kind are kept apart from bytes that are no event', () => {
    const unknown = Event.encode({ nonce, author: new Uint8Array(38), order: 1n });
    expect(decodeEvent(unknown)).toBeUndefined();
    const future = encodeEvent(
      { author, order: 1, content: { kind: 'text-written', conversationId, text: 'x' } },
      nonce,
    );
    const envelope = Event.decode(future);
    delete envelope.textWritten;
    expect(decodeEvent(Event.encode(envelope))).toEqual({ author, order: 1, content: undefined });
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
  it('makes an entry of a text and a name of a naming, and passes over anything else', () => {
    const body = (written: EventContent) =>
      encodeEvent({ author, order: 7, content: written }, nonce);
    const changes = projectionOf(
      [
        {
          id: 'a' as MessageId,
          timestamp: 5n,
          body: body({ kind: 'text-written', conversationId, text: 'hi' }),
        },
        {
          id: 'b' as MessageId,
          timestamp: 6n,
          body: body({ kind: 'conversation-named', conversationId, name: 'N' }),
        },
        { id: 'c' as MessageId, timestamp: 7n, body: new Uint8Array([255]) },
      ],
      12,
    );
    expect(changes).toEqual({
      putEntries: [{ id: 'a', conversationId, author, order: 7, writtenAt: 5, text: 'hi' }],
      nameConversations: [{ conversationId, name: 'N', order: 7, eventId: 'b' }],
      projectedThrough: 12,
    });
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
});
