// Commits messages until it is killed, and prints the number of each one that was acknowledged.
import { openStore } from '../../main/store/index.ts';
import { added } from './samples.ts';

const [folder = '', keyHex = ''] = process.argv.slice(2);
const key = keyHex === '' ? undefined : new Uint8Array(Buffer.from(keyHex, 'hex'));
const store = await openStore({ folder, key });
let count = await store.sync.messages.count();
process.stdout.write(`${count}\n`);
for (;;) {
  const batch = 1 + (count % 20);
  const addMessages = Array.from({ length: batch }, (_, at) => added(count + at + 1));
  await store.sync.commit({ addMessages });
  count += batch;
  process.stdout.write(`${count}\n`);
}
