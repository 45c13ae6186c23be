import { backlogSuite } from '../backlog-suite.ts';
import { historySuite } from '../history-suite.ts';
import { syncStoreSuite } from '../sync-store-suite.ts';
import { openTestPostgres, serverOfFile } from './open.ts';

const server = serverOfFile();
const open = async () => openTestPostgres({ url: await server().database() });

syncStoreSuite('PostgreSQL', async () => (await open()).sync);
backlogSuite('PostgreSQL', async () => (await open()).sync, { numRuns: 8 });
historySuite('PostgreSQL', open);
