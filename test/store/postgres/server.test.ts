import { expect, onTestFinished, test } from 'vitest';
import {
  openPostgresReader,
  StoreAccessError,
  StoreDurabilityError,
  StoreUnavailableError,
} from '../../../main/store/postgres/index.ts';
import { StoreEarlierError, StoreNewerError } from '../../../main/store/errors.ts';
import {
  embeddedPrograms,
  installedPrograms,
  PostgresServer,
  testPostgres,
} from '../../helpers/postgres.ts';
import { added, GROUP, messageId } from '../samples.ts';
import { openTestPostgres, serverOfFile } from './open.ts';

const server = serverOfFile();

test.each([
  ['installed', installedPrograms],
  ['of the package', embeddedPrograms],
])('a store runs on a server that is %s', async (_, find) => {
  // Where none is installed, the one of the package is what all other tests run on.
  const own = await PostgresServer.start(find() ?? embeddedPrograms());
  onTestFinished(() => own.stop());
  const store = await openTestPostgres({ url: await own.database() });
  expect(await store.sync.commit({ addMessages: [added(1)] })).toEqual([messageId(1)]);
});

test('several processes that start at once on a new database make it once', async () => {
  const url = await server().database();
  const names = ['a', 'b', 'c', 'd', 'e'];
  const stores = await Promise.all(names.map((node) => openTestPostgres({ url, node })));
  expect(new Set(stores.map(({ storeId }) => storeId)).size).toBe(names.length);
});

test('a database of a later version, or of an earlier build, is refused and left as it is', async () => {
  const url = await server().database();
  await (await openTestPostgres({ url })).close();
  const versionIs = async (version: number): Promise<unknown> =>
    server().query(`UPDATE reunion.meta SET version = ${version}`, url);
  await versionIs(99);
  await expect(openTestPostgres({ url, node: 'other' })).rejects.toThrow(StoreNewerError);
  await expect(openTestPostgres({ url, node: 'other' })).rejects.toThrow(/schema 99.*Update/u);
  await versionIs(0);
  await expect(openTestPostgres({ url, node: 'other' })).rejects.toThrow(StoreEarlierError);
  expect(await server().query('SELECT name FROM reunion.nodes', url)).toEqual([{ name: 'node' }]);
});

test('a database, a login and a server that are not there each have an error that says so', async () => {
  const none = openTestPostgres({ url: server().url('no_such_database') });
  await expect(none).rejects.toThrow(StoreAccessError);
  await expect(none).rejects.toThrow(/no_such_database.*createdb/su);
  const url = await server().database();
  const stranger = openTestPostgres({ url: url.replace('postgres@', 'stranger@') });
  await expect(stranger).rejects.toThrow(StoreAccessError);
  const away = openTestPostgres({ url: 'postgres://postgres@127.0.0.1:1/x', patienceMs: 100 });
  await expect(away).rejects.toThrow(StoreUnavailableError);
  await server().query('CREATE ROLE reader LOGIN');
  const unprivileged = openTestPostgres({ url: url.replace('postgres@', 'reader@') });
  await expect(unprivileged).rejects.toThrow(StoreAccessError);
  await expect(unprivileged).rejects.toThrow(/lacks a right.*docs\/postgres\.md/su);
});

test('a server that may lose what it confirmed is refused', async () => {
  const unsafe = await testPostgres(['fsync=off']);
  const refused = openTestPostgres({ url: await unsafe.database() });
  await expect(refused).rejects.toThrow(StoreDurabilityError);
  await expect(refused).rejects.toThrow(/fsync = off/u);
});

test('a role that turns synchronous commit off commits durably all the same', async () => {
  const url = await server().database();
  await server().query('CREATE ROLE hasty LOGIN SUPERUSER');
  await server().query('ALTER ROLE hasty SET synchronous_commit = off');
  const store = await openTestPostgres({ url: url.replace('postgres@', 'hasty@') });
  await server().query(
    `CREATE TABLE seen(value text);
     CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       INSERT INTO seen VALUES(current_setting('synchronous_commit')); RETURN NULL; END $$;
     CREATE TRIGGER noted AFTER INSERT ON reunion.messages EXECUTE FUNCTION note()`,
    url,
  );
  await store.sync.commit({ addMessages: [added(1)] });
  expect(await server().query('SELECT value FROM seen', url)).toEqual([{ value: 'on' }]);
});

test('a reader needs no right but to read, and writes nothing', async () => {
  const url = await server().database();
  const store = await openTestPostgres({ url });
  await store.sync.commit({ addMessages: [added(1), added(2)] });
  await server().query(
    `CREATE ROLE only_reads LOGIN; GRANT USAGE ON SCHEMA reunion TO only_reads;
     GRANT SELECT ON reunion.meta, reunion.groups, reunion.messages TO only_reads`,
    url,
  );
  const reader = openPostgresReader(url.replace('postgres@', 'only_reads@'));
  onTestFinished(() => reader.close());
  const page = await reader.page(GROUP, { limit: 9 });
  expect(page.messages.map(({ id }) => id)).toEqual([messageId(1), messageId(2)]);
  expect(page.lastSequence).toBe(2);
});
