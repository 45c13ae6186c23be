import type { Brand } from '../helpers/brand.ts';
import type { MessageId, PeerId } from '../helpers/ids.ts';
import type { Attachment, FileId } from './files.ts';

/** 16 random bytes, held as 32 lower-case hexadecimal characters. */
export type ConversationId = Brand<string, 'ConversationId'>;

/** The place of an entry in its conversation: ascending `order`, then ascending id. The same on every device. */
export interface EntryPosition {
  /** Milliseconds of a logical clock, so that an answer sorts after what its writer had seen: see `nextOrder`. */
  readonly order: number;
  readonly id: MessageId;
}

/** What somebody wrote into a conversation, as it was written first. */
export interface WrittenEntry extends EntryPosition {
  readonly conversationId: ConversationId;
  readonly author: PeerId;
  /** The writer's clock, Unix milliseconds. */
  readonly writtenAt: number;
  readonly text: string;
  /** Something of a kind that this version does not know. */
  readonly unsupported?: boolean;
  /** None where absent. */
  readonly attachments?: readonly Attachment[];
}

/** How far a file is on this device, by the best of its copies. */
export interface FileProgress {
  readonly file: FileId;
  /** Of the whole file. */
  readonly bytes: number;
  /** Of its content, here. */
  readonly received: number;
  /** `here`: whole, and found to be what it was sent as. `damaged`: it never will be. */
  readonly state: 'awaited' | 'here' | 'damaged';
  /** Whether a person has asked for it. */
  readonly wanted: boolean;
  /** See `FileCopy`. */
  readonly storedAt: number;
}

/** A file that an entry carries. */
export interface EntryFile extends FileProgress {
  readonly name: string;
  readonly mediaType: string;
}

/** One message as a person sees it. */
export interface Entry extends Omit<WrittenEntry, 'attachments'> {
  /** When the text that shows was written, by that writer's clock; undefined where that is the first one. */
  readonly editedAt: number | undefined;
  readonly deleted: boolean;
  readonly pinned: boolean;
  readonly unsupported: boolean;
  /** Empty where it is deleted. */
  readonly files: readonly EntryFile[];
  /** Those that stand, by emoji and then by device. */
  readonly reactions: readonly { readonly emoji: string; readonly author: PeerId }[];
}

/** One wording of an entry. */
export interface Revision {
  readonly author: PeerId;
  /** The writer's clock, Unix milliseconds. */
  readonly writtenAt: number;
  readonly text: string;
}

/** What is said of a conversation as a whole besides its name; each is taken from the last event that says it. */
export interface Registers {
  readonly archived: boolean;
  /** Whether it is kept at the top of the list. */
  readonly pinned: boolean;
  readonly appearance: {
    readonly emoji: string | undefined;
    readonly colour: string | undefined;
  };
  /** `editedAt` by the writer's clock, Unix milliseconds. */
  readonly draft: { readonly text: string; readonly editedAt: number };
}

export interface Conversation {
  readonly id: ConversationId;
  readonly name: string;
  /** The newest entry, if there is one. */
  readonly latest: Entry | undefined;
  readonly entries: number;
  /** The highest `order` of its names and entries; conversations are listed by it, newest first. */
  readonly order: number;
  /** What was never said is not there. */
  readonly registers: Partial<Registers>;
  /** How many entries are pinned. */
  readonly pinned: number;
  /** How far the reader has read, see `ConversationStore.conversations`. */
  readonly readUpTo: EntryPosition | undefined;
  /** Entries of others after that, at most `UNREAD_MAX`. */
  readonly unread: number;
}
