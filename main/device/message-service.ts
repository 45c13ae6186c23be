import { ReunionError } from '../api/errors.ts';
import type { CommandArguments } from '../api/contract.ts';
import type {
  FilesPage,
  MessagePage,
  MessageVersion,
  MessageView,
  MessageWindow,
  SearchResults,
} from '../api/types.ts';
import type { ConversationContent, ErasedText } from '../conversations/events.ts';
import { fileNameOf, mediaTypeOf } from '../conversations/files.ts';
import type { ConversationStore, SearchQuery } from '../conversations/ports.ts';
import type { Entry, EntryPosition } from '../conversations/types.ts';
import type { MessageId, PeerId } from '../helpers/ids.ts';
import { checkEmoji } from './conversation-service.ts';
import type { ConversationService, ConversationServiceOptions } from './conversation-service.ts';
import type { ConversationViews } from './conversation-views.ts';
import type { EventWriter } from './event-writer.ts';
import type { Files, NamedFile } from './files/files.ts';
import { checkText } from './text-errors.ts';

/** What every id comes after: for the first entry of a moment. */
const BEFORE_EVERY_ID = '' as MessageId;

export interface MessageServiceOptions extends ConversationServiceOptions {
  readonly conversations: ConversationService;
  readonly files: Files;
}

/** Reads and writes what is in conversations. */
export class MessageService {
  readonly #store: ConversationStore;
  readonly #views: ConversationViews;
  readonly #writer: EventWriter;
  readonly #conversations: ConversationService;
  readonly #files: Files;

  constructor({ store, views, writer, conversations, files }: MessageServiceOptions) {
    this.#files = files;
    this.#store = store;
    this.#views = views;
    this.#writer = writer;
    this.#conversations = conversations;
  }

  async page(asked: CommandArguments['messages']): Promise<MessagePage> {
    const { limit, before, after } = asked;
    const { id } = await this.#conversations.get(asked.conversation);
    // One more than asked for tells whether there are more.
    const entries = after
      ? await this.#store.entriesAfter(id, limit + 1, after as EntryPosition)
      : await this.#store.entries(id, limit + 1, before as EntryPosition | undefined);
    const shown = after ? entries.slice(0, limit) : entries.slice(-limit);
    return { messages: this.#all(shown), more: entries.length > limit };
  }

  async around(asked: CommandArguments['messagesAround']): Promise<MessageWindow> {
    const { id } = await this.#conversations.get(asked.conversation);
    const at = 'date' in asked.at ? undefined : await this.#entry(asked.at.messageId);
    if (at && at.conversationId !== id) throw noMessage();
    // The entry itself comes with those before it, or is the first of a moment and comes with those after.
    const moment = 'date' in asked.at ? asked.at.date : 0;
    const from: EntryPosition = at ?? { order: moment, id: BEFORE_EVERY_ID };
    const before = await this.#store.entries(id, asked.before + 1, from);
    const room = asked.after + (at ? 1 : 2);
    const after = await this.#store.entriesAfter(id, room, from);
    const older = asked.before === 0 ? [] : before.slice(-asked.before);
    const newer = after.slice(0, room - 1);
    return {
      messages: this.#all([...older, ...(at ? [at] : []), ...newer]),
      anchor: (at ?? newer[0])?.id ?? null,
      moreBefore: before.length > asked.before,
      moreAfter: after.length >= room,
    };
  }

  async views(ids: readonly string[]): Promise<readonly MessageView[]> {
    return this.#all(await this.#store.entriesOf(ids as readonly MessageId[]));
  }

  async pinned(idOrName: string): Promise<readonly MessageView[]> {
    const { id } = await this.#conversations.get(idOrName);
    return this.#all(await this.#store.pinnedEntries(id));
  }

  async history(id: string): Promise<readonly MessageVersion[]> {
    const entry = await this.#entry(id);
    return this.#views.versions(await this.#store.revisions(entry.id));
  }

  async search(asked: CommandArguments['search']): Promise<SearchResults> {
    const { text, conversation, device, from, to, hasFile, limit } = asked;
    const within =
      conversation === undefined ? undefined : await this.#conversations.get(conversation);
    const query: SearchQuery = {
      text,
      limit,
      ...(within && { conversationId: within.id }),
      ...(device !== undefined && { author: device as PeerId }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(hasFile !== undefined && { hasFile }),
    };
    const { hits, unindexed } = await this.#store.search(query);
    const names = new Map((await this.#store.conversations()).map(({ id, name }) => [id, name]));
    const hitViews = hits.map((hit) =>
      this.#views.hit(hit, names.get(hit.entry.conversationId) ?? ''),
    );
    return { hits: hitViews, unindexed };
  }

  async withFiles(asked: CommandArguments['conversationFiles']): Promise<FilesPage> {
    const { limit, before } = asked;
    const { id } = await this.#conversations.get(asked.conversation);
    const position = before as EntryPosition | undefined;
    const entries = await this.#store.entriesWithFiles(id, limit + 1, position);
    return { messages: this.#all(entries.slice(0, limit)), more: entries.length > limit };
  }

  /** Resolves once the text survives a crash, and the files that it carries. */
  async send(idOrName: string, given: string, named: readonly NamedFile[]): Promise<MessageView> {
    const files = distinct(named);
    checkText(given, files.length > 0);
    const text = given.trim() === '' ? '' : given;
    const existing = await this.#conversations.find(idOrName);
    const conversationId = existing?.id ?? (await this.#conversations.findOrMake(idOrName));
    const attachments = await this.#files.prepare(files);
    const about = { kind: 'text-written', conversationId, text } as const;
    const id = await this.#writer.inConversation(
      attachments.length === 0 ? about : { ...about, attachments },
    );
    if (attachments.length > 0) await this.#files.sent(attachments);
    return this.#view(id);
  }

  async edit(id: string, text: string): Promise<MessageView> {
    const entry = await this.#standing(id);
    checkText(text, entry.files.length > 0);
    if (entry.text !== text) await this.#say(entry, { kind: 'text-edited', text });
    return this.#view(entry.id);
  }

  async delete(ids: readonly string[]): Promise<readonly MessageView[]> {
    const entries = await this.#store.entriesOf([...new Set(ids)] as MessageId[]);
    const standing = entries.filter(({ deleted }) => !deleted);
    const deletions: Parameters<EventWriter['aboutMessages']>[0][number][] = [];
    for (const entry of standing) {
      const { id, order, author, writtenAt } = entry;
      const files = await this.#store.attachedTo(id);
      const erased = { order, author, timestamp: writtenAt, files };
      const content = contentAbout(entry, { kind: 'message-deleted', erased });
      deletions.push({ content, writtenAt });
    }
    await this.#writer.aboutMessages(deletions);
    return this.views(entries.map(({ id }) => id));
  }

  async pin(id: string, pinned: boolean): Promise<MessageView> {
    const entry = await this.#standing(id);
    if (entry.pinned !== pinned) await this.#say(entry, { kind: 'message-pinned', pinned });
    return this.#view(entry.id);
  }

  async react(id: string, emoji: string, on: boolean): Promise<MessageView> {
    checkEmoji(emoji);
    const entry = await this.#standing(id);
    const { self } = this.#views;
    const isOn = entry.reactions.some((one) => one.author === self && one.emoji === emoji);
    if (isOn !== on) await this.#say(entry, { kind: 'reaction', emoji, on });
    return this.#view(entry.id);
  }

  async #say(entry: Entry, about: AboutMessage): Promise<void> {
    const { writtenAt } = entry;
    await this.#writer.aboutMessages([{ content: contentAbout(entry, about), writtenAt }]);
  }

  async #entry(id: string): Promise<Entry> {
    const entry = await this.#store.entry(id as MessageId);
    if (entry) return entry;
    throw noMessage();
  }

  /** Throws where there is nothing that can be changed. */
  async #standing(id: string): Promise<Entry> {
    const entry = await this.#entry(id);
    if (entry.deleted) throw new ReunionError('message-deleted', 'The message was deleted.');
    if (!entry.unsupported) return entry;
    throw new ReunionError('not-found', 'This message needs a newer version of Reunion.');
  }

  async #view(id: MessageId): Promise<MessageView> {
    return this.#views.message(await this.#entry(id));
  }

  #all(entries: readonly Entry[]): readonly MessageView[] {
    return entries.map((entry) => this.#views.message(entry));
  }
}

type AboutMessage =
  | { readonly kind: 'text-edited'; readonly text: string }
  | { readonly kind: 'message-deleted'; readonly erased: ErasedText }
  | { readonly kind: 'message-pinned'; readonly pinned: boolean }
  | { readonly kind: 'reaction'; readonly emoji: string; readonly on: boolean };

function contentAbout({ id, conversationId }: Entry, about: AboutMessage): ConversationContent {
  return { ...about, conversationId, target: id };
}

/** The same file twice in a message is one, and each is called what it can be called everywhere. */
function distinct(named: readonly NamedFile[]): readonly NamedFile[] {
  const byId = new Map(named.map((file) => [file.id, file]));
  return [...byId.values()].map(({ id, name, mediaType }) => ({
    id,
    name: fileNameOf(name),
    mediaType: mediaTypeOf(mediaType),
  }));
}

function noMessage(): ReunionError {
  return new ReunionError('not-found', 'There is no such message.');
}
