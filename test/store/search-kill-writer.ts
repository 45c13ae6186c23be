// The process that the kill test of the search index kills: stores entries, says so, and leaves the store to index them.
// Arguments: folder, key as hexadecimal or `plain`, number of the first entry, how many.
import { openStore } from '../../main/store/index.ts';
import { numberedEntries } from './numbered-entries.ts';

const [folder = '', key = '', first = '', count = ''] = process.argv.slice(2);
const store = await openStore({
  folder,
  key: key === 'plain' ? undefined : Buffer.from(key, 'hex'),
  // The parent takes any other line for the failure that it is.
  onNotice: ({ message }) => process.stdout.write(`notice ${message}\n`),
});
const putEntries = numberedEntries(Number(first), Number(count));
await store.conversations.apply({ putEntries, projectedThrough: Number(first) + Number(count) });
process.stdout.write('stored\n');
// Nothing else keeps the process running.
setInterval(() => undefined, 60_000);
