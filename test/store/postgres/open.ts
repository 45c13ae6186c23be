import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { toPeerId } from '../../../main/mvds/ids.ts';
import {
  openPostgresStore,
  type PostgresStore,
  type PostgresStoreOptions,
} from '../../../main/store/postgres/index.ts';
import { HOOK_TIMEOUT_MS, PostgresServer } from '../../helpers/postgres.ts';

/** One server for all tests of a file. */
export function serverOfFile(): () => PostgresServer {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    server = await PostgresServer.start();
  }, HOOK_TIMEOUT_MS);
  afterAll(() => server?.stop(), HOOK_TIMEOUT_MS);
  return () => {
    if (!server) throw new Error('the server was not started');
    return server;
  };
}

/** A store that is closed when the running test ends. */
export async function openTestPostgres(
  options: Omit<PostgresStoreOptions, 'nodeId'> & { readonly node?: string },
): Promise<PostgresStore> {
  const { node = 'node', ...rest } = options;
  const store = await openPostgresStore({ nodeId: toPeerId(node), ...rest });
  onTestFinished(() => store.close());
  return store;
}
