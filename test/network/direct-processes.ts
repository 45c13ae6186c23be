import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pEvent } from 'p-event';
import { onTestFinished } from 'vitest';

/** Generated code has enums, which take more than leaving out the types. */
const FLAGS = ['--experimental-transform-types', '--no-warnings'];
const PROGRAM = fileURLToPath(new URL('direct-device.ts', import.meta.url));

/** A process that runs `direct-device.ts`. */
export class DirectDevice {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly exited: Promise<number | null>;

  constructor(own: number, other: number, relay: string, path: 'direct' | 'relay') {
    const child = spawn(
      process.execPath,
      [...FLAGS, PROGRAM, String(own), String(other), relay, path],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
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

  /** Resolves once it has printed `line`, at or after number `from`. */
  async prints(line: string, from = 0): Promise<void> {
    while (!this.lines.slice(from).includes(line)) {
      await pEvent(this.child, 'line', { rejectionEvents: ['exit'] });
    }
  }
}
