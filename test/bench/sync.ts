import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { ApiClient } from '../../main/api/client.ts';
import { connect } from '../../main/headless/connect.ts';
import { nodeEnvironment, nodeFlags } from '../../scripts/launch.mjs';
import { BODY_KINDS, bodyOf, isBodyKind, MEAN_BYTES } from './bodies.ts';
import type { BodyKind } from './bodies.ts';
import { inFolder } from './folder.ts';
import type { Figure } from './table.ts';
import { formatFigures } from './table.ts';

const DEFAULT_MESSAGES = 100_000;
const FILLING_AT_ONCE = 256;
const API_MS = 50;
const RESIDENT_MEGABYTES = 300;

export const SYNC_USAGE = `sync: a first transfer between two devices over a relay on loopback
  --messages N    messages of about ${MEAN_BYTES} bytes (${DEFAULT_MESSAGES})
  --bodies KIND   ${BODY_KINDS.join(' or ')} (${BODY_KINDS[0]})
`;

/** The program that the bench itself was built beside. */
const REUNION = join(import.meta.dirname, '../reunion.mjs');

/** What is measured at the device that receives. */
interface Reception {
  readonly seconds: number;
  /** Milliseconds that calls of the api took, one after another. */
  readonly calls: readonly number[];
  readonly bytes: number;
  readonly held: number;
}

/** Two devices, each a process; the first is filled, the second gets it all while its api is asked again and again. */
export async function benchSync(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: 'string', default: String(DEFAULT_MESSAGES) },
      bodies: { type: 'string', default: BODY_KINDS[0] ?? '' },
    },
  });
  const messages = Number(values.messages);
  const { bodies } = values;
  if (!isBodyKind(bodies)) {
    const message = `--bodies is ${BODY_KINDS.join(' or ')}`;
    throw Object.assign(new TypeError(message), { code: 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' });
  }
  await inFolder(tmpdir(), async (folder) => {
    const running: ChildProcess[] = [];
    try {
      const figures = await measure(folder, { messages, bodies }, running);
      process.stdout.write(formatFigures(figures));
    } finally {
      for (const child of running) child.kill('SIGKILL');
      await Promise.all(running.map((child) => ended(child)));
    }
  });
}

async function measure(
  folder: string,
  { messages, bodies }: { readonly messages: number; readonly bodies: BodyKind },
  running: ChildProcess[],
): Promise<Figure[]> {
  const [relayFolder, a, b] = ['relay', 'a', 'b'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const begin = async (line: RegExp, ...command: string[]): Promise<[ChildProcess, string]> => {
    const child = spawn(process.execPath, [...nodeFlags, REUNION, ...command], {
      env: { ...process.env, ...nodeEnvironment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(child);
    return [child, await lineOf(child, line)];
  };
  const device = (data: string, ...more: string[]): Promise<[ChildProcess, string]> =>
    begin(/^ready (\S+)$/u, 'device', '--data', data, '--no-lan', '--web', 'off', ...more);
  const listen = '/ip4/127.0.0.1/tcp/0';
  const relay = ['relay', '--data', relayFolder, '--listen', listen];
  const [, address] = await begin(/^listening (\S+)$/u, ...relay);
  await device(a, '--relay', address);
  const [first] = await device(b);
  const [, link] = await begin(/^(reunion:\S+)$/u, 'invite', '--data', a, '--yes');
  const [joining] = await begin(/(.*)/u, 'join', '--data', b, link);
  await ended(joining);
  first.kill('SIGTERM');
  await ended(first);

  const filled = await connect(a);
  const filling = performance.now();
  const textBytes = await fill(filled, messages, bodies);
  const fillRate = (messages / (performance.now() - filling)) * 1000;
  filled.close();

  const [receiver] = await device(b);
  const reception = await receive(await connect(b), messages);
  const peak = peakOf(receiver);
  const sorted = [...reception.calls].sort((one, other) => one - other);
  const percentile = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  return [
    {
      name: 'api calls of the receiving device, 99th percentile',
      value: percentile(0.99),
      unit: 'ms',
      bar: { atMost: API_MS },
      note: `${sorted.length} calls, median ${percentile(0.5).toFixed(1)} ms, slowest ${percentile(1 - 1 / sorted.length).toFixed(0)} ms`,
    },
    {
      name: 'its resident memory, at most',
      value: peak / 1e6,
      unit: 'MB',
      bar: { atMost: RESIDENT_MEGABYTES },
    },
    {
      name: `first transfer of ${messages} messages`,
      value: reception.seconds,
      unit: 's',
      note: `${Math.round(reception.held / reception.seconds)} messages/s`,
    },
    {
      name: 'payload bytes to bytes of text',
      value: reception.bytes / textBytes,
      unit: '',
      note: `${(reception.bytes / 1e6).toFixed(1)} MB`,
    },
    { name: 'writing them one by one over the api', value: fillRate, unit: '/s' },
  ];
}

/** Asks the api without a pause until everything is there, and in its conversation. */
async function receive(api: ApiClient, messages: number): Promise<Reception> {
  const calls: number[] = [];
  const started = performance.now();
  const call: ApiClient['call'] = async (command, given) => {
    const called = performance.now();
    const result = await api.call(command, given);
    calls.push(performance.now() - called);
    return result;
  };
  for (;;) {
    const { storage, peers } = await call('status', {});
    // What a person would do: look at a conversation.
    const [conversation] = await call('conversations', {});
    if (conversation) await call('messages', { conversation: conversation.id, limit: 50 });
    const isShown = (conversation?.messages ?? 0) >= messages;
    if (isShown && peers.every(({ state }) => state === 'up-to-date')) {
      const seconds = (performance.now() - started) / 1000;
      const bytes = peers.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
      api.close();
      return { seconds, calls, bytes, held: storage.messages };
    }
  }
}

/** Returns the bytes of the texts. */
async function fill(api: ApiClient, messages: number, bodies: BodyKind): Promise<number> {
  await api.call('createConversation', { name: 'Notes' });
  let [next, bytes] = [0, 0];
  const send = async (): Promise<void> => {
    while (next < messages) {
      const text = bodyOf(next, bodies);
      bytes += Buffer.byteLength(text);
      next += 1;
      await api.call('send', { conversation: 'Notes', text });
    }
  };
  await Promise.all(Array.from({ length: FILLING_AT_ONCE }, send));
  return bytes;
}

function lineOf(child: ChildProcess, pattern: RegExp): Promise<string> {
  const { stdout } = child;
  if (!stdout) throw new Error('a process without output');
  return new Promise((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const match = pattern.exec(line);
      if (match) resolve(match[1] ?? '');
    });
    child.once('close', (code) => reject(new Error(`ended with ${code}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
}

/** Bytes; 0 where the system does not tell. */
function peakOf({ pid }: ChildProcess): number {
  if (process.platform !== 'linux') return 0;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1] ?? 0) * 1024;
}
