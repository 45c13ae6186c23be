import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { nodeEnvironment, nodeFlags } from '../../scripts/launch.mjs';
import { inFolder } from './folder.ts';
import { formatFigures } from './table.ts';
import type { Figure } from './table.ts';

export const IDLE_USAGE = `idle: how long a device with an empty store takes to start, and what it costs while nothing happens
  --seconds N     for which it is watched (60)
`;

/** Starts, of which the middle one counts: the first reads everything from the disk. */
const STARTS = 5;
/** What issue 8 asks of the app: seconds to ready, percent of a core, megabytes. */
const START_SECONDS_MAX = 1.5;
const CPU_PERCENT_MAX = 1;
const MEMORY_MB_MAX = 200;
/** What follows from the start is over by then. */
const SETTLING_MS = 10_000;
/** Ticks of the kernel's process times, per second. */
const TICKS = 100;

const REUNION = join(import.meta.dirname, '../reunion.mjs');

/**
 * The device process of the app without its window, as it is while the window is closed: the same Device with its api on
 * loopback. Electron adds its own processes, which can only be measured where there is one: docs/releasing.md.
 */
export async function benchIdle(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { seconds: { type: 'string', default: '60' } },
  });
  const seconds = Number(values.seconds);
  const starts: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    await inFolder(tmpdir(), async (folder) => {
      const { child, readyMs } = await startDevice(folder);
      starts.push(readyMs);
      await stop(child);
    });
  }
  const figures: Figure[] = [
    {
      name: 'start to ready, empty store',
      value: (starts.sort((one, other) => one - other)[STARTS >> 1] ?? 0) / 1_000,
      unit: 's',
      bar: { atMost: START_SECONDS_MAX },
      note: `of ${STARTS}: ${starts.map((ms) => (ms / 1_000).toFixed(2)).join(', ')}`,
    },
  ];
  if (process.platform === 'linux') figures.push(...(await watchIdle(seconds)));
  else process.stdout.write('What an idle device costs is measured on Linux.\n');
  process.stdout.write(formatFigures(figures));
}

async function watchIdle(seconds: number): Promise<Figure[]> {
  return inFolder(tmpdir(), async (folder) => {
    const { child } = await startDevice(folder);
    await setTimeout(SETTLING_MS);
    const ticks = ticksOf(child);
    await setTimeout(seconds * 1_000);
    const spent = ticksOf(child) - ticks;
    const memory = memoryOf(child);
    await stop(child);
    return [
      {
        name: `idle for ${seconds} s, of a core`,
        value: (spent / TICKS / seconds) * 100,
        unit: '%',
        bar: { atMost: CPU_PERCENT_MAX },
      },
      {
        name: '  memory (RSS)',
        value: memory,
        unit: 'MB',
        bar: { atMost: MEMORY_MB_MAX },
      },
    ];
  });
}

/** Resolves once it says that it is ready, with the milliseconds that took from before its process was there. */
async function startDevice(folder: string): Promise<{ child: ChildProcess; readyMs: number }> {
  const from = performance.now();
  const program = [...nodeFlags, REUNION, 'device', '--data', folder];
  const child = spawn(process.execPath, [...program, '--listen', '/ip4/127.0.0.1/tcp/0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...nodeEnvironment },
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('ready ')) continue;
    child.stdout.resume();
    return { child, readyMs: performance.now() - from };
  }
  throw new Error('the device ended before it was ready');
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  await ended;
}

/** Processor time of a process so far, its threads included. */
function ticksOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** What a process holds in memory, megabytes. */
function memoryOf({ pid }: ChildProcess): number {
  const [, kilobytes = '0'] =
    /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_000;
}
