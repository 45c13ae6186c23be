import { toPeerId } from '../../main/mvds/ids.ts';
import { openPostgresStore } from '../../main/store/postgres/index.ts';
import type { PostgresServer } from '../helpers/postgres.ts';
import type { Disk, OpenDisk } from './disk.ts';

/** Each node has a database of its own, on one real server. */
export function postgresDisks(server: PostgresServer): OpenDisk {
  return async () => postgresDisk(await server.database());
}

async function postgresDisk(url: string): Promise<Disk> {
  const store = await openPostgresStore({ url, nodeId: toPeerId('node') });
  return {
    sync: store.sync,
    async reopen() {
      await store.close();
      return postgresDisk(url);
    },
    close: () => store.close(),
  };
}
