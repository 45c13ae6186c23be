import { fromHex, toHex } from '../helpers/bytes.ts';
import type { MessageId, PeerId } from '../helpers/ids.ts';
import {
  peerIdOfBytes,
  peerIdOfPublicKey,
  peerIdToBytes,
  PUBLIC_KEY_BYTES,
  publicKeyOf,
} from '../helpers/peer-id.ts';
import { Event as EventMessage } from '../proto/conversation.ts';
import type { MessageDeleted } from '../proto/conversation.ts';
import { ORDER_MAX } from './order.ts';
import { decodeAttachment, encodeAttachment, idsOf, joinedIds } from './attachment-codec.ts';
import { ATTACHMENTS_MAX, LIST_PARTS } from './files.ts';
import type { Attachment, FileCopy } from './files.ts';
import type { ConversationId, EntryPosition } from './types.ts';

export const CONVERSATION_ID_BYTES = 16;
const MESSAGE_ID_BYTES = 32;

/** One thing that a person did. `target` is the id of the message that the text was written with. */
export type EventContent = ConversationContent | FileContent;

/** What is in a conversation, or about one. */
export type ConversationContent = { readonly conversationId: ConversationId } & (
  | {
      readonly kind: 'text-written';
      readonly text: string;
      /** None where absent. */
      readonly attachments?: readonly Attachment[];
    }
  | { readonly kind: 'text-edited'; readonly target: MessageId; readonly text: string }
  | { readonly kind: 'message-deleted'; readonly target: MessageId; readonly erased: ErasedText }
  | { readonly kind: 'message-pinned'; readonly target: MessageId; readonly pinned: boolean }
  | {
      readonly kind: 'reaction';
      readonly target: MessageId;
      readonly emoji: string;
      readonly on: boolean;
    }
  | { readonly kind: 'conversation-named'; readonly name: string }
  | { readonly kind: 'conversation-archived'; readonly archived: boolean }
  | { readonly kind: 'conversation-pinned'; readonly pinned: boolean }
  | {
      readonly kind: 'conversation-appearance';
      readonly emoji: string | undefined;
      readonly colour: string | undefined;
    }
  | { readonly kind: 'read-up-to'; readonly position: EntryPosition }
  /** `editedAt` by the writer's clock, Unix milliseconds. */
  | { readonly kind: 'draft'; readonly text: string; readonly editedAt: number }
);

/** The facts that remain of a text that was deleted. */
export interface ErasedText {
  /** Of the event of the text. */
  readonly order: number;
  readonly author: PeerId;
  /** The timestamp of the message of the text, Unix milliseconds. */
  readonly timestamp: number;
  /** The files that it carried. */
  readonly files: readonly FileCopy[];
}

/** What is about files: nothing of it is to be seen, and it is in no conversation. */
export type FileContent = { readonly conversationId?: undefined } & (
  | { readonly kind: 'file-parts'; readonly parts: readonly MessageId[] }
  /** Chunks that no text names; `storedAt` as in `FileCopy`. */
  | {
      readonly kind: 'file-abandoned';
      readonly storedAt: number;
      readonly parts: readonly MessageId[];
    }
);

/** An event of a kind that this version does not know; the conversation is there where it is to be seen that it is. */
interface UnknownContent {
  readonly kind: 'unknown';
  readonly conversationId: ConversationId | undefined;
}

export interface Event {
  readonly author: PeerId;
  /** See `nextOrder`. */
  readonly order: number;
  readonly content: EventContent | UnknownContent;
}

/** An event as this version writes it. */
export interface NewEvent {
  readonly author: PeerId;
  readonly order: number;
  readonly content: EventContent;
}

/** Values that surround an event, so that it leaves them out. It carries those that are not given. */
export interface EventContext {
  /** Of the epoch that its body is sealed under: an author among them is named by its place. */
  readonly writers?: readonly PeerId[];
  /** Of its message. */
  readonly timestamp?: bigint;
}

/** The body of a message, before it is sealed. Two equal events have equal bodies. */
export function encodeEvent(
  { author, order, content }: NewEvent,
  { writers = [], timestamp }: EventContext = {},
): Uint8Array {
  const place = writers.indexOf(author) + 1;
  return EventMessage.encode({
    ...(place > 0
      ? { author: new Uint8Array(), authorPlace: place }
      : { author: publicKeyOf(author) }),
    ...(BigInt(order) !== timestamp && { order: BigInt(order) }),
    conversationId: new Uint8Array(),
    ...encodeContent(content),
  });
}

/** PeerIds by the public key: turning a key into one takes longer than reading all the rest of an event. */
const authors = new Map<string, PeerId>();
/** More keys than a person's devices ever have. */
const AUTHORS_MAX = 1_024;

/** Undefined where it says neither, or both, or a place that there is not. */
function authorIn(
  { author, authorPlace }: EventMessage,
  writers: readonly PeerId[],
): PeerId | undefined {
  if (authorPlace === undefined) return authorOf(author);
  return author.byteLength === 0 ? writers[authorPlace - 1] : undefined;
}

/** Undefined where they are no 32 bytes. */
function authorOf(publicKey: Uint8Array): PeerId | undefined {
  if (publicKey.byteLength !== PUBLIC_KEY_BYTES) return undefined;
  const key = toHex(publicKey);
  const known = authors.get(key);
  if (known !== undefined) return known;
  const author = peerIdOfPublicKey(publicKey);
  if (authors.size >= AUTHORS_MAX) authors.clear();
  authors.set(key, author);
  return author;
}

type Kinds = Omit<EventMessage, 'author' | 'authorPlace' | 'order' | 'conversationId'>;

function encodeContent(
  content: EventContent,
): Kinds & Partial<Pick<EventMessage, 'conversationId'>> {
  if (content.kind === 'file-parts') return { fileParts: { parts: joinedIds(content.parts) } };
  if (content.kind === 'file-abandoned') {
    const { storedAt, parts } = content;
    return { fileAbandoned: { storedAt: BigInt(storedAt), parts: joinedIds(parts) } };
  }
  const conversationId = fromHex(content.conversationId);
  switch (content.kind) {
    case 'text-written': {
      const { text, attachments = [] } = content;
      return {
        textWritten: { conversationId, text, attachments: attachments.map(encodeAttachment) },
      };
    }
    case 'conversation-named':
      return { conversationNamed: { conversationId, name: content.name } };
    case 'text-edited': {
      const { text } = content;
      return { conversationId, textEdited: { target: fromHex(content.target), text } };
    }
    case 'message-deleted':
      return {
        conversationId,
        messageDeleted: { target: fromHex(content.target), ...encodeErased(content.erased) },
      };
    case 'message-pinned': {
      const { pinned } = content;
      return { conversationId, messagePinned: { target: fromHex(content.target), pinned } };
    }
    case 'reaction': {
      const { emoji, on } = content;
      return { conversationId, reaction: { target: fromHex(content.target), emoji, on } };
    }
    case 'conversation-archived':
      return { conversationId, conversationArchived: { archived: content.archived } };
    case 'conversation-pinned':
      return { conversationId, conversationPinned: { pinned: content.pinned } };
    case 'conversation-appearance': {
      const { emoji, colour } = content;
      const appearance = {
        ...(emoji !== undefined && { emoji }),
        ...(colour !== undefined && { colour }),
      };
      return { conversationId, conversationAppearance: appearance };
    }
    case 'read-up-to': {
      const { order, id } = content.position;
      return { conversationId, readUpTo: { order: BigInt(order), message: fromHex(id) } };
    }
    case 'draft': {
      const { text, editedAt } = content;
      return { conversationId, draft: { text, editedAt: BigInt(editedAt) } };
    }
  }
}

/** The event in a message's body; undefined where the bytes are not one, or leave out what is not around them. */
export function decodeEvent(
  body: Uint8Array,
  { writers = [], timestamp = -1n }: EventContext = {},
): Event | undefined {
  try {
    const message = EventMessage.decode(body);
    const author = authorIn(message, writers);
    const order = safeNumber(message.order ?? timestamp, ORDER_MAX);
    const content = decodeContent(message);
    return author && order !== undefined && content ? { author, order, content } : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where what a known kind of event says cannot be. */
function decodeContent(message: EventMessage): Event['content'] | undefined {
  const { textWritten, conversationNamed } = message;
  const aboutFiles = fileContent(message);
  if (aboutFiles) return aboutFiles;
  const named = textWritten ?? conversationNamed;
  const conversationId = conversationIdOf(named ? named.conversationId : message.conversationId);
  if (conversationId) return knownContent(conversationId, message) ?? unknownOf(message);
  return unknownOf(message);
}

/** Undefined for an event of a kind that is known after all, but makes no sense. */
function unknownOf(message: EventMessage): UnknownContent | undefined {
  const isKnown = KINDS.some((kind) => message[kind] !== undefined);
  if (isKnown) return undefined;
  return { kind: 'unknown', conversationId: conversationIdOf(message.conversationId) };
}

const KINDS = [
  'textWritten',
  'conversationNamed',
  'textEdited',
  'messageDeleted',
  'messagePinned',
  'reaction',
  'conversationArchived',
  'conversationPinned',
  'conversationAppearance',
  'readUpTo',
  'draft',
  'fileParts',
  'fileAbandoned',
] as const satisfies readonly (keyof Kinds)[];

function knownContent(
  conversationId: ConversationId,
  message: EventMessage,
): EventContent | undefined {
  const { textWritten, conversationNamed, conversationArchived, readUpTo, draft } = message;
  const { conversationAppearance: appearance, conversationPinned } = message;
  if (textWritten) {
    const { text } = textWritten;
    const attachments = textWritten.attachments.slice(0, ATTACHMENTS_MAX).flatMap(decodeAttachment);
    const about = { kind: 'text-written', conversationId, text } as const;
    return attachments.length === 0 ? about : { ...about, attachments };
  }
  if (conversationNamed) {
    return { kind: 'conversation-named', conversationId, name: conversationNamed.name };
  }
  if (conversationArchived) {
    const { archived } = conversationArchived;
    return { kind: 'conversation-archived', conversationId, archived };
  }
  if (conversationPinned) {
    const { pinned } = conversationPinned;
    return { kind: 'conversation-pinned', conversationId, pinned };
  }
  if (appearance) {
    const { emoji, colour } = appearance;
    return { kind: 'conversation-appearance', conversationId, emoji, colour };
  }
  if (readUpTo) {
    const order = safeNumber(readUpTo.order, ORDER_MAX);
    const id = messageIdOf(readUpTo.message);
    if (order === undefined || !id) return undefined;
    return { kind: 'read-up-to', conversationId, position: { order, id } };
  }
  if (draft) {
    const editedAt = safeNumber(draft.editedAt, Number.MAX_SAFE_INTEGER);
    if (editedAt === undefined) return undefined;
    return { kind: 'draft', conversationId, text: draft.text, editedAt };
  }
  return contentAboutMessage(conversationId, message);
}

function fileContent({ fileParts, fileAbandoned }: EventMessage): FileContent | undefined {
  const parts = idsOf((fileParts ?? fileAbandoned)?.parts, LIST_PARTS);
  if (!parts) return undefined;
  if (fileParts) return { kind: 'file-parts', parts };
  const storedAt = safeNumber(fileAbandoned?.storedAt ?? 0n, Number.MAX_SAFE_INTEGER);
  return storedAt === undefined ? undefined : { kind: 'file-abandoned', storedAt, parts };
}

function contentAboutMessage(
  conversationId: ConversationId,
  { textEdited, messageDeleted, messagePinned, reaction }: EventMessage,
): EventContent | undefined {
  const about = textEdited ?? messageDeleted ?? messagePinned ?? reaction;
  const target = about && messageIdOf(about.target);
  if (!target) return undefined;
  if (textEdited) return { kind: 'text-edited', conversationId, target, text: textEdited.text };
  if (messageDeleted) {
    const erased = decodeErased(messageDeleted);
    return erased && { kind: 'message-deleted', conversationId, target, erased };
  }
  if (messagePinned) {
    return { kind: 'message-pinned', conversationId, target, pinned: messagePinned.pinned };
  }
  if (!reaction) return undefined;
  const { emoji, on } = reaction;
  return { kind: 'reaction', conversationId, target, emoji, on };
}

function encodeErased({
  order,
  author,
  timestamp,
  files,
}: ErasedText): Omit<MessageDeleted, 'target'> {
  return {
    order: BigInt(order),
    author: peerIdToBytes(author),
    timestamp: BigInt(timestamp),
    attachments: files.map((file) => encodeAttachment({ ...file, name: '', mediaType: '' })),
  };
}

function decodeErased(message: MessageDeleted): ErasedText | undefined {
  const author = peerIdOfBytes(message.author);
  const order = safeNumber(message.order, ORDER_MAX);
  const timestamp = safeNumber(message.timestamp, Number.MAX_SAFE_INTEGER);
  if (!author || order === undefined || timestamp === undefined) return undefined;
  const attachments = message.attachments.slice(0, ATTACHMENTS_MAX).flatMap(decodeAttachment);
  const files = attachments.map(({ file, bytes, storedAt, parts, lists }) => {
    return { file, bytes, storedAt, parts, lists };
  });
  return { order, author, timestamp, files };
}

function safeNumber(value: bigint, max: number): number | undefined {
  return value < 0n || value > BigInt(max) ? undefined : Number(value);
}

/** The conversation id that a text is; undefined where it is none. */
export function parseConversationId(text: string): ConversationId | undefined {
  return /^[0-9a-f]{32}$/u.test(text) ? (text as ConversationId) : undefined;
}

function conversationIdOf(bytes: Uint8Array): ConversationId | undefined {
  return bytes.byteLength === CONVERSATION_ID_BYTES ? (toHex(bytes) as ConversationId) : undefined;
}

function messageIdOf(bytes: Uint8Array): MessageId | undefined {
  return bytes.byteLength === MESSAGE_ID_BYTES ? (toHex(bytes) as MessageId) : undefined;
}
