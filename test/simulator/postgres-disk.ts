import { toPeerId } from '../../main/mvds/ids.ts';
import { openPostgresStore } from '../../main/store/postgres/index.ts';
import type { PostgresServer } from '../helpers/postgres.ts';
import type { Disk, OpenDisk } from './disk.ts';

/** Each node has a database of its own, on one real server. One that was closed is used again, emptied. */
export function postgresDisks(server: PostgresServer): OpenDisk {
  const unused: string[] = [];
  const open = async (url: string): Promise<Disk> => {
    const store = await openPostgresStore({ url, nodeId: toPeerId('node') });
    return {
      sync: store.sync,
      async reopen() {
        await store.close();
        return open(url);
      },
      async close() {
        await store.close();
        await server.query('DROP SCHEMA reunion CASCADE', url);
        unused.push(url);
      },
    };
  };
  return async () => open(unused.pop() ?? (await server.database()));
}
