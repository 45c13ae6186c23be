import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { measureIndex } from './store-index.ts';
import { fillStore, openLarge, readLarge } from './store-large.ts';
import { measureStalls } from './store-stalls.ts';

/** What runs in a process of its own, each with the arguments it gets as JSON. */
const STEPS = {
  fill: fillStore,
  open: openLarge,
  read: readLarge,
  stalls: measureStalls,
  index: measureIndex,
};

type Steps = typeof STEPS;

/** Runs a step in a fresh process and returns what it found. */
export async function inProcess<Name extends keyof Steps>(
  name: Name,
  options: Parameters<Steps[Name]>[0],
): Promise<Awaited<ReturnType<Steps[Name]>>> {
  const program = process.argv[1] ?? '';
  const child = spawn(process.execPath, [program, 'store-step', name, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const output = await text(child.stdout);
  const code = await ended;
  if (code !== 0) throw new Error(`the step ${name} ended with exit code ${code}`);
  return JSON.parse(output) as Awaited<ReturnType<Steps[Name]>>;
}

/** The other side of `inProcess`. */
export async function storeStep([name = '', json = '{}']: readonly string[]): Promise<void> {
  if (!Object.hasOwn(STEPS, name)) throw new Error(`no step ${name}`);
  const step = STEPS[name as keyof Steps] as (options: unknown) => Promise<unknown>;
  process.stdout.write(JSON.stringify(await step(JSON.parse(json))));
}
