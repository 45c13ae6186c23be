import type { DeviceCommands } from '../api/server.ts';
import type { ConversationResults } from '../api/conversation-contract.ts';
import { ConversationService } from './conversation-service.ts';
import { ConversationViews } from './conversation-views.ts';
import type { ConversationViewOptions } from './conversation-views.ts';
import { MessageService } from './message-service.ts';
import type { MessageServiceOptions } from './message-service.ts';

/** Everything that the api does with conversations and their messages. */
export interface Conversations {
  readonly conversations: ConversationService;
  readonly messages: MessageService;
}

export function createConversations(
  options: Pick<MessageServiceOptions, 'store' | 'writer' | 'files'> &
    Omit<ConversationViewOptions, 'file'>,
): Conversations {
  const { store, writer, files, self, deviceInfo } = options;
  const views = new ConversationViews({ self, deviceInfo, file: (file) => files.view(file) });
  const parts = { store, views, writer };
  const conversations = new ConversationService(parts);
  return { conversations, messages: new MessageService({ ...parts, files, conversations }) };
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
    conversationFiles: async (page) => messages.withFiles(page),
    search: async (query) => messages.search(query),
    send: async ({ conversation, text, attachments = [] }) =>
      messages.send(conversation, text, attachments),
    editMessage: async ({ messageId, text }) => messages.edit(messageId, text),
    deleteMessages: async ({ messageIds }) => messages.delete(messageIds),
    pinMessage: async ({ messageId, pinned }) => messages.pin(messageId, pinned),
    react: async ({ messageId, emoji, on }) => messages.react(messageId, emoji, on),
  };
}
