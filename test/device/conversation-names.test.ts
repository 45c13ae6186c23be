import { expect, test } from 'vitest';
import type { ConversationSummary } from '../../main/api/types.ts';
import type { ConversationContent } from '../../main/conversations/events.ts';
import { ConversationService } from '../../main/device/conversation-service.ts';
import { ConversationViews } from '../../main/device/conversation-views.ts';
import type { ConversationStore } from '../../main/conversations/ports.ts';
import type { EventWriter } from '../../main/device/event-writer.ts';
import type { MessageId } from '../../main/helpers/ids.ts';
import type { ConversationId } from '../../main/conversations/types.ts';
import { openTestStore } from '../store/open.ts';
import { ALICE, entry, GROUP, messageId } from '../store/samples.ts';

/**
 * What is written about conversations goes to the store, as the projection of it would. `beforeRead` runs before a
 * conversation is looked up by its id.
 */
async function service(beforeRead: () => Promise<unknown> = async () => undefined) {
  const { conversations } = await openTestStore();
  const conversation: ConversationStore['conversation'] = async (...asked) => {
    await beforeRead();
    return conversations.conversation(...asked);
  };
  const store = new Proxy(conversations, {
    get: (target, key) =>
      key === 'conversation' ? conversation : (Reflect.get(target, key) as unknown),
  });
  let order = 100;
  const writer = {
    groups: async () => ({ texts: GROUP, names: GROUP }),
    now: () => 1,
    aboutConversation: async (content: ConversationContent): Promise<MessageId> => {
      const said = { order: ++order, eventId: messageId(order) };
      const { conversationId } = content;
      if (content.kind === 'conversation-named') {
        const { name } = content;
        await store.apply({
          nameConversations: [{ ...said, conversationId, name }],
          projectedThrough: order,
        });
      }
      return said.eventId;
    },
  } as unknown as EventWriter;
  const views = new ConversationViews({
    self: ALICE,
    deviceInfo: (id) => ({ id, name: '' }),
    file: ({ file: id, name, mediaType, bytes, received }) => ({
      ...{ id, name, mediaType, bytes, received },
      ...{ state: 'here', reason: null },
    }),
  });
  return { store, conversations: new ConversationService({ store, views, writer }) };
}

test('a conversation whose texts have come before its name is the one that is meant by the name', async () => {
  const first = await service();
  const { id } = await first.conversations.create('Journal');

  const { store, conversations } = await service();
  const conversationId = id as ConversationId;
  await store.apply({ putEntries: [entry(1, 'early', { conversationId })], projectedThrough: 1 });
  expect((await conversations.create('Journal')).id).toBe(id);
});

test('a name that was given up by a renamed conversation makes another one', async () => {
  const { conversations } = await service();
  const { id } = await conversations.create('Journal');
  await conversations.rename(id, 'Diary');
  expect((await conversations.create('Journal')).id).not.toBe(id);
  expect((await conversations.create('Diary')).id).toBe(id);
});

test('two that make a conversation of one name at once make one', async () => {
  let other: ConversationSummary | undefined;
  let isFirst = true;
  const { conversations } = await service(async () => {
    if (!isFirst) return;
    isFirst = false;
    // The first one has looked for it by its name, and not by its id yet.
    other = await conversations.create('Journal');
  });
  const { id } = await conversations.create('Journal');
  expect(id).toBe(other?.id);
  expect(await conversations.list()).toHaveLength(1);
});
