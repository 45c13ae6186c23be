import type { Brand } from '../helpers/brand.ts';
import type { MessageId, PeerId } from '../helpers/ids.ts';

/** 16 random bytes, held as 32 lower-case hexadecimal characters. */
export type ConversationId = Brand<string, 'ConversationId'>;

/** The place of an entry in its conversation: ascending `order`, then ascending id. The same on every device. */
export interface EntryPosition {
  /** Milliseconds; a hybrid logical clock, so that an answer sorts after what its writer had seen. */
  readonly order: number;
  readonly id: MessageId;
}

/** One message as a person sees it. */
export interface Entry extends EntryPosition {
  readonly conversationId: ConversationId;
  readonly author: PeerId;
  /** The writer's clock, Unix milliseconds. */
  readonly writtenAt: number;
  readonly text: string;
}

export interface Conversation {
  readonly id: ConversationId;
  readonly name: string;
  /** The newest entry, if there is one. */
  readonly latest: Entry | undefined;
  readonly entries: number;
  /** The highest `order` seen in it; conversations are listed by it, newest first. */
  readonly order: number;
}
