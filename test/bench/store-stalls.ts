import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { openChosen } from './store-large.ts';
import type { StoreChoice } from './store-large.ts';
import { samples } from './store-samples.ts';

/** Messages that arrive together, as from one payload. */
const ARRIVAL_BATCH = 100;
/** Milliseconds in which whatever the last write left to do comes to light. */
const QUIET_MS = 500;
/** Of the timer that the loop's delay is measured with, milliseconds. */
export const RESOLUTION_MS = 1;

export interface StallFigures {
  /** Milliseconds that the event loop was held off at most, and at the 99.9th percentile. */
  readonly longest: number;
  readonly p999: number;
  /** Milliseconds that one call took at most, from the call to its answer. */
  readonly longestCommit: number;
  readonly longestApply: number;
  /** Backups finished while messages arrived. */
  readonly backups: number;
  /** Messages per second. */
  readonly rate: number;
}

/** Receives messages from number `from` on, while backups are made one after another. */
export async function measureStalls(
  options: StoreChoice & { readonly from: number; readonly messages: number },
): Promise<StallFigures> {
  const store = await openChosen(options);
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const longest = { commit: 0, apply: 0 };
  const call = async (name: keyof typeof longest, work: () => Promise<unknown>): Promise<void> => {
    const started = performance.now();
    await work();
    longest[name] = Math.max(longest[name], performance.now() - started);
  };
  const arrived = new AbortController();
  let backups = 0;
  const backingUp = (async () => {
    while (!arrived.signal.aborted) {
      await store.backup(join(options.folder, 'backup.db'), new Uint8Array(32).fill(1));
      backups += 1;
    }
  })();
  const started = performance.now();
  const end = options.from + options.messages;
  for (let at = options.from; at < end; at += ARRIVAL_BATCH) {
    // Made as they arrive: a hundred thousand of them kept here would be collected by a collector that nobody else has.
    const batch = samples(at, Math.min(ARRIVAL_BATCH, end - at));
    const through = at + batch.length;
    const addMessages = batch.map(({ message }) => message);
    const putEntries = batch.map(({ entry }) => entry);
    await call('commit', () => store.sync.commit({ addMessages }));
    await call('apply', () => store.conversations.apply({ putEntries, projectedThrough: through }));
  }
  const took = performance.now() - started;
  arrived.abort();
  await backingUp;
  await sleep(QUIET_MS);
  delay.disable();
  await store.close();
  return {
    longest: delay.max / 1e6,
    p999: delay.percentile(99.9) / 1e6,
    longestCommit: longest.commit,
    longestApply: longest.apply,
    backups,
    rate: (options.messages / took) * 1000,
  };
}
