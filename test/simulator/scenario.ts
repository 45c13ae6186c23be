import { DEFAULTS, TOPOLOGIES, type SimulationConfig } from './config.ts';
import type { OpenDisk } from './disk.ts';
import { SeededRandom } from './random.ts';
import type { Report } from './report.ts';
import { Simulation } from './simulation.ts';

/** Epochs of silence that are demanded after convergence. */
const SILENT_EPOCHS = 1000;
/** No scenario may need longer than this to converge. */
const MAX_EPOCHS = 5000;
const FAULT_EPOCHS = 60;

/** Backoff of up to 16 epochs: the rules are the same as with the default, in a fraction of the steps. */
const shortBackoff = (sendCount: number, jitter: number): number =>
  Math.max(1, Math.round(2 ** (1 + ((sendCount - 1) % 4)) * (1 - jitter / 4)));

/** Any connected graph, any finite loss, duplication, reordering, absence and crashes, drawn from the seed. */
export function scenarioOf(seed: number): SimulationConfig {
  const random = new SeededRandom(seed);
  return {
    ...DEFAULTS,
    seed,
    nodes: 2 + random.below(5),
    topology: random.pick(TOPOLOGIES),
    mode: random.pick(['batch', 'interactive']),
    relay: random.pick(['offer', 'mode']),
    messages: 1 + random.below(25),
    writeEpochs: FAULT_EPOCHS,
    bodyBytes: random.pick([4, 50, 300]),
    causal: random.chance(0.6),
    loss: random.pick([0, 0.1, 0.5]),
    duplication: random.pick([0, 0.2]),
    latencyMs: random.pick([
      [1, 5],
      [20, 200],
      [10, 3000],
    ] as const),
    online: random.pick([1, 0.5, 0.1]),
    slotEpochs: 1 + random.below(10),
    presence: random.chance(0.8) ? 'known' : 'blind',
    crashes: random.below(4),
    partitions: random.below(3),
    skew: random.pick([0, 0.3]),
    slowNodes: random.below(2),
    hostile: random.chance(0.3),
    healEpoch: FAULT_EPOCHS,
    ...(random.chance(0.9) && { backoff: shortBackoff }),
  };
}

/**
 * Runs a scenario and returns what was wrong, in words; nothing in a good run. Demanded are: every node ends with the
 * union, delivered once each and parents first, nothing is left to be said, and then there is silence.
 */
export async function faultsOf(seed: number, open?: OpenDisk): Promise<string[]> {
  const simulation = new Simulation(scenarioOf(seed), open);
  const report = await simulation.run(MAX_EPOCHS);
  const faults: string[] = [...report.violations];
  if (!report.converged || report.epochs === MAX_EPOCHS) faults.push(describe(report));
  const expected = simulation.written.map(({ id }) => id).sort();
  for (const node of simulation.nodes) {
    const stored = await node.storage.store.messages.arrivedAfter(0, Infinity);
    const ids = stored.map(({ id }) => id).sort();
    if (ids.join() !== expected.join()) faults.push(`${node.id} does not hold the union`);
    if (stored.some(({ delivered }) => !delivered)) faults.push(`${node.id} still holds back some`);
  }
  // What answers the last payloads may be on its way still.
  await simulation.payloadsDuring(10);
  const payloads = await simulation.payloadsDuring(SILENT_EPOCHS);
  if (payloads > 0) faults.push(`${payloads} payloads when there was nothing to say`);
  await simulation.close();
  return faults;
}

function describe({ nodes, epochs, written }: Report): string {
  const delivered = nodes.map((node) => `${node.node} ${node.delivered}`).join(', ');
  return `not converged after ${epochs} epochs: of ${written} delivered ${delivered}`;
}
