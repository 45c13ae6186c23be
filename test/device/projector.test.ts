import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeEvent } from '../../main/conversations/events.ts';
import { projectingStore } from '../../main/device/projecting-store.ts';
import { Projector } from '../../main/device/projector.ts';
import { Unopened } from '../../main/device/unopened.ts';
import { contentKeyOf } from '../../main/identity/content-key.ts';
import type { ContentKey, EpochId } from '../../main/identity/content-key.ts';
import { Event } from '../../main/proto/conversation.ts';
import { openBody, sealBody } from '../../main/identity/sealing.ts';
import type { NewMessage } from '../../main/mvds/ports.ts';
import type { Store } from '../../main/store/index.ts';
import { keysOf } from '../helpers/identities.ts';
import { faultyFileSystem, fileError } from '../store/faulty-file-system.ts';
import { openTestStore } from '../store/open.ts';
import { added, conversationId, GROUP } from '../store/samples.ts';

const conversation = conversationId('one');
const author = keysOf(0).peerId;
const keys = [1, 2, 3].map((byte) => contentKeyOf(new Uint8Array(32).fill(byte), []));
const [FIRST, SECOND, LOST] = keys as [ContentKey, ContentKey, ContentKey];

/** The message with a number, sealed under a key. */
function written(at: number, key: ContentKey) {
  const content = { kind: 'text-written', conversationId: conversation, text: `${at}` } as const;
  const event = encodeEvent({ author, order: at + 1, content });
  const { groupId, timestamp } = added(at).message;
  const body = sealBody(key, { groupId, timestamp }, event);
  return added(at, { body });
}

function projectorOf(store: Store, held: Set<EpochId>, onChange: () => void = () => undefined) {
  const keyOf = (epoch: EpochId) =>
    held.has(epoch) ? keys.find((key) => key.epoch === epoch) : undefined;
  const projector = new Projector({
    messages: store.sync.messages,
    conversations: store.conversations,
    open: (message) => openBody(keyOf, message, message.body),
    hasKey: (epoch) => keyOf(epoch) !== undefined,
    unopened: new Unopened(store.settings),
    onChange,
  });
  projector.setGroups(new Set([GROUP]));
  return projector;
}

async function shown(store: Store): Promise<string[]> {
  const entries = await store.conversations.entries(conversation, 1_000);
  return entries.map(({ text }) => text);
}

test('stops after what is under way, however many wait for it, and the next one goes on from there', async () => {
  const store = await openTestStore();
  const count = 1_000;
  const messages = Array.from({ length: count }, (_, at) => written(at, FIRST));
  await store.sync.commit({ addMessages: messages });

  const first = Promise.withResolvers<undefined>();
  const held = new Set([FIRST.epoch]);
  const projector = projectorOf(store, held, () => first.resolve(undefined));
  const waiting = [projector.catchUp(), projector.catchUp(), projector.catchUp()];
  await first.promise;
  await projector.stop();
  await Promise.all(waiting);
  const atTheStop = (await shown(store)).length;
  expect(atTheStop).toBeGreaterThan(0);
  expect(atTheStop).toBeLessThan(count);
  await projector.catchUp();
  expect(await shown(store)).toHaveLength(atTheStop);

  await projectorOf(store, held).catchUp();
  expect(await shown(store)).toHaveLength(count);
});

test('shows what came before its key once that is here, also after a restart, and each message once', async () => {
  const store = await openTestStore();
  const order = [FIRST, SECOND, FIRST, LOST, SECOND, FIRST];
  await store.sync.commit({ addMessages: order.map((key, at) => written(at, key)) });
  const held = new Set<EpochId>();
  const projector = projectorOf(store, held);
  await projector.catchUp();
  expect(await shown(store)).toEqual([]);

  held.add(FIRST.epoch);
  await projector.catchUp();
  expect(await shown(store)).toEqual(['0', '2', '5']);
  await store.sync.commit({ addMessages: [written(6, FIRST)] });
  await projector.catchUp();

  held.add(SECOND.epoch);
  await projectorOf(store, held).catchUp();
  expect(await shown(store)).toEqual(['0', '1', '2', '4', '5', '6']);
  expect((await store.conversations.conversation(conversation))?.entries).toBe(6);
});

test('does not show a body that is not sealed, or was sealed for another message', async () => {
  const store = await openTestStore();
  const content = { kind: 'text-written', conversationId: conversation, text: 'plain' } as const;
  const plain = encodeEvent({ author, order: 1, content });
  const moved = written(1, FIRST).message.body;
  await store.sync.commit({
    addMessages: [added(0, { body: plain }), added(2, { body: moved }), written(3, FIRST)],
  });
  await projectorOf(store, new Set([FIRST.epoch])).catchUp();
  expect(await shown(store)).toEqual(['3']);
});

test('remembers the first message of more epochs than it names', async () => {
  const store = await openTestStore();
  const unopened = new Unopened(store.settings);
  const epochs = Array.from({ length: 300 }, (_, at) => `epoch ${at}` as EpochId);
  await unopened.add(epochs.map((epoch, at) => ({ epoch, sequence: 1_000 - at })));
  const again = new Unopened(store.settings);
  expect(await again.openable(() => false)).toBeUndefined();
  // The last of those without a name is the first message of all.
  expect(await again.openable((epoch) => epoch === epochs[0])).toBe(701);
  await again.forget((epoch) => epoch === epochs[0]);
  expect(await again.openable((epoch) => epoch === epochs[0])).toBeUndefined();
  expect(await again.openable((epoch) => epoch === epochs[1])).toBe(999);
});

test('shows that there is something a newer version wrote, and what it is once this is that version', async () => {
  const store = await openTestStore();
  const text = { kind: 'text-written', conversationId: conversation, text: 'hello' } as const;
  const deletion = {
    kind: 'message-deleted',
    conversationId: conversation,
    target: added(0).message.id,
    erased: { order: 1, author, timestamp: 1, files: [] },
  } as const;
  const sealed = (at: number, body: Uint8Array) => {
    const { groupId, timestamp } = added(at).message;
    return added(at, { body: sealBody(FIRST, { groupId, timestamp }, body) });
  };
  const future = Event.decode(encodeEvent({ author, order: 2, content: deletion }));
  delete future.messageDeleted;
  const placeless = { ...future, conversationId: new Uint8Array() };
  await store.sync.commit({
    addMessages: [
      sealed(0, encodeEvent({ author, order: 1, content: text })),
      sealed(1, Event.encode(future)),
      sealed(2, Event.encode(placeless)),
    ],
  });
  await projectorOf(store, new Set([FIRST.epoch])).catchUp();
  const entries = await store.conversations.entries(conversation, 9);
  expect(entries.map(({ unsupported }) => unsupported)).toEqual([false, true]);
  expect(await store.stats()).toMatchObject({ unsupported: 2, readable: 2 });

  // The same again with a version that says that it knows more: it looks at both once more, and at nothing before them.
  await store.conversations.reconsider(1_000);
  expect(await store.conversations.projectedThrough()).toBe(1);
  expect(await store.stats()).toMatchObject({ unsupported: 0, readable: 1 });
  expect(await store.conversations.conversation(conversation)).toMatchObject({ entries: 1 });
  await store.conversations.reconsider(1_000);
  await projectorOf(store, new Set([FIRST.epoch])).catchUp();
  expect(await store.conversations.entries(conversation, 9)).toEqual(entries);
  expect((await store.stats()).readable).toBe(2);
  await store.conversations.clear();
  expect((await store.stats()).readable).toBe(0);
});

/** Conversations as they come to be, however messages were stored. */
interface Written {
  readonly store: Store;
  readonly changes: number;
  readonly commit: (messages: readonly NewMessage[], isProjecting: boolean) => Promise<void>;
  readonly projector: Projector;
}

async function writing(held: Set<EpochId>): Promise<Written> {
  const store = await openTestStore();
  let changes = 0;
  const projector = projectorOf(store, held, () => (changes += 1));
  const projecting = projectingStore(store, () => projector);
  return {
    ...{ store, projector },
    get changes() {
      return changes;
    },
    async commit(addMessages, isProjecting) {
      const sync = isProjecting ? projecting : store.sync;
      await sync.commit({ addMessages });
      if (!isProjecting) projector.committed(undefined);
    },
  };
}

test('a message shows with the commit that stores it, and changes its conversation once', async () => {
  const device = await writing(new Set([FIRST.epoch]));
  const { store } = device;
  await device.projector.catchUp();
  await device.commit([written(0, FIRST), written(1, FIRST)], true);
  expect(await shown(store)).toEqual(['0', '1']);
  expect(await store.conversations.projectedThrough()).toBe(2);
  expect(device.changes).toBe(1);
});

test('messages end up in the same conversations whichever of them were projected with their commit', async () => {
  const step = fc.oneof(
    fc.record({ keys: fc.array(fc.nat(1), { minLength: 1, maxLength: 4 }), is: fc.boolean() }),
    fc.constant('catch up' as const),
    fc.constant('the second key comes' as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const held = new Set([FIRST.epoch]);
      const { store, commit, projector } = await writing(held);
      const expected: string[] = [];
      for (const each of steps) {
        if (each === 'catch up') await projector.catchUp();
        else if (each === 'the second key comes') held.add(SECOND.epoch);
        else {
          const first = expected.length;
          await commit(
            each.keys.map((key, at) => written(first + at, key === 0 ? FIRST : SECOND)),
            each.is,
          );
          expected.push(...each.keys.map((_, at) => `${first + at}`));
        }
      }
      held.add(SECOND.epoch);
      await projector.catchUp();
      expect(await shown(store)).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

test('a commit that fails leaves neither the messages nor what they change', async () => {
  const fileSystem = faultyFileSystem();
  fileSystem.chunkBytes = 1_001;
  const store = await openTestStore({ fileSystem });
  const projector = projectorOf(store, new Set([FIRST.epoch]));
  const sync = projectingStore(store, () => projector);
  await sync.commit({ addMessages: [written(0, FIRST)] });
  const addMessages = Array.from({ length: 300 }, (_, at) => written(at + 1, FIRST));
  for (const [failing, from] of [
    ['write', 1],
    ['write', 4],
    ['sync', 1],
  ] as const) {
    let count = 0;
    fileSystem.fail = (operation) => {
      if (operation !== failing) return;
      count += 1;
      if (count >= from) throw fileError('ENOSPC');
    };
    await expect(sync.commit({ addMessages })).rejects.toThrow();
    fileSystem.fail = () => undefined;
    expect(await store.sync.messages.count()).toBe(1);
    expect(await shown(store)).toEqual(['0']);
  }
  await sync.commit({ addMessages });
  expect(await shown(store)).toHaveLength(301);
});

test('a message that was prepared is projected with the same outcome, whatever its key', async () => {
  for (const key of [FIRST, LOST]) {
    const device = await writing(new Set([FIRST.epoch]));
    await device.projector.catchUp();
    const messages = [written(0, key), written(1, key)];
    for (const { message } of messages) device.projector.prepare(message);
    await device.commit(messages, true);
    expect(await shown(device.store)).toEqual(key === FIRST ? ['0', '1'] : []);
  }
});
