import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { holdsStore } from '../../main/store/index.ts';
import { inFolder } from './folder.ts';
import { insertFigures } from './store-inserts.ts';
import type { IndexFigures, IndexShape } from './store-index.ts';
import type { LargeFigures, StoreChoice } from './store-large.ts';
import { RESOLUTION_MS } from './store-stalls.ts';
import type { measureStalls as stallsOfStore, StallFigures } from './store-stalls.ts';
import { inProcess } from './store-steps.ts';
import type { Figure } from './table.ts';
import { formatFigures } from './table.ts';

const DEFAULT_MESSAGES = 1_000_000;
const ARRIVING_MESSAGES = 100_000;
const MEGABYTE = 1e6;

/** Processes that open the large store, one after another. */
const OPENINGS = 5;
const FIRST_PAGE_MS = 200;
const RESIDENT_MEGABYTES = 200;
const PAGE_MS = 5;
const SEARCH_MS = 100;
const STALL_MS = 50;
/** For whoever calls while the index is brought up to the messages. */
const INDEX_STEP_MS = 30;
/** The index is complete within twice the time that the messages took. */
const INDEXING_TO_FILLING = 1;

export const STORE_USAGE = `store: the message store
  --messages N    messages of the large store (${DEFAULT_MESSAGES})
  --arriving N    messages that arrive while stalls are measured (${ARRIVING_MESSAGES})
  --encrypted     encrypt the large store
  --keep PATH     keep the large store here, or read from the one that is here already
  --prefix LIST   shape of the search index to measure: lengths of beginnings in bytes, such as 1,2,3, or none; may be given
                  several times (as built, and none)
  --step N        messages that are indexed in one transaction; may be given several times (0: cut by time, as built)
  --only PART     inserts, stalls, large or index; may be given several times (all but index)
  --folder PATH   where to make the stores, on the disk to be measured (the system's folder for temporary files)
`;

const PARTS = ['inserts', 'stalls', 'large'];

/** Runs all measurements of the store; figures are printed as they are found. */
export async function benchStore(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: 'string', default: String(DEFAULT_MESSAGES) },
      arriving: { type: 'string', default: String(ARRIVING_MESSAGES) },
      encrypted: { type: 'boolean', default: false },
      keep: { type: 'string' },
      prefix: { type: 'string', multiple: true, default: ['1,2,3', 'none'] },
      step: { type: 'string', multiple: true, default: ['0'] },
      only: { type: 'string', multiple: true, default: [...PARTS] },
      folder: { type: 'string', default: tmpdir() },
    },
  });
  const messages = count('--messages', values.messages);
  const arriving = count('--arriving', values.arriving);
  const { encrypted, folder: parent } = values;
  const parts = new Set(values.only);
  const print = (figures: readonly Figure[]): void => {
    process.stdout.write(formatFigures(figures));
  };
  if (parts.has('inserts')) print(await insertFigures(parent));
  if (parts.has('stalls')) {
    for (const isEncrypted of [false, true]) {
      await inFolder(parent, async (folder) => {
        const choice = { folder: join(folder, 'store'), encrypted: isEncrypted };
        const found = await measureStalls({ ...choice, from: 0, messages: arriving });
        print(stallFigures(`new store${isEncrypted ? ', encrypted' : ''}`, found));
      });
    }
  }
  if (parts.has('index')) {
    for (const prefix of values.prefix) {
      for (const step of values.step.map((text) => count('--step', text, 0))) {
        await inFolder(parent, async (folder) => {
          const shape = { folder: join(folder, 'index'), messages, prefix, step };
          print(indexFigures(shape, await inProcess('index', shape)));
        });
      }
    }
  }
  if (!parts.has('large')) return;
  await inFolder(parent, async (folder) => {
    const choice: StoreChoice = { folder: values.keep ?? join(folder, 'store'), encrypted };
    if (!holdsStore(choice.folder)) {
      const { filling, indexing } = await inProcess('fill', { ...choice, messages });
      print([
        { name: 'filling the large store', value: filling / 1000, unit: 's' },
        {
          name: 'indexing it after that, to the time it took to fill',
          value: indexing / filling,
          unit: '',
          bar: { atMost: INDEXING_TO_FILLING },
          note: `${(indexing / 1000).toFixed(1)} s`,
        },
      ]);
    }
    const openings: number[] = [];
    for (let at = 0; at < OPENINGS; at += 1) openings.push(await inProcess('open', choice));
    const found = await inProcess('read', choice);
    print(largeFigures(openings, found));
    if (values.keep !== undefined) return;
    const from = found.messages;
    const stalls = await measureStalls({ ...choice, from, messages: arriving });
    print(stallFigures('large store', stalls));
  });
}

/** Stalls of a process that runs a store, and at the same time those of this one, which waits for it. */
async function measureStalls(
  options: Parameters<typeof stallsOfStore>[0],
): Promise<StallFigures & { readonly idle: number }> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const found = await inProcess('stalls', options);
  delay.disable();
  return { ...found, idle: delay.max / 1e6 };
}

function largeFigures(openings: readonly number[], found: LargeFigures): Figure[] {
  const sorted = [...openings].sort((one, other) => one - other);
  const megabytes = (bytes: number): number => bytes / MEGABYTE;
  const [medianPage, page, slowestPage] = found.page;
  return [
    {
      name: `open to the first page, ${found.messages} messages`,
      value: sorted[OPENINGS >> 1] ?? 0,
      unit: 'ms',
      bar: { atMost: FIRST_PAGE_MS },
      note:
        `median of ${OPENINGS} processes, slowest ${sorted.at(-1)?.toFixed(0)} ms; ` +
        `${megabytes(found.bytes).toFixed(0)} MB on disk`,
    },
    {
      name: 'resident memory, at most',
      value: megabytes(found.residentPeak),
      unit: 'MB',
      bar: { atMost: RESIDENT_MEGABYTES },
      note: `${megabytes(found.residentAtFirst).toFixed(0)} MB at the first page`,
    },
    {
      name: 'page of 50 newest, 95th percentile',
      value: page,
      unit: 'ms',
      bar: { atMost: PAGE_MS },
      note: `median ${medianPage.toFixed(1)} ms, slowest ${slowestPage.toFixed(1)} ms`,
    },
    ...Object.entries(found.searches).map(([kind, [median, slowest]]) => ({
      name: `search for ${kind}, slowest`,
      value: slowest,
      unit: 'ms',
      bar: { atMost: SEARCH_MS },
      note: `median ${median.toFixed(1)} ms`,
    })),
  ];
}

function indexFigures({ messages, prefix, step }: IndexShape, found: IndexFigures): Figure[] {
  const { cpu, time, bytes, searches } = found;
  const [medianStep, longStep, longestStep] = found.steps;
  const steps = step === 0 ? 'steps cut by time' : `steps of ${step}`;
  return [
    {
      name: `index of ${messages} messages, prefix ${prefix}, ${steps}`,
      value: cpu,
      unit: 'µs of CPU a message',
      note: `${time.toFixed(0)} µs of time; ${(bytes / MEGABYTE).toFixed(0)} MB`,
    },
    {
      name: '  a step, 99th percentile',
      value: longStep,
      unit: 'ms of CPU',
      bar: { atMost: INDEX_STEP_MS },
      note: `median ${medianStep.toFixed(0)} ms, longest ${longestStep.toFixed(0)} ms`,
    },
    ...Object.entries(searches).map(([kind, [slowest, text]]) => ({
      name: `  search for ${kind}, slowest`,
      value: slowest,
      unit: 'ms',
      bar: { atMost: SEARCH_MS },
      note: `“${text}”`,
    })),
  ];
}

function stallFigures(where: string, found: Awaited<ReturnType<typeof measureStalls>>): Figure[] {
  const { longestCommit, longestApply, backups, rate, idle } = found;
  return [
    {
      name: `event loop held off, ${where}`,
      value: found.longest,
      unit: 'ms',
      bar: { atMost: STALL_MS },
      note:
        `99.9 %: ${found.p999.toFixed(1)} ms; an idle process beside it: ${idle.toFixed(1)} ms; longest commit ${longestCommit.toFixed(0)} ms, ` +
        `apply ${longestApply.toFixed(0)} ms; ${Math.round(rate)} messages/s, ${backups} backups`,
    },
  ];
}

function count(option: string, text: string, least = 1): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw Object.assign(new TypeError(`${option} takes a whole number from ${least} on`), {
    code: 'USAGE',
  });
}
