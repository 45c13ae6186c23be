import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { nodeEnvironment, nodeFlags } from '../../scripts/launch.mjs';
import { inFolder } from './folder.ts';
import type { Figure } from './table.ts';
import { formatFigures } from './table.ts';

export const IDLE_SECONDS = 60;
/** What a device may cost that does nothing, bytes a minute in both directions; and of one core, in percent. */
const BYTES_PER_MINUTE = 10_000;
const BYTES_PER_MINUTE_DIRECT = 40_000;
const CPU_PERCENT = 1;
/** After the last change it takes so long until all that follows from it is over. */
const SETTLING_MS = 20_000;
/** Ticks of the kernel's process times, per second. */
const TICKS = 100;

const REUNION = join(import.meta.dirname, '../reunion.mjs');
const HOSTS = { relay: '10.99.0.1', one: '10.99.0.2', other: '10.99.0.3' } as const;

/** Two devices and a relay, each in a network namespace, so that the kernel counts what the first one costs. */
export async function idleFigures(seconds: number): Promise<string> {
  const prefix = `rb${process.pid}`;
  const running: ChildProcess[] = [];
  try {
    makeNetwork(prefix);
  } catch (error) {
    removeNetwork(prefix);
    return `The cost of an idle device was not measured: ${(error as Error).message}\n`;
  }
  try {
    return await inFolder(tmpdir(), async (folder) => {
      try {
        return formatFigures(await measure(prefix, folder, seconds, running));
      } finally {
        for (const child of running) child.kill('SIGKILL');
        await Promise.all(running.map(ended));
      }
    });
  } finally {
    removeNetwork(prefix);
  }
}

async function measure(
  prefix: string,
  folder: string,
  seconds: number,
  running: ChildProcess[],
): Promise<Figure[]> {
  const begin = async (host: keyof typeof HOSTS, ready: RegExp, ...args: string[]) => {
    const inside = ['netns', 'exec', prefix + host, process.execPath, ...nodeFlags, REUNION];
    const child = spawn('ip', [...inside, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...nodeEnvironment },
    });
    running.push(child);
    for await (const line of createInterface({ input: child.stdout })) {
      const match = ready.exec(line);
      if (!match) continue;
      child.stdout.resume();
      return { child, found: match[1] ?? '' };
    }
    throw new Error('a process ended before it was ready');
  };
  const listen = `/ip4/${HOSTS.relay}/tcp/4001`;
  const relay = await begin(
    'relay',
    /^listening (\S+)$/u,
    'relay',
    '--data',
    join(folder, 'r'),
    '--listen',
    listen,
  );
  const device = (host: 'one' | 'other', ...more: string[]) =>
    begin(
      host,
      /^ready (\S+)$/u,
      ...['device', '--data', join(folder, host), '--web', 'off'],
      ...['--no-lan', '--relay', relay.found],
      ...more,
    );
  const stop = async (...children: ChildProcess[]) => {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map((child) => once(child, 'close')));
  };
  const watch = async (name: string, child: ChildProcess, bar: number): Promise<Figure[]> => {
    await setTimeout(SETTLING_MS);
    const [bytes, ticks] = [bytesOf(`${prefix}one`), ticksOf(child)];
    await setTimeout(seconds * 1000);
    const minutes = seconds / 60;
    return [
      {
        name: `idle, ${name}`,
        value: (bytesOf(`${prefix}one`) - bytes) / minutes,
        unit: 'B/min',
        bar: { atMost: bar },
      },
      {
        name: '  of a core',
        value: ((ticksOf(child) - ticks) / TICKS / seconds) * 100,
        unit: '%',
        bar: { atMost: CPU_PERCENT },
      },
    ];
  };
  const first = await device('one', '--no-direct');
  const figures = await watch('at its relay, alone', first.child, BYTES_PER_MINUTE);
  const other = await device('other', '--no-direct');
  const invitation = await begin(
    'one',
    /^(reunion:\S+)$/u,
    'invite',
    '--data',
    join(folder, 'one'),
    '--yes',
  );
  await begin('other', /^(joined) /u, 'join', '--data', join(folder, 'other'), invitation.found);
  figures.push(
    ...(await watch('with another device through the relay', first.child, BYTES_PER_MINUTE)),
  );
  await stop(first.child, other.child);
  const again = await device('one');
  await device('other');
  figures.push(
    ...(await watch('with another device by WebRTC', again.child, BYTES_PER_MINUTE_DIRECT)),
  );
  return figures;
}

function run(command: string): void {
  const [program = '', ...args] = command.split(' ');
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command}: ${stderr.trim()}`);
}

function makeNetwork(prefix: string): void {
  run(`ip netns add ${prefix}lan`);
  run(`ip -n ${prefix}lan link add br0 type bridge`);
  run(`ip -n ${prefix}lan link set br0 up`);
  for (const [name, address] of Object.entries(HOSTS)) {
    const host = prefix + name;
    run(`ip netns add ${host}`);
    run(`ip -n ${host} link set lo up`);
    run(`ip -n ${prefix}lan link add ${name} type veth peer name eth0 netns ${host}`);
    run(`ip -n ${prefix}lan link set ${name} master br0 up`);
    run(`ip -n ${host} addr add ${address}/24 dev eth0`);
    run(`ip -n ${host} link set eth0 up`);
  }
}

function removeNetwork(prefix: string): void {
  for (const name of ['lan', ...Object.keys(HOSTS)]) {
    spawnSync('ip', ['netns', 'del', prefix + name]);
  }
}

/** Bytes that went in and out of a namespace so far, with all headers. */
function bytesOf(namespace: string): number {
  const file = (name: string) => `/sys/class/net/eth0/statistics/${name}`;
  const args = ['netns', 'exec', namespace, 'cat', file('rx_bytes'), file('tx_bytes')];
  const { stdout } = spawnSync('ip', args, { encoding: 'utf8' });
  return stdout.split('\n').reduce((sum, line) => sum + Number(line), 0);
}

/** Processor time of a process so far. */
function ticksOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
}
