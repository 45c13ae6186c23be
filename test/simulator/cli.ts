/** `npm run simulate -- --help`. */
import { parseArgs } from 'node:util';
import { choiceIn, numberIn, UsageError } from './arguments.ts';
import { DEFAULTS, TOPOLOGIES, type SimulationConfig } from './config.ts';
import { openDisk, STORES } from './disk.ts';
import { worldOf } from './orchestration/config.ts';
import { lifeOf } from './orchestration/scenario.ts';
import { formatReport } from './report.ts';
import { Simulation } from './simulation.ts';
import { SCALE_USAGE, simulateStoreNodes } from './scale/command.ts';

const USAGE = `Simulates MVDS nodes on a virtual clock. One epoch is one second of it.

  --nodes N          nodes (${DEFAULTS.nodes})
  --topology T       ${TOPOLOGIES.join(', ')} (${DEFAULTS.topology})
  --mode M           batch, interactive (${DEFAULTS.mode})
  --messages N       messages written in all (${DEFAULTS.messages})
  --body BYTES       bytes of a body (${DEFAULTS.bodyBytes})
  --write EPOCHS     epochs in which they are written (${DEFAULTS.writeEpochs})
  --loss P           part of the payloads that is lost (${DEFAULTS.loss})
  --duplication P    part of the payloads that arrives twice (${DEFAULTS.duplication})
  --online P         part of the time that a node is online (${DEFAULTS.online})
  --slot EPOCHS      how long a node stays online or offline at a time (${DEFAULTS.slotEpochs})
  --blind            nodes do not know who is online, and send anyway
  --resend EPOCHS    resend at this interval instead of backing off
  --relay R          offer, mode (offer)
  --causal           messages name parents
  --store S          memory, sqlite (memory): what the nodes keep their messages in
  --crashes N, --partitions N, --slow NODES, --skew P, --hostile
  --seed S           (${DEFAULTS.seed}); the same seed gives the same trace
  --epochs MAX       give up after this many (100000)
  --json             print the report as JSON

  --devices          whole devices instead, synchronized by main/sync: the world that --seed draws, and nothing else counts

${SCALE_USAGE}`;

const { values } = parseArgs({
  options: {
    nodes: { type: 'string' },
    topology: { type: 'string' },
    mode: { type: 'string' },
    messages: { type: 'string' },
    body: { type: 'string' },
    write: { type: 'string' },
    loss: { type: 'string' },
    duplication: { type: 'string' },
    online: { type: 'string' },
    slot: { type: 'string' },
    blind: { type: 'boolean', default: false },
    relay: { type: 'string' },
    resend: { type: 'string' },
    causal: { type: 'boolean', default: false },
    crashes: { type: 'string' },
    partitions: { type: 'string' },
    slow: { type: 'string' },
    skew: { type: 'string' },
    hostile: { type: 'boolean', default: false },
    store: { type: 'string' },
    seed: { type: 'string' },
    epochs: { type: 'string' },
    json: { type: 'boolean', default: false },
    devices: { type: 'boolean', default: false },
    'store-nodes': { type: 'string' },
    degree: { type: 'string' },
    churn: { type: 'string' },
    seeds: { type: 'string' },
    report: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function numberOf(name: keyof typeof values, fallback: number, max = Infinity): number {
  return numberIn(name, textOf(name), fallback, { max });
}

function choiceOf<T extends string>(
  name: keyof typeof values,
  choices: readonly T[],
  fallback: T,
): T {
  return choiceIn(name, textOf(name), choices, fallback);
}

function textOf(name: keyof typeof values): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

function configOf(): SimulationConfig {
  const resend = numberOf('resend', 0);
  return {
    ...DEFAULTS,
    ...(resend > 0 && { backoff: () => resend }),
    nodes: Math.max(1, numberOf('nodes', DEFAULTS.nodes)),
    topology: choiceOf('topology', TOPOLOGIES, DEFAULTS.topology),
    mode: choiceOf('mode', ['batch', 'interactive'], DEFAULTS.mode),
    messages: numberOf('messages', DEFAULTS.messages),
    bodyBytes: numberOf('body', DEFAULTS.bodyBytes),
    writeEpochs: numberOf('write', DEFAULTS.writeEpochs),
    loss: numberOf('loss', DEFAULTS.loss, 1),
    duplication: numberOf('duplication', DEFAULTS.duplication, 1),
    online: numberOf('online', DEFAULTS.online, 1),
    slotEpochs: Math.max(1, numberOf('slot', DEFAULTS.slotEpochs)),
    presence: values.blind ? 'blind' : 'known',
    relay: choiceOf('relay', ['offer', 'mode'], 'offer'),
    causal: values.causal,
    crashes: numberOf('crashes', 0),
    partitions: numberOf('partitions', 0),
    slowNodes: numberOf('slow', 0),
    skew: numberOf('skew', 0, 0.9),
    hostile: values.hostile,
    seed: numberOf('seed', DEFAULTS.seed),
  };
}

async function main(): Promise<number> {
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values['store-nodes'] !== undefined || values.report) return simulateStoreNodes(values);
  if (values.devices) return liveThrough(numberOf('seed', DEFAULTS.seed));
  const store = choiceOf('store', STORES, 'memory');
  const simulation = new Simulation(configOf(), openDisk[store]);
  const report = await simulation.run(numberOf('epochs', 100_000));
  await simulation.close();
  console.log(values.json ? JSON.stringify(report, undefined, 2) : formatReport(report));
  return report.converged && report.violations.length === 0 ? 0 : 1;
}

async function liveThrough(seed: number): Promise<number> {
  const { faults, steps, statesSeen, trace } = await lifeOf(seed);
  const config = worldOf(seed);
  if (values.json) {
    console.log(JSON.stringify({ config, steps, statesSeen: [...statesSeen], trace, faults }));
  } else {
    console.log(config);
    console.log(`${steps} steps, through ${[...statesSeen].join(', ')}\ntrace ${trace}`);
    for (const fault of faults) console.log(`FAULT ${fault}`);
  }
  return faults.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
