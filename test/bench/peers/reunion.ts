import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Status } from '../../../main/api/types.ts';
import { nodeEnvironment, nodeFlags } from '../../../scripts/launch.mjs';
import { SOCKET_COUNT } from './other-system.ts';
import type { Line, MeasuredProcess, Processes } from './process.ts';
import { messagesOf } from './replica.ts';
import type { Side, Workload } from './replica.ts';
import type { Scenario } from './scenarios.ts';
import type { Synchronization, System } from './system.ts';

/** The program that the bench itself was built beside. */
const REUNION = join(import.meta.dirname, '../reunion.mjs');
const READY = /^ready \S+$/u;

/** A process that follows the status of a device. */
class Follower {
  readonly #process: MeasuredProcess;

  constructor(process: MeasuredProcess) {
    this.#process = process;
  }

  /** Resolves once it has printed a first status. */
  async attached(): Promise<this> {
    await this.#process.line(() => true);
    return this;
  }

  /** The first status that `holds`, when it was read, and whether it was the first of all, so that it held before already. */
  async until(holds: (status: Status) => boolean): Promise<Line & { readonly wasBefore: boolean }> {
    const line = await this.#process.line((text) => holds(JSON.parse(text) as Status));
    return { ...line, wasBefore: line.nth === 0 };
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}

/** Two `reunion device` processes over TCP on loopback, with all that a device does. */
export class ReunionPair implements System {
  readonly #processes: Processes;
  readonly #folder: string;
  readonly #port: number;
  readonly #profiles: string | undefined;

  /** @param profiles the folder to write CPU profiles of all threads to */
  private constructor(
    processes: Processes,
    options: { folder: string; port: number; profiles: string | undefined },
  ) {
    this.#processes = processes;
    this.#folder = options.folder;
    this.#port = options.port;
    this.#profiles = options.profiles;
  }

  /** With two new devices that are paired. */
  static async create(
    processes: Processes,
    options: { folder: string; port: number; profiles: string | undefined },
  ): Promise<ReunionPair> {
    mkdirSync(options.folder, { recursive: true });
    const made = new ReunionPair(processes, options);
    const a = await made.#device('a');
    const b = await made.#device('b');
    const invite = made.#reunion(['invite', '--data', made.#data('a'), '--yes']);
    const { text: link } = await invite.line((text) => text.startsWith('reunion:'));
    await made.#toEnd(['join', '--data', made.#data('b'), link.trim()]);
    for (const side of ['a', 'b'] as const) {
      const follower = await made.#follow(side);
      await follower.until(({ peers }) => peers.some(({ state }) => state === 'up-to-date'));
      await follower.stop();
    }
    await b.stop();
    await a.stop();
    return made;
  }

  /** By an import, as fast as messages come in that were not typed. */
  async write(workload: Workload): Promise<void> {
    const { side, from } = workload;
    const messages = Array.from(messagesOf(workload), ({ at, text }) => ({ writtenAt: at, text }));
    const file = join(this.#folder, `${side}-${from}.json`);
    const conversations = [{ name: 'Notes', messages }];
    writeFileSync(file, JSON.stringify({ format: 'reunion-export', version: 1, conversations }));
    const device = await this.#device(side);
    await this.#toEnd(['import', '--data', this.#data(side), file]);
    // The index of the import is no work of the scenario.
    const follower = await this.#follow(side);
    await follower.until(({ storage }) => storage.unindexed === 0);
    await follower.stop();
    await device.stop();
  }

  async synchronize(scenario: Scenario, expected: number): Promise<Synchronization> {
    const a = await this.#device('a', scenario);
    const followA = await this.#follow('a');
    const b = this.#startDevice('b', scenario);
    await b.line((text) => READY.test(text));
    const followB = this.#followNow('b');
    const isDone = ({ storage, peers }: Status): boolean =>
      storage.readable >= expected &&
      peers.length > 0 &&
      peers.every(({ state }) => state === 'up-to-date');
    const [doneA, doneB] = await Promise.all([followA.until(isDone), followB.until(isDone)]);
    const usage = [a.usage(), b.usage()] as const;
    const sockets = await b.sockets();
    await Promise.all([followA.stop(), followB.stop()]);
    await b.stop();
    await a.stop();
    // Where B was done before anybody looked, A tells when: it is up to date once both have said that they hold the same.
    const doneAt = doneB.wasBefore ? doneA.at : Math.max(doneA.at, doneB.at);
    return { startedAt: b.startedAt, doneAt, usage, sockets };
  }

  #data(side: Side): string {
    return join(this.#folder, side);
  }

  async #device(side: Side, scenario?: Scenario): Promise<MeasuredProcess> {
    const device = this.#startDevice(side, scenario);
    await device.line((text) => READY.test(text));
    return device;
  }

  #startDevice(side: Side, scenario?: Scenario): MeasuredProcess {
    const own = ['device', '--data', this.#data(side), '--name', side, '--no-lan', '--web', 'off'];
    const listen = ['--listen', `/ip4/127.0.0.1/tcp/${this.#port}`];
    const env: NodeJS.ProcessEnv = { REUNION_BENCH_SOCKETS: join(this.#folder, `${side}.json`) };
    if (scenario !== undefined && this.#profiles !== undefined) {
      const profiles = join(this.#profiles, `${scenario.replaceAll(/[ %]+/gu, '-')}-${side}`);
      // By the environment: the store's thread takes no flags of its process.
      env.NODE_OPTIONS = `--cpu-prof --cpu-prof-dir=${JSON.stringify(profiles)}`;
    }
    return this.#reunion([...own, ...(side === 'a' ? listen : [])], env);
  }

  #followNow(side: Side): Follower {
    return new Follower(
      this.#reunion(['status', '--data', this.#data(side), '--follow', '--json']),
    );
  }

  #follow(side: Side): Promise<Follower> {
    return this.#followNow(side).attached();
  }

  async #toEnd(args: readonly string[]): Promise<void> {
    const code = await this.#reunion(args).ended;
    if (code !== 0) throw new Error(`reunion ${args[0]} ended with ${code}`);
  }

  #reunion(args: readonly string[], env: NodeJS.ProcessEnv = {}): MeasuredProcess {
    return this.#processes.start([...nodeFlags, '--import', SOCKET_COUNT, REUNION, ...args], {
      ...process.env,
      ...nodeEnvironment,
      ...env,
    });
  }
}
