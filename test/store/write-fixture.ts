// Writes the store that `fixtures.test.ts` opens in every later version. To be run once for each schema that is released:
//   node test/store/write-fixture.ts test/fixtures/stores/v1
// It is plain, so that a person can look into it. A fixture that is there is never written again.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../main/store/index.ts';
import { FIXTURE } from './fixture-content.ts';

const [folder = ''] = process.argv.slice(2);
if (folder === '' || existsSync(folder)) throw new Error('name a folder that is not there yet');
const store = await openStore({ folder, key: undefined });
await store.sync.commit(FIXTURE.changes);
await store.conversations.apply(FIXTURE.projection);
await store.settings.set(FIXTURE.setting.key, FIXTURE.setting.value);
await store.activity.add(FIXTURE.activity);
await store.close();
rmSync(join(folder, 'lock'));
