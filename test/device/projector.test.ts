import { expect, test } from 'vitest';
import { encodeEvent } from '../../main/conversations/events.ts';
import { Projector } from '../../main/device/projector.ts';
import { keysOf } from '../helpers/identities.ts';
import { openTestStore } from '../store/open.ts';
import { added, conversationId, GROUP } from '../store/samples.ts';

const conversation = conversationId('one');
const author = keysOf(0).peerId;

function written(order: number): Uint8Array {
  const content = { kind: 'text-written', conversationId: conversation, text: `${order}` } as const;
  return encodeEvent({ author, order, content }, new Uint8Array(12));
}

test('stops after what is under way, however many wait for it, and the next one goes on from there', async () => {
  const store = await openTestStore();
  const shown = async (): Promise<number> =>
    (await store.conversations.conversation(conversation))?.entries ?? 0;
  const count = 1_000;
  const messages = Array.from({ length: count }, (_, at) => added(at, { body: written(at + 1) }));
  await store.sync.commit({ addMessages: messages });

  const first = Promise.withResolvers<undefined>();
  const projector = new Projector(store.sync.messages, store.conversations, () =>
    first.resolve(undefined),
  );
  projector.setGroup(GROUP);
  const waiting = [projector.catchUp(), projector.catchUp(), projector.catchUp()];
  await first.promise;
  await projector.stop();
  await Promise.all(waiting);
  const atTheStop = await shown();
  expect(atTheStop).toBeGreaterThan(0);
  expect(atTheStop).toBeLessThan(count);
  await projector.catchUp();
  expect(await shown()).toBe(atTheStop);

  const next = new Projector(store.sync.messages, store.conversations, () => undefined);
  next.setGroup(GROUP);
  await next.catchUp();
  expect(await shown()).toBe(count);
});
