import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { StoreNotice } from '../../main/store/index.ts';
import { SCHEMA_VERSION } from '../../main/store/schema.ts';
import { FIXTURE } from './fixture-content.ts';
import { testFolder } from './folder.ts';
import { openTestStore } from './open.ts';
import { ALICE, asWritten, BOB, conversationId, GROUP, messageId } from './samples.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/stores/', import.meta.url));
const versions = readdirSync(FIXTURES);

test('there is a store of every schema that was ever written', () => {
  const wanted = Array.from({ length: SCHEMA_VERSION }, (_, index) => `v${index + 1}`);
  expect(versions.sort()).toEqual(wanted.sort());
});

test.each(versions)('the store that %s wrote opens with all that it holds', async (version) => {
  const folder = join(testFolder(), 'store');
  cpSync(join(FIXTURES, version), folder, { recursive: true });
  const notices: StoreNotice[] = [];
  const store = await openTestStore({ folder, onNotice: (notice) => notices.push(notice) });
  const { messages, records } = store.sync;
  const { changes, projection, setting, activity } = FIXTURE;

  const held = await messages.arrivedAfter(0, 10);
  expect(held).toEqual(
    changes.addMessages.map(({ message: { body, ...rest }, delivered, source }, index) => ({
      ...rest,
      body: Uint8Array.from(body),
      sequence: index + 1,
      delivered,
      source,
    })),
  );
  expect((await messages.waitingFor([messageId('missing')])).map(({ id }) => id)).toEqual([
    messageId(3),
  ]);
  expect(await messages.count(GROUP)).toBe(3);
  expect(await records.due(ALICE, changes.epoch, 10)).toContainEqual(changes.putRecords[0]);
  expect(await records.due(BOB, changes.epoch, 10)).toEqual([changes.putRecords[1]]);
  expect(await records.epoch()).toBe(changes.epoch);
  expect([...(await records.cursors(ALICE)).keys()]).toEqual([GROUP]);

  const notes = conversationId('notes');
  expect(await store.conversations.entries(notes, 10)).toEqual(
    projection.putEntries.map(asWritten),
  );
  expect(await store.conversations.conversationsNamed('Notes')).toMatchObject([{ id: notes }]);
  for (const [text, found] of [
    ['cafe', projection.putEntries[0]],
    ['天気', projection.putEntries[1]],
  ] as const) {
    const hits = await store.conversations.search({ text, limit: 10 });
    expect(hits.map((hit) => hit.entry)).toEqual([asWritten(found)]);
  }
  expect(await store.settings.get(setting.key)).toEqual(setting.value);
  expect(await store.activity.newest(10)).toEqual(activity);
  expect(store.storeId).toMatch(/^[0-9a-f]{32}$/);
  expect(await store.check(true)).toEqual([]);
  expect(notices).toEqual([]);
});
