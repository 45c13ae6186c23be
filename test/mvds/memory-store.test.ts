import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { backlogSuite } from '../store/backlog-suite.ts';
import { syncStoreSuite } from '../store/sync-store-suite.ts';

// The twin in memory passes what the real store passes.
syncStoreSuite('memory', async () => createMemorySyncStore());
backlogSuite('memory', async () => createMemorySyncStore());
