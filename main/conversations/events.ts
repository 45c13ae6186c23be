import { fromHex, toHex } from '../helpers/bytes.ts';
import type { PeerId } from '../helpers/ids.ts';
import { peerIdOfBytes, peerIdToBytes } from '../helpers/peer-id.ts';
import { Event as EventMessage } from '../proto/conversation.ts';
import type { ConversationId } from './types.ts';

/** 96 random bits: no two events of a person collide. */
export const NONCE_BYTES = 12;
export const CONVERSATION_ID_BYTES = 16;

/** One thing that a person did. */
export type EventContent =
  | {
      readonly kind: 'text-written';
      readonly conversationId: ConversationId;
      readonly text: string;
    }
  | {
      readonly kind: 'conversation-named';
      readonly conversationId: ConversationId;
      readonly name: string;
    };

export interface Event {
  readonly author: PeerId;
  /** Hybrid logical clock, milliseconds: see `nextOrder`. */
  readonly order: number;
  /** Undefined for an event of a kind that this version does not know. */
  readonly content: EventContent | undefined;
}

/** The body of a message. `nonce` has `NONCE_BYTES` random bytes. */
export function encodeEvent(
  event: { readonly author: PeerId; readonly order: number; readonly content: EventContent },
  nonce: Uint8Array,
): Uint8Array {
  const { author, order, content } = event;
  const conversationId = fromHex(content.conversationId);
  return EventMessage.encode({
    nonce,
    author: peerIdToBytes(author),
    order: BigInt(order),
    ...(content.kind === 'text-written'
      ? { textWritten: { conversationId, text: content.text } }
      : { conversationNamed: { conversationId, name: content.name } }),
  });
}

/** The event in a message's body; undefined where the bytes are not one. */
export function decodeEvent(body: Uint8Array): Event | undefined {
  try {
    const { author, order, textWritten, conversationNamed } = EventMessage.decode(body);
    const peerId = peerIdOfBytes(author);
    if (!peerId || order > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
    const envelope = { author: peerId, order: Number(order) };
    if (textWritten) {
      const conversationId = conversationIdOf(textWritten.conversationId);
      if (!conversationId) return undefined;
      return {
        ...envelope,
        content: { kind: 'text-written', conversationId, text: textWritten.text },
      };
    }
    if (conversationNamed) {
      const conversationId = conversationIdOf(conversationNamed.conversationId);
      if (!conversationId) return undefined;
      return {
        ...envelope,
        content: { kind: 'conversation-named', conversationId, name: conversationNamed.name },
      };
    }
    return { ...envelope, content: undefined };
  } catch {
    return undefined;
  }
}

/**
 * The order of a new event: the writer's clock, but always after everything it has seen, so that an answer comes after
 * what it answers on every device, whatever its clock says (Lamport's rule on a physical clock).
 */
export function nextOrder(now: number, highestSeen: number): number {
  return Math.max(now, highestSeen + 1);
}

/** The conversation id that a text is; undefined where it is none. */
export function parseConversationId(text: string): ConversationId | undefined {
  return /^[0-9a-f]{32}$/u.test(text) ? (text as ConversationId) : undefined;
}

export function conversationIdOf(bytes: Uint8Array): ConversationId | undefined {
  return bytes.byteLength === CONVERSATION_ID_BYTES ? (toHex(bytes) as ConversationId) : undefined;
}
