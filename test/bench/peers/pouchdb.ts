// PouchDB's replication over HTTP (the protocol of CouchDB), LevelDB at both ends, express-pouchdb as the one that serves.
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { OpenReplica } from './replica.ts';

interface Database {
  info(): Promise<{ readonly doc_count: number }>;
  bulkDocs(documents: readonly unknown[]): Promise<unknown>;
  sync(url: string, options: { readonly batch_size: number }): Promise<unknown>;
  close(): Promise<void>;
}
type DatabaseClass = new (name: string) => Database;
interface PouchDB {
  defaults(options: { readonly prefix: string }): DatabaseClass;
}
interface Application {
  use(path: string, handler: unknown): void;
  listen(port: number, host: string, listening: () => void): Server;
}

/** Documents in one request; of 100, 1,000 and more this was the fastest. */
const BATCH = 1_000;
/** How often the served database is looked at for what it has, milliseconds. */
const LOOK_MS = 5;
const NAME = 'messages';

export const openPouchDb: OpenReplica = async (load, folder, side) => {
  const own = join(folder, side);
  mkdirSync(own, { recursive: true });
  const Database = (load('pouchdb') as PouchDB).defaults({ prefix: `${own}/` });
  const database = new Database(NAME);
  await database.info();
  return {
    add: async (messages) => {
      await database.bulkDocs(messages.map(({ id, at, text }) => ({ _id: id, at, text })));
    },
    serve: async (port, expected) => {
      const app = (load('express') as () => Application)();
      const serve = load('express-pouchdb') as (of: DatabaseClass, options: object) => unknown;
      const logPath = join(folder, 'log.txt');
      const options = { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath };
      app.use('/', serve(Database, options));
      await new Promise<void>((resolve) => app.listen(port, '127.0.0.1', resolve));
      const complete = async (): Promise<void> => {
        while ((await database.info()).doc_count < expected) await delay(LOOK_MS);
      };
      return { complete: complete() };
    },
    pull: async (port, expected) => {
      await database.sync(`http://127.0.0.1:${port}/${NAME}`, { batch_size: BATCH });
      const { doc_count: held } = await database.info();
      if (held !== expected) throw new Error(`PouchDB has ${held} messages, not ${expected}`);
    },
    close: () => database.close(),
  };
};
