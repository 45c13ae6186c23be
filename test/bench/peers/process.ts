import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { SocketCount } from './socket-count.ts';

/** The kernel counts processor time in hundredths of a second on every Linux. */
const TICK_MS = 10;
/** Fields of /proc/PID/stat after the name: user and system time of the process and of children that have ended. */
const TIME_FIELDS = [11, 12, 13, 14];
const LOOK_MS = 2;
const COUNT_TIMEOUT_MS = 10_000;

/** A line of a process, with the Unix milliseconds at which it was read. */
export interface Line {
  readonly text: string;
  readonly at: number;
}

/** What a process has used so far. */
export interface Usage {
  /** Processor time of all its threads, milliseconds. */
  readonly cpuMs: number;
  /** The most memory that it ever had resident (VmHWM), bytes. */
  readonly peakBytes: number;
}

/** Everything that a run has started, so that a failure leaves nothing running. */
export class Processes {
  readonly #running = new Set<MeasuredProcess>();

  start(args: readonly string[], env: NodeJS.ProcessEnv): MeasuredProcess {
    const started = new MeasuredProcess(args, env);
    this.#running.add(started);
    started.child.once('close', () => this.#running.delete(started));
    return started;
  }

  async killAll(): Promise<void> {
    const running = [...this.#running];
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.map(({ ended }) => ended));
  }
}

/** A process of Node that is measured from outside, by what Linux says of it. */
export class MeasuredProcess {
  readonly child: ChildProcess;
  readonly startedAt = now();
  readonly ended: Promise<number | null>;
  readonly #lines: Line[] = [];
  readonly #countFile: string | undefined;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#countFile = env.REUNION_BENCH_SOCKETS;
    if (this.#countFile !== undefined) rmSync(this.#countFile, { force: true });
    this.child = spawn(process.execPath, [...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const { stdout } = this.child;
    if (!stdout) throw new Error('a process without output');
    createInterface({ input: stdout }).on('line', (text) => {
      this.#lines.push({ text, at: now() });
      this.child.emit('output');
    });
    this.ended = once(this.child, 'close').then(([code]) => {
      this.child.emit('output');
      return code as number | null;
    });
  }

  /** The first line, from `from` on, that `is` what is waited for. Rejects where the process ends without it. */
  async line(is: (text: string) => boolean, from = 0): Promise<Line & { readonly nth: number }> {
    for (let nth = from; ; nth += 1) {
      while (nth >= this.#lines.length) {
        if (this.child.exitCode !== null || this.child.signalCode !== null) {
          throw new Error(`ended too early; its last line: ${this.#lines.at(-1)?.text ?? 'none'}`);
        }
        await once(this.child, 'output');
      }
      const line = this.#lines[nth];
      if (line && is(line.text)) return { ...line, nth };
    }
  }

  usage(): Usage {
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8')
      .split(') ')
      .at(-1)
      ?.split(' ');
    const ticks = TIME_FIELDS.reduce((sum, field) => sum + Number(stat?.[field] ?? 0), 0);
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    const kilobytes = Number(/^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1] ?? 0);
    return { cpuMs: ticks * TICK_MS, peakBytes: kilobytes * 1024 };
  }

  /** What went through its connections; only of a process with `socket-count.ts`. */
  async sockets(): Promise<SocketCount> {
    const file = this.#countFile;
    if (file === undefined) throw new Error('nothing is counted in this process');
    this.child.kill('SIGUSR2');
    const deadline = now() + COUNT_TIMEOUT_MS;
    while (!existsSync(file)) {
      if (now() > deadline) throw new Error('the process does not say what it has counted');
      await delay(LOOK_MS);
    }
    return JSON.parse(readFileSync(file, 'utf8')) as SocketCount;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}

/** Unix milliseconds, more exact than `Date.now()`, and the same in every process of this machine. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
