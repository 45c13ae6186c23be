import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { toHex } from '../../main/helpers/bytes.ts';
import type { StoreNotice } from '../../main/store/index.ts';
import { openStore } from '../../main/store/index.ts';
import { SeededRandom } from '../simulator/random.ts';
import { batchesIn } from './batches.ts';
import { testFolder } from './folder.ts';
import { KEY } from './open.ts';
import { hasOutsideSqlite, outsideSqliteText, outsideVerdict } from './outside-sqlite.ts';

const WRITER = fileURLToPath(new URL('kill-writer.ts', import.meta.url));

/** Rounds on one store before a new one is begun, which is also killed while it is made. */
const ROUNDS_PER_STORE = 5;
/** Commits that are awaited before the moment to kill is drawn. */
const COMMITS_MAX = 60;
/** Long enough for the next commit or two, milliseconds. */
const DELAY_MAX_MS = 10;
/** In these rounds the process is killed while it starts, opens and recovers, which takes it some 300 ms. */
const EARLY_CHANCE = 0.2;
const EARLY_MAX_MS = 500;

/** Kills a writing process in each round and demands all that it had acknowledged. Plain and encrypted stores in turn. */
export async function killRounds(rounds: number, seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const stores = [undefined, KEY].map((key) => ({ key, folder: '', acknowledged: [] as string[] }));
  let batches = 0;
  let verdicts = 0;
  for (let round = 0; round < rounds; round += 1) {
    const store = stores[round % stores.length];
    if (store === undefined) throw new RangeError('no store');
    if (Math.floor(round / stores.length) % ROUNDS_PER_STORE === 0) {
      store.folder = testFolder();
      store.acknowledged = [];
    }
    const { key, folder, acknowledged } = store;
    const about = `seed ${seed}, round ${round}`;
    const keyText = key === undefined ? 'plain' : toHex(key);
    const printed = await writeAndKill([folder, keyText, `${seed + round}`, `${round}`], random);
    for (const name of printed) expect(name, about).toMatch(/^\d+-\d+$/);
    acknowledged.push(...printed);
    batches += printed.length;
    const isMade = acknowledged.length > 0;
    if (key === undefined && isMade && hasOutsideSqlite) {
      expect(outsideVerdict(folder), about).toBe('ok');
      verdicts += 1;
    }
    store.acknowledged = await heldAfterCrash(folder, key, acknowledged, about);
  }
  console.log(
    `${rounds} kills, seed ${seed}: ${batches} commits acknowledged, none lost; ${outsideSqliteText(verdicts)}`,
  );
}

/** Opens the store, which must be sound and hold what is acknowledged. Returns all that it holds. */
async function heldAfterCrash(
  folder: string,
  key: Uint8Array | undefined,
  acknowledged: readonly string[],
  about: string,
): Promise<string[]> {
  const notices: StoreNotice[] = [];
  const store = await openStore({
    inThread: false,
    folder,
    key,
    onNotice: (notice) => notices.push(notice),
  });
  try {
    expect(notices, about).toEqual([]);
    const held = await batchesIn(store);
    const isHeld = new Set(held);
    const lost = acknowledged.filter((name) => !isHeld.has(name));
    expect(lost, about).toEqual([]);
    const { messages, readable } = await store.stats();
    expect(readable, `${about}: a commit was projected in part`).toBe(messages);
    expect(await store.check(true), about).toEqual([]);
    return held;
  } finally {
    await store.close();
  }
}

/** Starts a writer and kills it at a moment drawn from `random`. Returns the lines that it printed. */
async function writeAndKill(args: readonly string[], random: SeededRandom): Promise<string[]> {
  const isEarly = random.chance(EARLY_CHANCE);
  const commits = random.below(COMMITS_MAX);
  const delay = random.between(0, isEarly ? EARLY_MAX_MS : DELAY_MAX_MS);
  const child = spawn(process.execPath, [WRITER, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const reader = createInterface({ input: child.stdout });
  const enough = new Promise<void>((resolve) => {
    if (isEarly) resolve();
    reader.on('line', (line) => {
      lines.push(line);
      if (lines.length > commits) resolve();
    });
  });
  const closed = Promise.all([once(child, 'close'), once(reader, 'close')]);
  await Promise.race([enough, closed]);
  // Nothing is waited for here: the delay is the random moment itself.
  await later(delay);
  child.kill('SIGKILL');
  await closed;
  if (child.signalCode !== 'SIGKILL') throw new Error(`the writer ended by itself: ${said}`);
  return lines;
}
