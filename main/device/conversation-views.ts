import { CONVERSATION_COLOURS } from '../api/limits.ts';
import type {
  AttachmentView,
  ConversationSummary,
  DeviceInfo,
  MessageVersion,
  MessageView,
  ReactionView,
  SearchHitView,
} from '../api/types.ts';
import type { SearchHit } from '../conversations/ports.ts';
import type { Conversation, Entry, EntryFile, Revision } from '../conversations/types.ts';
import type { PeerId } from '../helpers/ids.ts';

export interface ConversationViewOptions {
  readonly self: PeerId;
  readonly deviceInfo: (peerId: PeerId) => DeviceInfo;
  readonly file: (file: EntryFile) => AttachmentView;
}

/** Conversations and messages in the shapes of the api. */
export class ConversationViews {
  readonly #options: ConversationViewOptions;

  constructor(options: ConversationViewOptions) {
    this.#options = options;
  }

  get self(): PeerId {
    return this.#options.self;
  }

  summary(conversation: Conversation): ConversationSummary {
    const { id, name, latest, entries, order, registers, readUpTo, unread, pinned } = conversation;
    const { emoji, colour } = registers.appearance ?? {};
    return {
      id,
      name,
      emoji: emoji ?? null,
      // A newer version may have more of them.
      colour: CONVERSATION_COLOURS.find((known) => known === colour) ?? null,
      archived: registers.archived ?? false,
      isPinned: registers.pinned ?? false,
      messages: entries,
      latest: latest ? this.message(latest) : null,
      unread,
      readUpTo: readUpTo ?? null,
      draft: registers.draft?.text ?? '',
      pinned,
      activeAt: latest?.writtenAt ?? order,
    };
  }

  message(entry: Entry): MessageView {
    const { id, conversationId, author, text, writtenAt, order, editedAt, reactions } = entry;
    const { self, deviceInfo } = this.#options;
    return {
      id,
      conversationId,
      author: deviceInfo(author),
      text,
      writtenAt,
      order,
      own: author === self,
      editedAt: editedAt ?? null,
      deleted: entry.deleted,
      pinned: entry.pinned,
      reactions: this.#reactions(reactions),
      attachments: entry.files.map((file) => this.#options.file(file)),
      unsupported: entry.unsupported,
    };
  }

  versions(revisions: readonly Revision[]): readonly MessageVersion[] {
    return revisions.map(({ text, author, writtenAt }, at) => ({
      text,
      author: this.#options.deviceInfo(author),
      writtenAt,
      current: at === revisions.length - 1,
    }));
  }

  hit({ entry, snippet }: SearchHit, name: string): SearchHitView {
    const { conversationId } = entry;
    return { message: this.message(entry), conversation: { id: conversationId, name }, snippet };
  }

  /** They come by emoji. */
  #reactions(reactions: Entry['reactions']): readonly ReactionView[] {
    const { self, deviceInfo } = this.#options;
    const byEmoji = Map.groupBy(reactions, ({ emoji }) => emoji);
    return [...byEmoji].map(([emoji, of]) => ({
      emoji,
      own: of.some(({ author }) => author === self),
      devices: of.map(({ author }) => deviceInfo(author)),
    }));
  }
}
