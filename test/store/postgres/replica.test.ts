import { expect, onTestFinished, test, vi } from 'vitest';
import { REPLICA_REST_MS } from '../../../main/store/postgres/history.ts';
import { testPostgres } from '../../helpers/postgres.ts';
import { added, GROUP, messageId } from '../samples.ts';
import { openTestPostgres } from './open.ts';

test('pages come from the replica and say how far it is behind, and from the main server while there is no replica', async () => {
  const main = await testPostgres();
  const url = await main.database();
  const replica = await main.replica();
  onTestFinished(() => replica.stop());
  const replicaUrl = replica.url(new URL(url).pathname.slice(1));
  const store = await openTestPostgres({ url, replicaUrl });
  await store.sync.commit({ addMessages: [added(1)] });
  await main.shown();
  const page = async () => {
    const { messages, lastSequence } = await store.history.page(GROUP, { limit: 9 });
    return { ids: messages.map(({ id }) => id), lastSequence };
  };
  expect(await page()).toEqual({ ids: [messageId(1)], lastSequence: 1 });

  await replica.query('SELECT pg_wal_replay_pause()');
  await store.sync.commit({ addMessages: [added(2)] });
  expect(await page()).toEqual({ ids: [messageId(1)], lastSequence: 1 });
  expect(await store.sync.messages.lastSequence()).toBe(2);
  await replica.query('SELECT pg_wal_replay_resume()');
  await main.shown();
  expect(await page()).toEqual({ ids: [messageId(1), messageId(2)], lastSequence: 2 });

  await main.setSynchronous(false);
  await replica.crash();
  await store.sync.commit({ addMessages: [added(3)] });
  expect(await page()).toEqual({ ids: [1, 2, 3].map(messageId), lastSequence: 3 });
  await replica.resume();
  await main.setSynchronous(true);
  await main.shown();
  await replica.query('SELECT pg_wal_replay_pause()');
  await store.sync.commit({ addMessages: [added(4)] });
  expect((await page()).lastSequence, 'of the main server').toBe(4);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + REPLICA_REST_MS });
  onTestFinished(() => void vi.useRealTimers());
  expect((await page()).lastSequence, 'of the replica').toBe(3);
});
