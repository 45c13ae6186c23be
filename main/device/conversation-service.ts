import { createHash, randomBytes } from 'node:crypto';
import { ReunionError } from '../api/errors.ts';
import type { ConversationSummary, DeviceInfo, MessagePage, MessageView } from '../api/types.ts';
import {
  CONVERSATION_ID_BYTES,
  encodeEvent,
  nextOrder,
  NONCE_BYTES,
  parseConversationId,
} from '../conversations/events.ts';
import type { EventContent } from '../conversations/events.ts';
import {
  NAME_CHARACTERS_MAX,
  nameProblem,
  normalizeName,
  TEXT_BYTES_MAX,
  textProblem,
} from '../conversations/limits.ts';
import type { ConversationStore } from '../conversations/ports.ts';
import type { Conversation, ConversationId, Entry, EntryPosition } from '../conversations/types.ts';
import type { Clock } from '../helpers/clock.ts';
import type { GroupId, MessageId, PeerId } from '../helpers/ids.ts';
import type { Message } from '../mvds/types.ts';
import type { ConversationGroups } from './device-list-keeper.ts';

export interface ConversationServiceOptions {
  readonly self: PeerId;
  readonly clock: Clock;
  readonly store: ConversationStore;
  /** The groups to write to; makes this a first device where it is none yet. */
  readonly groups: () => Promise<ConversationGroups>;
  /** Stores a message and sends it on its way. */
  readonly append: (group: GroupId, timestamp: bigint, body: Uint8Array) => Promise<Message>;
  /** Resolves once what is stored shows in the conversations. */
  readonly projected: () => Promise<void>;
  readonly deviceInfo: (peerId: PeerId) => DeviceInfo;
}

/** Reads and writes conversations. */
export class ConversationService {
  readonly #options: ConversationServiceOptions;
  #lastOrder = 0;

  constructor(options: ConversationServiceOptions) {
    this.#options = options;
  }

  async list(): Promise<readonly ConversationSummary[]> {
    const conversations = await this.#options.store.conversations();
    return conversations.map((conversation) => this.#summary(conversation));
  }

  async messages(
    idOrName: string,
    limit: number,
    before: { readonly order: number; readonly id: string } | undefined,
  ): Promise<MessagePage> {
    const conversation = await this.#find(idOrName);
    if (!conversation) throw noConversation(idOrName);
    // One more than asked for tells whether there are older ones.
    const entries = await this.#options.store.entries(
      conversation.id,
      limit + 1,
      before as EntryPosition | undefined,
    );
    return {
      messages: entries.slice(-limit).map((entry) => this.#view(entry)),
      more: entries.length > limit,
    };
  }

  async create(name: string): Promise<ConversationSummary> {
    const normalized = checkedName(name);
    const groups = await this.#options.groups();
    const existing = await this.#named(normalized);
    const id = existing?.id ?? (await this.#make(groups, normalized));
    const conversation = await this.#options.store.conversation(id);
    if (!conversation) throw noConversation(normalized);
    return this.#summary(conversation);
  }

  /** Resolves once the text survives a crash. */
  async send(idOrName: string, text: string): Promise<MessageView> {
    const problem = textProblem(text);
    if (problem === 'empty-text') {
      throw new ReunionError('empty-text', 'An empty text cannot be sent.');
    }
    if (problem === 'text-too-long') {
      throw new ReunionError(
        'text-too-long',
        `The text is longer than ${TEXT_BYTES_MAX / 1024} KiB and was not sent; split it.`,
      );
    }
    const existing = await this.#find(idOrName);
    const name = existing ? undefined : checkedName(idOrName);
    const groups = await this.#options.groups();
    const conversationId = existing?.id ?? (await this.#make(groups, name ?? idOrName));
    const { id } = await this.#write(groups.texts, { kind: 'text-written', conversationId, text });
    const entry = await this.#options.store.entry(id);
    if (!entry) throw new Error('a message that was just written is not in its conversation');
    return this.#view(entry);
  }

  async #make({ names, texts }: ConversationGroups, name: string): Promise<ConversationId> {
    const derived = conversationIdFor(texts, name);
    // Taken by a conversation that was since renamed: this one is another.
    const taken = await this.#options.store.conversation(derived);
    const conversationId = taken ? randomConversationId() : derived;
    await this.#write(names, { kind: 'conversation-named', conversationId, name });
    return conversationId;
  }

  async #write(group: GroupId, content: EventContent): Promise<{ readonly id: MessageId }> {
    const { clock, self, store } = this.#options;
    const now = clock.now();
    const seen = Math.max(await store.highestOrder(), this.#lastOrder);
    const order = nextOrder(now, seen);
    this.#lastOrder = order;
    const body = encodeEvent({ author: self, order, content }, randomBytes(NONCE_BYTES));
    const message = await this.#options.append(group, BigInt(now), body);
    await this.#options.projected();
    return message;
  }

  async #find(idOrName: string): Promise<Conversation | undefined> {
    const id = parseConversationId(idOrName);
    const byId = id && (await this.#options.store.conversation(id));
    return byId ?? this.#named(normalizeName(idOrName));
  }

  /** Of several of one name the one that was active last. */
  async #named(name: string): Promise<Conversation | undefined> {
    const [latest] = await this.#options.store.conversationsNamed(name);
    return latest;
  }

  #summary({ id, name, latest, entries }: Conversation): ConversationSummary {
    return { id, name, messages: entries, latest: latest ? this.#view(latest) : null };
  }

  #view({ id, conversationId, author, text, writtenAt, order }: Entry): MessageView {
    const { self, deviceInfo } = this.#options;
    const own = author === self;
    return { id, conversationId, author: deviceInfo(author), text, writtenAt, order, own };
  }
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

function noConversation(name: string): ReunionError {
  return new ReunionError('not-found', `There is no conversation “${name}”.`);
}

/** Two devices that make a conversation of the same name while apart have made the same one. */
function conversationIdFor(group: GroupId, name: string): ConversationId {
  const hash = createHash('sha256').update(`reunion conversation\0${group}\0${name}`).digest('hex');
  return hash.slice(0, CONVERSATION_ID_BYTES * 2) as ConversationId;
}

function randomConversationId(): ConversationId {
  return randomBytes(CONVERSATION_ID_BYTES).toString('hex') as ConversationId;
}
