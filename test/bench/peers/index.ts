import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BODY_KINDS, isBodyKind } from '../bodies.ts';
import type { BodyKind } from '../bodies.ts';
import { inFolder } from '../folder.ts';
import { OtherPair } from './other-system.ts';
import { installedPackages } from './packages.ts';
import { Processes } from './process.ts';
import { messagesOf } from './replica.ts';
import { formatResults, resultOf } from './result.ts';
import type { Result } from './result.ts';
import { ReunionPair } from './reunion.ts';
import type { OtherSystem } from './role.ts';
import { stepsOf } from './scenarios.ts';
import type { System } from './system.ts';
import { freePort } from './system.ts';

const REUNION = 'reunion';
const SYSTEMS = ['plain', 'hypercore', 'pouchdb', REUNION] as const;
type SystemName = OtherSystem | typeof REUNION;
const DEFAULT_MESSAGES = 10_000;

export const PEERS_USAGE = `peers: the same messages between two processes on loopback with other systems and with Reunion (docs/performance.md)
  --messages N    messages of the first transfer (${DEFAULT_MESSAGES})
  --systems LIST  of ${SYSTEMS.join(',')} (all)
  --bodies KIND   ${BODY_KINDS.join(' or ')} (${BODY_KINDS[0]})
  --runs N        how often, each with new stores; the table shows medians (1)
  --profile DIR   write CPU profiles of all threads of Reunion's devices, run by run
  --json          print every figure of every run as JSON
`;

interface Options {
  readonly messages: number;
  readonly systems: readonly SystemName[];
  readonly bodies: BodyKind;
  readonly runs: number;
  readonly profile: string | undefined;
  readonly json: boolean;
}

/** Runs the systems in turn, and prints what they took. Throws `TypeError` with a code on wrong usage. */
export async function benchPeers(args: readonly string[]): Promise<void> {
  const options = optionsOf(args);
  if (process.platform !== 'linux') {
    throw new Error('bench -- peers reads processor time and memory from /proc: it needs Linux');
  }
  const others = options.systems.some((system) => system !== REUNION);
  const packages = others ? installedPackages() : '';
  const results: Result[] = [];
  for (let run = 1; run <= options.runs; run += 1) {
    for (const system of options.systems) {
      results.push(...(await measure(system, run, packages, options)));
    }
  }
  process.stdout.write(
    options.json ? `${JSON.stringify(results, null, 2)}\n` : formatResults(results, REUNION),
  );
}

async function measure(
  name: SystemName,
  run: number,
  packages: string,
  { messages, bodies, profile }: Options,
): Promise<readonly Result[]> {
  const processes = new Processes();
  const interrupted = (): void => void processes.killAll().then(() => process.exit(130));
  process.once('SIGINT', interrupted);
  try {
    return await inFolder(tmpdir(), async (parent) => {
      const folder = join(parent, name);
      const port = await freePort();
      const profiles = profile === undefined ? undefined : join(resolve(profile), `run-${run}`);
      const system: System =
        name === REUNION
          ? await ReunionPair.create(processes, { folder, port, profiles })
          : new OtherPair(processes, { system: name, packages, folder, port });
      const results: Result[] = [];
      for (const { scenario, writes, expected } of stepsOf(messages, bodies)) {
        process.stderr.write(`run ${run}, ${name}: ${scenario} …\n`);
        let textBytes = 0;
        for (const workload of writes) {
          await system.write(workload);
          for (const { text } of messagesOf(workload)) textBytes += Buffer.byteLength(text);
        }
        const synchronization = await system.synchronize(scenario, expected);
        const about = { system: name, run, scenario, messages: expected };
        results.push(resultOf(about, synchronization, textBytes));
      }
      return results;
    });
  } finally {
    process.off('SIGINT', interrupted);
    await processes.killAll();
  }
}

function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: 'string', default: String(DEFAULT_MESSAGES) },
      systems: { type: 'string', default: SYSTEMS.join(',') },
      bodies: { type: 'string', default: BODY_KINDS[0] ?? '' },
      runs: { type: 'string', default: '1' },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { systems, bodies, profile, json } = values;
  if (!isBodyKind(bodies)) throw wrong(`--bodies is ${BODY_KINDS.join(' or ')}`);
  const chosen = systems.split(',');
  if (!chosen.every(isSystem)) throw wrong(`--systems lists some of ${SYSTEMS.join(',')}`);
  return {
    ...{ bodies, profile, json, systems: chosen },
    messages: countOf(values.messages, '--messages'),
    runs: countOf(values.runs, '--runs'),
  };
}

function countOf(text: string, option: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw wrong(`${option} is a whole number from 1 on`);
  return count;
}

function isSystem(name: string): name is SystemName {
  return (SYSTEMS as readonly string[]).includes(name);
}

/** As `parseArgs` throws it: see run.ts. */
function wrong(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' });
}
