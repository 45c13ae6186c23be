import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { toHex } from '../../main/helpers/bytes.ts';
import { SeededRandom } from '../simulator/random.ts';
import { checkIndex, openBare } from './bare-engine.ts';
import { testFolder } from './folder.ts';
import { KEY } from './open.ts';

const WRITER = fileURLToPath(new URL('search-kill-writer.ts', import.meta.url));
const ROUNDS = 6;
const ENTRIES = 2_000;
/** In this time, milliseconds, an idle machine indexes most of them. */
const DELAY_MAX_MS = 300;
const ALL = { entries: ROUNDS * ENTRIES, milliseconds: Infinity };

/** Has a process store entries, and kills it at a moment drawn from `random`. */
async function storeAndKill(args: readonly string[], random: SeededRandom): Promise<void> {
  const child = spawn(process.execPath, [WRITER, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    closed,
  ])) as readonly unknown[];
  expect(line).toBe('stored');
  // Nothing is waited for here: the delay is the random moment itself.
  await later(random.between(0, DELAY_MAX_MS));
  child.kill('SIGKILL');
  await closed;
}

test.each([
  ['plain', undefined],
  ['encrypted', KEY],
])(
  'an index whose process is killed while it is behind goes on where it was, and misses nothing, %s',
  async (_, key) => {
    const seed = 20_261_130;
    const random = new SeededRandom(seed);
    const folder = testFolder();
    const left: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const keyText = key === undefined ? 'plain' : toHex(key);
      const first = round * ENTRIES;
      await storeAndKill([folder, keyText, `${first}`, `${ENTRIES}`], random);
      const crashed = await openBare(folder, key);
      expect(crashed.engine.stats().readable).toBe(first + ENTRIES);
      left.push(crashed.engine.conversations.index.unindexed());
      checkIndex(crashed);
      expect(crashed.engine.check(true)).toEqual([]);
      // It is closed as the crash left it, for the next process to go on.
      crashed.engine.close();
    }
    console.log(`seed ${seed}: left to index after each kill: ${left.join(', ')}`);
    // A place that was kept, neither the beginning nor the end.
    expect(left.some((rest, round) => rest > 0 && rest < (round + 1) * ENTRIES)).toBe(true);

    const { engine, connection } = await openBare(folder, key);
    const { conversations } = engine;
    expect(conversations.index.advance(ALL)).toBe(0);
    checkIndex({ engine, connection });
    for (let number = 0; number < ROUNDS * ENTRIES; number += 97) {
      const { hits } = conversations.search({ text: `number${number} `, limit: 9 });
      expect(hits.map(({ entry }) => entry.order)).toEqual([number]);
    }
    engine.close();
  },
  120_000,
);
