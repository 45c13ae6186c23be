import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pEvent } from 'p-event';
import { onTestFinished } from 'vitest';
import type { Path } from '../../main/sync/ports.ts';

/** Generated code has enums, which take more than leaving out the types. */
const FLAGS = ['--experimental-transform-types', '--no-warnings'];
const PROGRAM = fileURLToPath(new URL('direct-device.ts', import.meta.url));

export interface ProcessOptions {
  /** Numbers of its keys, and of those of the other device. */
  readonly own: number;
  readonly other: number;
  readonly relay?: string;
  /** The best way that there is to be. */
  readonly path: Path;
  /** Where the other device can be found on the local network. */
  readonly otherAt?: string;
}

/** A process that runs `direct-device.ts`. */
export class DirectDevice {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly exited: Promise<number | null>;

  constructor(options: ProcessOptions) {
    const child = spawn(process.execPath, [...FLAGS, PROGRAM, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    this.exited = once(child, 'exit').then(([code]) => code as number | null);
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(line);
      child.emit('line');
    });
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await this.exited;
    });
  }

  /** The first line that begins with `start`, at or after number `from`; waits for it. */
  async prints(start: string, from = 0): Promise<string> {
    for (;;) {
      const line = this.lines.slice(from).find((candidate) => candidate.startsWith(start));
      if (line !== undefined) return line;
      await pEvent(this.child, 'line', { rejectionEvents: ['exit'] });
    }
  }
}
