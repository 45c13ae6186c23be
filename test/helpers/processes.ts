import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pEvent } from 'p-event';
import { onTestFinished } from 'vitest';
import { newWebLink } from '../../main/headless/connect.ts';
import { nodeEnvironment, nodeFlags } from '../../scripts/launch.mjs';

const REUNION = resolve(import.meta.dirname, '../../dist/reunion.mjs');

/** A process that has not said what is waited for by then has gone wrong, milliseconds. */
const OUTPUT_TIMEOUT_MS = 30_000;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A new, empty folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'reunion-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `reunion` to its end. */
export async function reunion(args: readonly string[], input = ''): Promise<Finished> {
  const running = new RunningProcess(args);
  running.child.stdin?.end(input);
  return running.finished;
}

/** A `reunion` process that goes on running; it ends with the test at the latest. */
export class RunningProcess {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  readonly #lines: string[] = [];
  readonly #stderr: Buffer[] = [];

  /**
   * @param namespace the network namespace to run in; that of the test where absent
   * @param env added to the environment of the test
   */
  constructor(
    args: readonly string[],
    namespace?: string,
    env: Readonly<Record<string, string>> = {},
  ) {
    const command = [process.execPath, ...nodeFlags, REUNION, ...args];
    const inside = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
    const [program = '', ...rest] = [...inside, ...command];
    this.child = spawn(program, rest, {
      stdio: 'pipe',
      env: { ...process.env, ...nodeEnvironment, ...env },
    });
    const { stdout, stderr } = this.child;
    if (!stdout || !stderr) throw new Error('a process without pipes');
    createInterface({ input: stdout }).on('line', (line) => {
      this.#lines.push(line);
      this.child.emit('output');
    });
    stderr.on('data', (data: Buffer) => {
      this.#stderr.push(data);
      this.child.emit('output');
    });
    this.finished = once(this.child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.#lines.join('\n'),
      stderr: Buffer.concat(this.#stderr).toString('utf8'),
    }));
    onTestFinished(async () => {
      await this.kill('SIGKILL');
    });
  }

  /** The first line of standard output that matches; waits for it. Rejects where the process ends without it. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      for (const line of this.#lines) {
        const match = pattern.exec(line);
        if (match) return match;
      }
      await Promise.race([
        pEvent(this.child, 'output', { timeout: OUTPUT_TIMEOUT_MS }),
        this.finished.then(({ code, stderr }) => {
          throw new Error(`ended with ${code} before printing ${pattern.source}: ${stderr}`);
        }),
      ]);
    }
  }

  /** What standard output has so far. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** What standard error has so far. */
  get errors(): string {
    return Buffer.concat(this.#stderr).toString('utf8');
  }

  /** The first match in standard error, where a question has no end of line; waits for it as `line` does. */
  async errorLine(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(Buffer.concat(this.#stderr).toString('utf8'));
      if (match) return match;
      await Promise.race([
        pEvent(this.child, 'output', { timeout: OUTPUT_TIMEOUT_MS }),
        this.finished.then(({ code, stderr }) => {
          throw new Error(`ended with ${code} before printing ${pattern.source}: ${stderr}`);
        }),
      ]);
    }
  }

  async kill(signal: NodeJS.Signals): Promise<Finished> {
    this.child.kill(signal);
    return this.finished;
  }
}

/** Starts a relay on loopback. */
export async function startRelay(
  folder = temporaryFolder(),
  listen = '/ip4/127.0.0.1/tcp/0',
  options: readonly string[] = [],
): Promise<{
  readonly process: RunningProcess;
  readonly address: string;
  readonly folder: string;
  /** The address without the relay's id: to start it again in the same place. */
  readonly listen: string;
}> {
  const process = new RunningProcess([
    ...['relay', '--data', folder, '--listen', listen, '--stun', 'off'],
    ...options,
  ]);
  const [, address = ''] = await process.line(/^listening (\S+)$/u);
  const [place = ''] = address.split('/p2p/');
  return { process, address, folder, listen: place };
}

export interface StartedDevice {
  readonly process: RunningProcess;
  readonly folder: string;
  readonly id: string;
  /** A link that opens its page once, within a minute. */
  link(): Promise<string>;
}

/** Starts a device that listens nowhere and looks at no local network: the relay is the only way to it. */
export async function startDevice(
  folder: string,
  options: readonly string[],
): Promise<StartedDevice> {
  const process = new RunningProcess([
    'device',
    '--data',
    folder,
    '--no-lan',
    '--no-direct',
    ...options,
  ]);
  const [, id = ''] = await process.line(/^ready (\S+)$/u);
  return { process, folder, id, link: () => newWebLink(folder) };
}

/** Pairs two running devices by link, with the command line alone. */
export async function pair(
  inviter: string,
  joiner: string,
  ...options: readonly string[]
): Promise<void> {
  const invitation = new RunningProcess(['invite', '--data', inviter, '--yes', ...options]);
  const [link] = await invitation.line(/^reunion:\S+$/u);
  const joined = await reunion(['join', '--data', joiner, '-'], link);
  if (joined.code !== 0) throw new Error(`joining failed: ${joined.stderr}`);
  await invitation.line(/^joined /u);
  await invitation.finished;
}
