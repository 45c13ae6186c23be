import type { DeviceCommands } from '../api/server.ts';
import type { ConversationResults } from '../api/conversation-contract.ts';
import { ConversationService } from './conversation-service.ts';
import { ConversationViews } from './conversation-views.ts';
import type { ConversationViewOptions } from './conversation-views.ts';
import { EventWriter } from './event-writer.ts';
import type { EventWriterOptions } from './event-writer.ts';
import { MessageService } from './message-service.ts';

/** Everything that the api does with conversations and their messages. */
export interface Conversations {
  readonly conversations: ConversationService;
  readonly messages: MessageService;
}

export function createConversations(
  options: EventWriterOptions & ConversationViewOptions,
): Conversations {
  const { store } = options;
  const parts = { store, views: new ConversationViews(options), writer: new EventWriter(options) };
  const conversations = new ConversationService(parts);
  return { conversations, messages: new MessageService({ ...parts, conversations }) };
}

/** Their commands of the api. */
export function conversationCommands({
  conversations,
  messages,
}: Conversations): Pick<DeviceCommands, keyof ConversationResults> {
  return {
    conversations: async () => conversations.list(),
    createConversation: async ({ name }) => conversations.create(name),
    renameConversation: async ({ conversation, name }) => conversations.rename(conversation, name),
    archiveConversation: async ({ conversation, archived }) =>
      conversations.archive(conversation, archived),
    pinConversation: async ({ conversation, pinned }) => conversations.pin(conversation, pinned),
    setConversationAppearance: async ({ conversation, ...appearance }) =>
      conversations.setAppearance(conversation, appearance),
    markRead: async ({ conversation, upTo }) => conversations.markRead(conversation, upTo),
    setDraft: async ({ conversation, text }) => conversations.setDraft(conversation, text),
    messages: async (page) => messages.page(page),
    messagesAround: async (window) => messages.around(window),
    messageViews: async ({ messageIds }) => messages.views(messageIds),
    pinnedMessages: async ({ conversation }) => messages.pinned(conversation),
    messageHistory: async ({ messageId }) => messages.history(messageId),
    conversationFiles: async () => ({ messages: [], more: false }),
    search: async (query) => messages.search(query),
    send: async ({ conversation, text }) => messages.send(conversation, text),
    editMessage: async ({ messageId, text }) => messages.edit(messageId, text),
    deleteMessages: async ({ messageIds }) => messages.delete(messageIds),
    pinMessage: async ({ messageId, pinned }) => messages.pin(messageId, pinned),
    react: async ({ messageId, emoji, on }) => messages.react(messageId, emoji, on),
  };
}
