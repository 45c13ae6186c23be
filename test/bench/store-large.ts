import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../main/store/index.ts';
import type { Store } from '../../main/store/index.ts';
import {
  BENCH_KEY,
  conversationOf,
  CONVERSATIONS,
  randomNumbers,
  samples,
  word,
} from './store-samples.ts';

/** How often it is asked whether the index is complete, milliseconds. */
const INDEX_LOOK_MS = 50;
/** Messages to a transaction while the store is filled. */
const FILL_BATCH = 1000;
const PAGE = 50;
/**
 * Rounds over all conversations. In the first ones the engine's code is still being compiled; by the next the pages of the
 * last are out of the cache.
 */
const ROUNDS = 10;
/** Searches of each kind that are timed. */
const SEARCHES = 40;

export interface StoreChoice {
  readonly folder: string;
  readonly encrypted: boolean;
}

export interface LargeFigures {
  /** Milliseconds that a conversation's newest page took: the median, the 95th percentile and the slowest. */
  readonly page: readonly [number, number, number];
  /** Milliseconds by kind of query: median and slowest. */
  readonly searches: Readonly<Record<string, readonly [number, number]>>;
  /** Bytes: when the first page was there, and the highest by the end. */
  readonly residentAtFirst: number;
  readonly residentPeak: number;
  /** On disk. */
  readonly bytes: number;
  readonly messages: number;
}

export function openChosen({ folder, encrypted }: StoreChoice): Promise<Store> {
  return openStore({ folder, key: encrypted ? BENCH_KEY : undefined });
}

/** Makes a store of `messages`. Returns how long it took until all showed, and after that until all were indexed, milliseconds. */
export async function fillStore(
  options: StoreChoice & { readonly messages: number },
): Promise<{ readonly filling: number; readonly indexing: number }> {
  const store = await openChosen(options);
  const started = performance.now();
  for (let from = 0; from < options.messages; from += FILL_BATCH) {
    await receive(store, from, Math.min(FILL_BATCH, options.messages - from));
  }
  const filling = performance.now() - started;
  while ((await store.stats()).unindexed > 0) await sleep(INDEX_LOOK_MS);
  const indexing = performance.now() - started - filling;
  await store.close();
  return { filling, indexing };
}

/** Messages arrive and are projected, as the device does it: two transactions. */
async function receive(store: Store, from: number, count: number): Promise<void> {
  const batch = samples(from, count);
  await store.sync.commit({ addMessages: batch.map(({ message }) => message) });
  await store.conversations.apply({
    putEntries: batch.map(({ entry }) => entry),
    projectedThrough: from + count,
  });
}

/** Milliseconds from the call that opens a finished store to the newest page of a conversation. */
export async function openLarge(choice: StoreChoice): Promise<number> {
  const started = performance.now();
  const store = await openChosen(choice);
  const first = await store.conversations.entries(conversationOf(0), PAGE);
  const took = performance.now() - started;
  if (first.length === 0) throw new Error('the store is empty');
  await store.close();
  return took;
}

/** Reads from a finished store. */
export async function readLarge(choice: StoreChoice): Promise<LargeFigures> {
  const store = await openChosen(choice);
  await store.conversations.entries(conversationOf(0), PAGE);
  const residentAtFirst = process.memoryUsage.rss();
  const pages: number[] = [];
  for (let at = 0; at < ROUNDS * CONVERSATIONS; at += 1) {
    const conversation = conversationOf(at % CONVERSATIONS);
    pages.push(await timed(() => store.conversations.entries(conversation, PAGE)));
  }
  const random = randomNumbers(42);
  // Numbers of words come out skewed towards the common ones: see `word`.
  const queries: Readonly<Record<string, () => string>> = {
    'one word': () => `${word(random)} `,
    'two words': () => `${word(random)} ${word(random)} `,
    'a beginning': () => word(random).slice(0, 3),
    'one letter': () => word(random).slice(0, 1),
    'no match': () => 'zzzzqqqq',
  };
  const searches: Record<string, readonly [number, number]> = {};
  for (const [kind, query] of Object.entries(queries)) {
    const times: number[] = [];
    for (let at = 0; at < SEARCHES; at += 1) {
      const text = query();
      times.push(await timed(() => store.conversations.search({ text, limit: PAGE })));
    }
    searches[kind] = [percentile(times, 50), Math.max(...times)];
  }
  const { bytes, messages } = await store.stats();
  await store.close();
  return {
    page: [percentile(pages, 50), percentile(pages, 95), Math.max(...pages)],
    searches,
    residentAtFirst,
    // In KiB on every system.
    residentPeak: process.resourceUsage().maxRSS * 1024,
    bytes,
    messages,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
}
