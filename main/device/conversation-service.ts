import { createHash, randomBytes } from 'node:crypto';
import { ReunionError } from '../api/errors.ts';
import type { ConversationColour, ConversationSummary, PositionView } from '../api/types.ts';
import { CONVERSATION_ID_BYTES, parseConversationId } from '../conversations/events.ts';
import {
  isEmoji,
  NAME_CHARACTERS_MAX,
  nameProblem,
  normalizeName,
  textProblem,
} from '../conversations/limits.ts';
import type { ConversationStore } from '../conversations/ports.ts';
import type { Conversation, ConversationId, EntryPosition } from '../conversations/types.ts';
import type { GroupId } from '../helpers/ids.ts';
import type { ConversationViews } from './conversation-views.ts';
import type { EventWriter } from './event-writer.ts';
import { tooLong } from './text-errors.ts';

export interface ConversationServiceOptions {
  readonly store: ConversationStore;
  readonly views: ConversationViews;
  readonly writer: EventWriter;
}

/** Reads and writes what is about conversations as a whole. */
export class ConversationService {
  readonly #store: ConversationStore;
  readonly #views: ConversationViews;
  readonly #writer: EventWriter;

  constructor({ store, views, writer }: ConversationServiceOptions) {
    this.#store = store;
    this.#views = views;
    this.#writer = writer;
  }

  async list(): Promise<readonly ConversationSummary[]> {
    const conversations = await this.#store.conversations(this.#views.self);
    return conversations.map((conversation) => this.#views.summary(conversation));
  }

  async create(name: string): Promise<ConversationSummary> {
    return this.#summary(await this.findOrMake(name));
  }

  async rename(idOrName: string, name: string): Promise<ConversationSummary> {
    const normalized = checkedName(name);
    const { id: conversationId, name: before } = await this.get(idOrName);
    if (normalized !== before) {
      const kind = 'conversation-named';
      await this.#writer.aboutConversation({ kind, conversationId, name: normalized });
    }
    return this.#summary(conversationId);
  }

  async archive(idOrName: string, archived: boolean): Promise<ConversationSummary> {
    const { id: conversationId, registers } = await this.get(idOrName);
    if (archived !== (registers.archived ?? false)) {
      const kind = 'conversation-archived';
      await this.#writer.aboutConversation({ kind, conversationId, archived });
    }
    return this.#summary(conversationId);
  }

  async pin(idOrName: string, pinned: boolean): Promise<ConversationSummary> {
    const { id: conversationId, registers } = await this.get(idOrName);
    if (pinned !== (registers.pinned ?? false)) {
      await this.#writer.aboutConversation({ kind: 'conversation-pinned', conversationId, pinned });
    }
    return this.#summary(conversationId);
  }

  async setAppearance(
    idOrName: string,
    appearance: { readonly emoji: string | null; readonly colour: ConversationColour | null },
  ): Promise<ConversationSummary> {
    const emoji = appearance.emoji ?? undefined;
    const colour = appearance.colour ?? undefined;
    if (emoji !== undefined) checkEmoji(emoji);
    const { id: conversationId, registers } = await this.get(idOrName);
    const before = registers.appearance;
    if (emoji !== before?.emoji || colour !== before?.colour) {
      const kind = 'conversation-appearance';
      await this.#writer.aboutConversation({ kind, conversationId, emoji, colour });
    }
    return this.#summary(conversationId);
  }

  async markRead(idOrName: string, upTo: PositionView | undefined): Promise<ConversationSummary> {
    const { id: conversationId, latest, readUpTo } = await this.get(idOrName);
    const position = (upTo as EntryPosition | undefined) ?? latest;
    if (position && (!readUpTo || isAfter(position, readUpTo))) {
      const { order, id } = position;
      const content = { conversationId, position: { order, id } };
      await this.#writer.aboutConversation({ kind: 'read-up-to', ...content });
    }
    return this.#summary(conversationId);
  }

  async setDraft(idOrName: string, text: string): Promise<ConversationSummary> {
    if (textProblem(text) === 'text-too-long') throw tooLong();
    const { id: conversationId, registers } = await this.get(idOrName);
    if (text !== (registers.draft?.text ?? '')) {
      const content = { conversationId, text, editedAt: this.#writer.now() };
      await this.#writer.aboutConversation({ kind: 'draft', ...content });
    }
    return this.#summary(conversationId);
  }

  /** Throws `ReunionError`, not-found. */
  async get(idOrName: string): Promise<Conversation> {
    const conversation = await this.find(idOrName);
    if (conversation) return conversation;
    throw new ReunionError('not-found', `There is no conversation “${idOrName}”.`);
  }

  async find(idOrName: string): Promise<Conversation | undefined> {
    const id = parseConversationId(idOrName);
    const byId = id && (await this.#store.conversation(id, this.#views.self));
    return byId ?? this.#named(normalizeName(idOrName));
  }

  /** The conversation of a name, made where there is none. */
  async findOrMake(name: string): Promise<ConversationId> {
    const normalized = checkedName(name);
    const { texts } = await this.#writer.groups();
    const existing = await this.#named(normalized);
    if (existing) return existing.id;
    const derived = conversationIdFor(texts, normalized);
    const taken = await this.#store.conversation(derived);
    // Somebody else has made it since it was looked for by name.
    if (taken?.name === normalized) return derived;
    // Taken by a conversation that was since renamed: this one is another. One without a name is the one that is meant: what was
    // written in it has come before its name.
    const isRenamed = taken !== undefined && taken.name !== '';
    const conversationId = isRenamed ? randomConversationId() : derived;
    const kind = 'conversation-named';
    await this.#writer.aboutConversation({ kind, conversationId, name: normalized });
    return conversationId;
  }

  /** Of several of one name the one that was active last. */
  async #named(name: string): Promise<Conversation | undefined> {
    const [latest] = await this.#store.conversationsNamed(name);
    return latest && this.#store.conversation(latest.id, this.#views.self);
  }

  async #summary(id: ConversationId): Promise<ConversationSummary> {
    return this.#views.summary(await this.get(id));
  }
}

/** Throws `ReunionError`, invalid-emoji. */
export function checkEmoji(emoji: string): void {
  if (!isEmoji(emoji)) throw new ReunionError('invalid-emoji', 'One emoji is wanted, and no more.');
}

function checkedName(name: string): string {
  const normalized = normalizeName(name);
  switch (nameProblem(normalized)) {
    case 'invalid-name':
      throw new ReunionError('invalid-name', 'A conversation needs a name of visible characters.');
    case 'name-too-long':
      throw new ReunionError(
        'name-too-long',
        `The name of a conversation can have ${NAME_CHARACTERS_MAX} characters at most.`,
      );
    case undefined:
      return normalized;
  }
}

function isAfter(one: EntryPosition, other: EntryPosition): boolean {
  return one.order > other.order || (one.order === other.order && one.id > other.id);
}

/** Two devices that make a conversation of the same name while apart have made the same one. */
function conversationIdFor(group: GroupId, name: string): ConversationId {
  const hash = createHash('sha256').update(`reunion conversation\0${group}\0${name}`).digest('hex');
  return hash.slice(0, CONVERSATION_ID_BYTES * 2) as ConversationId;
}

function randomConversationId(): ConversationId {
  return randomBytes(CONVERSATION_ID_BYTES).toString('hex') as ConversationId;
}
