import { z } from 'zod';
import { fileId } from './file-contract.ts';
import {
  ATTACHMENTS_MAX,
  CONVERSATION_COLOURS,
  FILE_NAME_BYTES_MAX,
  HITS_MAX,
  MEDIA_TYPE_LENGTH_MAX,
  ORDER_MAX,
  PAGE_MAX,
  QUERY_LENGTH_MAX,
} from './limits.ts';
import type {
  ConversationSummary,
  FilesPage,
  MessagePage,
  MessageVersion,
  MessageView,
  MessageWindow,
  SearchResults,
} from './types.ts';

export const messageId = z.string().regex(/^[0-9a-f]{64}$/u);
const message = z.object({ messageId }).strict();
/** Id or, where no conversation has such an id, name. */
const conversation = z.object({ conversation: z.string() }).strict();
const position = z
  .object({ order: z.number().int().nonnegative().max(ORDER_MAX), id: messageId })
  .strict();
const limit = z.number().int().min(1).max(PAGE_MAX);
/** A file of a message, as it is to be called there. The name is cut to what a file may be called. */
const attachment = z
  .object({
    id: fileId,
    name: z.string().min(1).max(FILE_NAME_BYTES_MAX),
    mediaType: z.string().max(MEDIA_TYPE_LENGTH_MAX),
  })
  .strict();
/** Unix milliseconds. */
const moment = z.number().int().nonnegative();

/** Arguments of the commands about conversations and what is in them. */
export const conversationArguments = {
  conversations: z.object({}).strict(),
  /** The newest ones; or those just before, or just after, a position. */
  messages: conversation
    .extend({ limit, before: position.optional(), after: position.optional() })
    .refine(({ before, after }) => !before || !after, 'either before or after'),
  /** Around a message, or around the first one that was written from a date on. Fails with not-found for no such message. */
  messagesAround: conversation.extend({
    at: z.union([message, z.object({ date: moment }).strict()]),
    before: z.number().int().min(0).max(PAGE_MAX),
    after: z.number().int().min(0).max(PAGE_MAX),
  }),
  /** These messages as they look now; those that are not there are left out. */
  messageViews: z.object({ messageIds: z.array(messageId).max(PAGE_MAX) }).strict(),
  /** Makes a conversation, or finds the one of that name. */
  createConversation: z.object({ name: z.string() }).strict(),
  renameConversation: conversation.extend({ name: z.string() }),
  archiveConversation: conversation.extend({ archived: z.boolean() }),
  /** At the top of the list, whatever was active last. */
  pinConversation: conversation.extend({ pinned: z.boolean() }),
  /** Both at once; null for none. */
  setConversationAppearance: conversation.extend({
    emoji: z.string().nullable(),
    colour: z.enum(CONVERSATION_COLOURS).nullable(),
  }),
  /** As read on this device up to a position, or to the end. It never goes back. */
  markRead: conversation.extend({ upTo: position.optional() }),
  /**
   * Keeps what was begun, for this device and the others; '' for nothing. To be called when typing pauses, and with '' after
   * sending. Each call that changes something is a message of its own.
   */
  setDraft: conversation.extend({ text: z.string() }),
  /**
   * To a conversation by its id, or by its name, in which case it is made where there is none. Files are those that were added
   * before, by `POST files` or with another message; the text may be empty where there are any. Fails with not-found for a
   * file that is not here as a whole.
   */
  send: conversation.extend({
    text: z.string(),
    attachments: z.array(attachment).max(ATTACHMENTS_MAX).optional(),
  }),
  /** Replaces the text; what it was stays in the history. Fails with message-deleted where it was deleted. */
  editMessage: message.extend({ text: z.string() }),
  /** For good, on every device. Those deleted already, and those not known, are passed over. */
  deleteMessages: z.object({ messageIds: z.array(messageId).min(1).max(PAGE_MAX) }).strict(),
  pinMessage: message.extend({ pinned: z.boolean() }),
  /** Each device can react with several emoji, each of them once. */
  react: message.extend({ emoji: z.string(), on: z.boolean() }),
  /** Every wording of a message, the oldest first; empty for one that was deleted. */
  messageHistory: message,
  /** The latest in the conversation first. */
  pinnedMessages: conversation,
  /** Messages with files, the newest first: of the whole conversation, or those just before a position. */
  conversationFiles: conversation.extend({ limit, before: position.optional() }),
  /**
   * Every word must match, the last one as a beginning. The best first: how well it matches and how recent it is count alike.
   * `from` and `to`, inclusive, are about `writtenAt`; `device` is an id; `hasFile` leaves out messages that carry no file. After
   * many messages arrived at once, `unindexed` counts those that are not searched yet: call it again.
   */
  search: z
    .object({
      text: z.string().max(QUERY_LENGTH_MAX),
      conversation: z.string().optional(),
      device: z.string().optional(),
      from: moment.optional(),
      to: moment.optional(),
      hasFile: z.boolean().optional(),
      limit: z.number().int().min(1).max(HITS_MAX),
    })
    .strict(),
} as const;

export interface ConversationResults {
  readonly conversations: readonly ConversationSummary[];
  readonly messages: MessagePage;
  readonly messagesAround: MessageWindow;
  readonly messageViews: readonly MessageView[];
  readonly createConversation: ConversationSummary;
  readonly renameConversation: ConversationSummary;
  readonly archiveConversation: ConversationSummary;
  readonly pinConversation: ConversationSummary;
  readonly setConversationAppearance: ConversationSummary;
  readonly markRead: ConversationSummary;
  readonly setDraft: ConversationSummary;
  readonly send: MessageView;
  readonly editMessage: MessageView;
  readonly deleteMessages: readonly MessageView[];
  readonly pinMessage: MessageView;
  readonly react: MessageView;
  readonly messageHistory: readonly MessageVersion[];
  readonly pinnedMessages: readonly MessageView[];
  readonly conversationFiles: FilesPage;
  readonly search: SearchResults;
}
