import type { MessageId, PeerId } from '../helpers/ids.ts';
import { decodeEvent } from './events.ts';
import type { Event, EventContext } from './events.ts';
import type { ProjectionChanges, RegisterChange, Said } from './ports.ts';
import { shownTime } from './order.ts';
import type { ConversationId } from './types.ts';

/** Raised with every kind of event that is added: see `ConversationStore.reconsider`. */
export const KNOWN_KINDS = 13;

/** What the projection needs of a stored message. */
export interface ProjectedMessage {
  readonly id: MessageId;
  /** See `StoredMessage.sequence`. */
  readonly sequence: number;
  /** By the writer's clock, Unix milliseconds. */
  readonly timestamp: bigint;
  readonly body: Uint8Array;
  /** Of the epoch that it was sealed under: see `EventContext`. */
  readonly writers?: readonly PeerId[];
}

/** What messages change, and of what a person sees. */
export interface Projection {
  readonly changes: ProjectionChanges;
  readonly conversationIds: ReadonlySet<ConversationId>;
  /** Entries that are new, or perhaps look different. */
  readonly entryIds: ReadonlySet<MessageId>;
}

type Lists = { -readonly [List in keyof ProjectionChanges]-?: Mutable<ProjectionChanges[List]> };
type Mutable<List> = [List] extends [number] ? List : Item<NonNullable<List>>[];
type Item<List> = List extends readonly (infer One)[] ? One : never;

/**
 * What messages change in what a person sees. Deterministic, and the same in the end for every order in which they
 * arrive: an entry stands at its own (order, id), and of what is said twice the one with the higher (order, id) counts. A
 * body that is no event changes nothing and stays in the store.
 */
export function projectionOf(
  messages: readonly ProjectedMessage[],
  projectedThrough: number,
  decode: (body: Uint8Array, context: EventContext) => Event | undefined = decodeEvent,
): Projection {
  const changes: Lists = {
    nameConversations: [],
    putEntries: [],
    edits: [],
    deletions: [],
    pins: [],
    reactions: [],
    registers: [],
    reads: [],
    partLists: [],
    abandoned: [],
    unsupported: [],
    projectedThrough,
  };
  const conversationIds = new Set<ConversationId>();
  const entryIds = new Set<MessageId>();
  for (const message of messages) {
    const event = decode(message.body, message);
    if (!event) continue;
    project(changes, message, event);
    const { content } = event;
    if (content.conversationId) conversationIds.add(content.conversationId);
    if ('target' in content) entryIds.add(content.target);
  }
  for (const { id } of changes.putEntries) entryIds.add(id);
  return { changes, conversationIds, entryIds };
}

function project(
  changes: Lists,
  { id, sequence, timestamp }: ProjectedMessage,
  { author, order, content }: Event,
): void {
  const said = { order, eventId: id };
  const written = { author, writtenAt: shownTime(timestamp) };
  switch (content.kind) {
    case 'text-written': {
      const { conversationId, text, attachments } = content;
      const entry = { id, order, conversationId, ...written, text };
      changes.putEntries.push(attachments ? { ...entry, attachments } : entry);
      break;
    }
    case 'text-edited': {
      const { target, text } = content;
      changes.edits.push({ ...said, target, ...written, text });
      break;
    }
    case 'message-deleted': {
      const { target, conversationId, erased } = content;
      changes.deletions.push({ ...said, target, author, conversationId, erased });
      break;
    }
    case 'message-pinned': {
      const { target, pinned } = content;
      changes.pins.push({ ...said, target, pinned });
      break;
    }
    case 'reaction': {
      const { target, emoji, on } = content;
      changes.reactions.push({ ...said, target, author, emoji, on });
      break;
    }
    case 'conversation-named': {
      const { conversationId, name } = content;
      changes.nameConversations.push({ ...said, conversationId, name });
      break;
    }
    case 'conversation-archived':
    case 'conversation-pinned':
    case 'conversation-appearance':
    case 'draft':
      changes.registers.push(registerOf(said, content));
      break;
    case 'read-up-to': {
      const { conversationId, position } = content;
      changes.reads.push({ ...said, conversationId, author, position });
      break;
    }
    case 'file-parts':
      changes.partLists.push({ id, parts: content.parts });
      break;
    case 'file-abandoned': {
      const { storedAt, parts } = content;
      changes.abandoned.push({ eventId: id, storedAt, parts });
      break;
    }
    case 'unknown': {
      const { conversationId } = content;
      changes.unsupported.push({ ...said, sequence });
      if (!conversationId) break;
      const entry = { id, order, conversationId, ...written, text: '', unsupported: true };
      changes.putEntries.push(entry);
    }
  }
}

type RegisterContent = Extract<
  Event['content'],
  {
    readonly kind:
      'conversation-archived' | 'conversation-pinned' | 'conversation-appearance' | 'draft';
  }
>;

function registerOf(said: Said, content: RegisterContent): RegisterChange {
  const about = { ...said, conversationId: content.conversationId };
  switch (content.kind) {
    case 'conversation-archived':
      return { ...about, register: 'archived', value: content.archived };
    case 'conversation-pinned':
      return { ...about, register: 'pinned', value: content.pinned };
    case 'conversation-appearance': {
      const { emoji, colour } = content;
      return { ...about, register: 'appearance', value: { emoji, colour } };
    }
    case 'draft': {
      const { text, editedAt } = content;
      return { ...about, register: 'draft', value: { text, editedAt } };
    }
  }
}
