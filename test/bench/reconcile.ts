import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { OrderedIds, POSITION_BYTES } from '../../main/reconcile/index.ts';
import { fingerprintOf } from '../../main/reconcile/fingerprint.ts';
import { addIds, SUM_WORDS } from '../../main/helpers/id-sums.ts';
import { history, twoSides, type Where } from '../reconcile/samples.ts';
import { reconcile } from '../reconcile/talk.ts';
import { formatFigures, type Figure } from './table.ts';

export const RECONCILE_USAGE = `reconcile: range-based set reconciliation, both ends in one process
`;

const COUNTS = [10_000, 100_000, 1_000_000];
const DIFFERENCES = 1_000;
const ROUNDS = 5;
/** Positions handed to the index in one turn of the event loop. */
const SLICE = 1_000;
const SLICE_MS = 10;
const MEMORY_BYTES = 72;

/** The same set, which adds up a range anew for each fingerprint, as simple implementations do. */
class PlainIds extends OrderedIds {
  override fingerprint(from: number, to: number): Uint8Array {
    const ids = this.ids(from, to);
    const sum = new Uint32Array(SUM_WORDS);
    addIds(sum, new DataView(ids.buffer), 0, to - from);
    return fingerprintOf(sum, to - from);
  }
}

/** Measures the index and the sessions; figures are printed as they are found. */
export async function benchReconcile(args: readonly string[]): Promise<void> {
  parseArgs({ args: [...args], options: {} });
  for (const count of COUNTS) {
    process.stdout.write(formatFigures([...indexFigures(count), ...sessionFigures(count)]));
  }
}

function indexFigures(count: number): Figure[] {
  const positions = history(count);
  // First of all, as what was freed before is not told from what was taken since.
  const before = memory();
  const ids = new OrderedIds();
  ids.insertPacked(positions);
  const bytes = (memory() - before) / count;
  const build = best(() => {
    new OrderedIds().insertPacked(positions);
  });
  const sort = best(() => sortObjects(positions));
  let longest = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    longest = Math.min(longest, longestSlice(positions));
  }
  return [
    {
      name: `${count} messages: sorting objects ÷ making the index`,
      value: sort / build,
      unit: '',
      note: `index ${build.toFixed(1)} ms`,
    },
    {
      name: `longest slice of ${SLICE} positions`,
      value: longest,
      unit: 'ms',
      bar: { atMost: SLICE_MS },
    },
    {
      name: 'memory of a message',
      value: bytes,
      unit: 'bytes',
      bar: { atMost: MEMORY_BYTES },
      note: `${ids.size} held`,
    },
  ];
}

function sessionFigures(count: number): Figure[] {
  const cases: readonly (readonly [string, number, Where])[] = [
    ['in sync', 0, 'recent'],
    ['recent', DIFFERENCES, 'recent'],
    ['scattered', DIFFERENCES, 'scattered'],
  ];
  return cases.map(([name, differences, where]) => {
    const [mine, theirs] = twoSides(count, differences, where);
    const [plainMine, plainTheirs] = twoSides(count, differences, where, () => new PlainIds());
    const ours = best(() => reconcile(mine, theirs));
    const adding = best(() => reconcile(plainMine, plainTheirs));
    return {
      name: `session, ${differences} differences ${name}: adding up anew ÷ running totals`,
      value: adding / ours,
      unit: '',
      note: `both ends ${ours.toFixed(1)} ms`,
    };
  });
}

/** Milliseconds of the slowest slice when an index is made slice by slice. */
function longestSlice(positions: Uint8Array): number {
  const ids = new OrderedIds();
  let longest = 0;
  for (let at = 0; at < positions.length; at += SLICE * POSITION_BYTES) {
    const start = performance.now();
    ids.insertPacked(positions.subarray(at, at + SLICE * POSITION_BYTES));
    longest = Math.max(longest, performance.now() - start);
  }
  return longest;
}

/** Milliseconds of the fastest of some rounds: the one that other work on the machine disturbed least. */
function best(work: () => unknown): number {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** Makes an object of each position and sorts them, as simple implementations do. */
function sortObjects(positions: Uint8Array): unknown {
  const view = new DataView(positions.buffer);
  return Array.from({ length: positions.length / POSITION_BYTES }, (_, index) => ({
    timestamp: Number(view.getBigInt64(index * POSITION_BYTES)),
    id: positions.slice(index * POSITION_BYTES + 8, (index + 1) * POSITION_BYTES),
  })).sort((a, b) => a.timestamp - b.timestamp || Buffer.compare(a.id, b.id));
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in use, on the heap and in buffers. */
function memory(): number {
  // What a first round lets go of, a second one frees.
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
