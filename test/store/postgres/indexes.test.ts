import { expect, test } from 'vitest';
import { added, ALICE, BOB, GROUP, groupId, message, messageId, record } from '../samples.ts';
import { openTestPostgres, serverOfFile } from './open.ts';

const server = serverOfFile();
const COUNT = 5_000;
/** Tables that grow with use; reading one of them whole would take longer every day. */
const GROWING = ['messages', 'parents', 'records'];

test('no statement reads a growing table whole, and every index is used', async () => {
  const url = await server().database();
  const setUp = await openTestPostgres({ url });
  const numbers = Array.from({ length: COUNT }, (_, at) => at);
  const all = numbers.map((at) => ({
    ...added(at, { groupId: at % 2 === 0 ? GROUP : groupId('other') }),
    delivered: at % 100 !== 0,
  }));
  const parents = (at: number) => ({ parents: [messageId(at - 1)], ephemeral: false });
  await setUp.sync.commit({
    addMessages: all.map((it, at) => ({
      ...it,
      message: { ...it.message, metadata: at === 0 ? it.message.metadata : parents(at) },
    })),
    deliver: [messageId(100)],
    putRecords: numbers.flatMap((at) => [
      record(ALICE, at, { sendEpoch: at }),
      record(BOB, at, { bulk: true }),
    ]),
  });
  await setUp.close();
  await server().query('ANALYZE', url);

  const store = await openTestPostgres({ url });
  const before = await scans(url);
  const { sync, history, retention, elsewhere } = store;
  const { messages, records } = sync;
  const ids = [messageId(7), messageId(9)];
  const position = { timestamp: 4_000n, id: messageId(4_000) };
  await messages.held(ids);
  await messages.read(ids);
  await messages.headers(ids);
  await messages.arrivedAfter(COUNT - 10, 5, [GROUP]);
  await messages.positions(GROUP, position, 10);
  await messages.waitingFor(ids);
  await messages.heads(GROUP, 5);
  await messages.count(GROUP);
  await records.records(ALICE, ids);
  await records.recordsAbout(ids);
  await records.due(ALICE, 20, 50);
  await records.due(BOB, 20, 50);
  await records.counts(ALICE);
  await records.cursors(ALICE);
  for (const order of ['ascending', 'descending'] as const) {
    await history.page(GROUP, { limit: 10, order, after: position });
    await history.page(GROUP, { limit: 10, order, from: 100n, to: 200n });
  }
  await elsewhere.next();
  await sync.commit({
    addMessages: [added('new', { metadata: parents(8) })],
    tombstone: [{ ...message(11), id: messageId(11), groupId: GROUP }],
    revive: [messageId(11)],
    deliver: [messageId(200)],
    removeRecords: [record(ALICE, 7)],
    putRecords: [record(ALICE, 9), record(ALICE, 'new')],
    clearRecords: [{ peerId: ALICE, groupId: GROUP, sequence: 3 }],
    epoch: 2,
  });
  await retention.expire({ groupId: GROUP, before: 30n, limit: 10 });
  await store.close();

  const after = await scans(url);
  for (const table of GROWING) expect(after.get(table), table).toBe(before.get(table));
  const unused = await server().query(
    `SELECT indexrelname FROM pg_stat_user_indexes
     WHERE relname IN ('messages', 'parents', 'records') AND idx_scan = 0`,
    url,
  );
  expect(unused).toEqual([]);
  expect((await (await openTestPostgres({ url })).stats()).bytes).toBeGreaterThan(1_000_000);
});

/** How often each table was read whole. A connection that ends has told of what it did. */
async function scans(url: string): Promise<Map<unknown, unknown>> {
  const sql = "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE schemaname = 'reunion'";
  const rows = await server().query(sql, url);
  return new Map(rows.map(({ relname, seq_scan }) => [relname, seq_scan]));
}
