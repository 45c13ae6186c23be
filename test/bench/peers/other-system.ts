import { join } from 'node:path';
import type { MeasuredProcess, Processes } from './process.ts';
import type { Side, Workload } from './replica.ts';
import type { OtherSystem, Role } from './role.ts';
import type { Scenario } from './scenarios.ts';
import type { Synchronization, System } from './system.ts';

/** The program of the benchmarks, and what is preloaded beside it: see scripts/bundle.mjs. */
const PROGRAM = join(import.meta.dirname, '../bench/run.mjs');
export const SOCKET_COUNT = join(import.meta.dirname, '../bench/socket-count.mjs');

/** A system that `role.ts` drives. */
export class OtherPair implements System {
  readonly #processes: Processes;
  readonly #about: Pick<Role, 'system' | 'packages' | 'folder'>;
  /** Kept for all scenarios: to PouchDB another port is another database. */
  readonly #port: number;

  constructor(
    processes: Processes,
    about: { system: OtherSystem; packages: string; folder: string; port: number },
  ) {
    this.#processes = processes;
    this.#port = about.port;
    const { system, packages, folder } = about;
    this.#about = { system, packages, folder };
  }

  async write(workload: Workload): Promise<void> {
    const seeding = this.#start(workload.side, { kind: 'seed', workload });
    const code = await seeding.ended;
    if (code !== 0) throw new Error(`${this.#about.system} could not be filled: exit code ${code}`);
  }

  async synchronize(_scenario: Scenario, expected: number): Promise<Synchronization> {
    const port = this.#port;
    const server = this.#start('a', { kind: 'serve', port, expected });
    await server.line((text) => text.startsWith('ready '));
    const client = this.#start('b', { kind: 'pull', port, expected });
    const done = await Promise.all(
      [client, server].map((each) => each.line((text) => text.startsWith('done '))),
    );
    const usage = [server.usage(), client.usage()] as const;
    const sockets = await client.sockets();
    await client.stop();
    await server.stop();
    const doneAt = Math.max(...done.map(({ text }) => Number(text.split(' ')[1])));
    return { startedAt: client.startedAt, doneAt, usage, sockets };
  }

  #start(side: Side, task: Role['task']): MeasuredProcess {
    const role: Role = { ...this.#about, side, task };
    // Not what a device is started with to save memory: it would slow them down.
    const env = { ...process.env };
    delete env.MALLOC_ARENA_MAX;
    const counts = join(this.#about.folder, `${side}-sockets.json`);
    return this.#processes.start(
      ['--import', SOCKET_COUNT, PROGRAM, 'peers-role', JSON.stringify(role)],
      { ...env, REUNION_BENCH_SOCKETS: counts },
    );
  }
}
