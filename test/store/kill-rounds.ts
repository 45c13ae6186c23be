import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { openStore } from '../../main/store/index.ts';

const WRITER = fileURLToPath(new URL('./kill-writer.ts', import.meta.url));

/** Kills a writing process after it acknowledged `commits` times. Returns the last count it acknowledged. */
async function killAfter(folder: string, keyHex: string, commits: number): Promise<number> {
  const child = spawn(process.execPath, [WRITER, folder, keyHex], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    output += chunk;
    if (output.split('\n').length > commits) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(child.signalCode).toBe('SIGKILL');
  const lines = output.split('\n').slice(0, -1);
  return Number(lines.at(-1));
}

/** Kills a writer again and again over one store, and checks after each that nothing acknowledged is missing. */
export async function killRounds(
  folder: string,
  key: Uint8Array | undefined,
  rounds: number,
): Promise<void> {
  const keyHex = key === undefined ? '' : Buffer.from(key).toString('hex');
  for (let round = 0; round < rounds; round += 1) {
    const acknowledged = await killAfter(folder, keyHex, 2 + Math.floor(Math.random() * 30));
    if (key === undefined && process.env.SQLITE3_MISSING === undefined) checkWithSqlite(folder);
    const notices: unknown[] = [];
    const store = await openStore({ folder, key, onNotice: (notice) => notices.push(notice) });
    expect(notices).toEqual([]);
    const count = await store.sync.messages.count();
    const all = await store.sync.messages.arrivedAfter(0, Infinity);
    const problems = await store.check(true);
    await store.close();
    expect(count).toBeGreaterThanOrEqual(acknowledged);
    expect(all).toHaveLength(count);
    expect(problems).toEqual([]);
  }
}

/** Asks another SQLite about a copy, since it would take away the log of the store itself. Says so where there is none. */
function checkWithSqlite(folder: string): void {
  const copied = spawnSync('cp', ['-r', `${folder}/.`, `${folder}-copy`]);
  expect(copied.status).toBe(0);
  const path = join(`${folder}-copy`, 'messages.db');
  const { error, stdout } = spawnSync('sqlite3', [path, 'PRAGMA integrity_check'], {
    encoding: 'utf8',
  });
  spawnSync('rm', ['-r', `${folder}-copy`]);
  if (error !== undefined) {
    console.warn('sqlite3 is not installed: the store was checked by itself alone');
    process.env.SQLITE3_MISSING = '1';
    return;
  }
  expect(stdout.trim()).toBe('ok');
}
