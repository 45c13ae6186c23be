// The process that the kill test kills: adds batches to a store for ever and prints the name of each once it is committed.
// Arguments: folder, key as hexadecimal or `plain`, seed, prefix of the names.
import { openStore } from '../../main/store/index.ts';
import { SeededRandom } from '../simulator/random.ts';
import { batch } from './batches.ts';
import { entry } from './samples.ts';

const BATCH_MESSAGES_MAX = 20;
const BODY_BYTES_MAX = 3_000;
/** Rewriting the whole store has moments of its own to be killed in. */
const COMPACT_CHANCE = 0.02;

const [folder = '', key = '', seed = '', prefix = ''] = process.argv.slice(2);
const random = new SeededRandom(Number(seed));
const store = await openStore({
  folder,
  key: key === 'plain' ? undefined : Buffer.from(key, 'hex'),
  // A line that is no name of a batch: the parent takes it for the failure that it is.
  onNotice: ({ message }) => process.stdout.write(`notice ${message}\n`),
});
for (let count = 0; ; count += 1) {
  const name = `${prefix}-${count}`;
  const size = 1 + random.below(BATCH_MESSAGES_MAX);
  const addMessages = batch(name, size, random.below(BODY_BYTES_MAX));
  const putEntries = addMessages.map(({ message }, at) => ({
    ...entry(at, `${name} ${at}`),
    id: message.id,
  }));
  const { isProjected } = await store.commitProjected({ addMessages }, { putEntries });
  if (!isProjected) throw new Error('what a kill left behind was not projected');
  // A pipe is written to at once on every system but Windows, where a line may be lost: then less is demanded, not more.
  process.stdout.write(`${name}\n`);
  if (random.chance(COMPACT_CHANCE)) await store.compact();
}
