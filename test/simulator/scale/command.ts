import { choiceIn, numberIn, UsageError, wholeNumberIn } from '../arguments.ts';
import { NODES_MIN, nodesMaxOf, SCALE_DEFAULTS, TOPOLOGIES, type ScaleConfig } from './config.ts';
import { FULL_NODES_MAX } from './limits.ts';
import { lawsText } from './report/laws.ts';
import { COST, tableOf, TIME } from './report/table.ts';
import { runScale, type ScaleRun } from './run.ts';

const SEEDS_MAX = 1_000;

export const SCALE_USAGE = `  --store-nodes N,…  store nodes instead, synchronized by main/group and main/sync: one run of each number
  --topology T       ${TOPOLOGIES.join(', ')} (mesh); full up to ${FULL_NODES_MAX} nodes
  --degree N         neighbours at most, of a mesh (${SCALE_DEFAULTS.degree})
  --messages N       messages in the hour (${SCALE_DEFAULTS.messages})
  --churn PERCENT    nodes that leave in the hour, and are replaced (${SCALE_DEFAULTS.churn})
  --loss P           part of the segments that is lost (${SCALE_DEFAULTS.loss})
  --seed S, --seeds N, --json
  --report           all runs of docs/scaling.md, which it writes, with docs/scaling.svg: some ten minutes
`;

export interface ScaleArguments {
  readonly 'store-nodes'?: string;
  readonly topology?: string;
  readonly degree?: string;
  readonly messages?: string;
  readonly churn?: string;
  readonly loss?: string;
  readonly seed?: string;
  readonly seeds?: string;
  readonly json: boolean;
  readonly report: boolean;
}

/** Returns the exit code: 1 where a run did not end in the union, or met an error. Throws `UsageError`. */
export async function simulateStoreNodes(args: ScaleArguments): Promise<number> {
  const runs: ScaleRun[] = [];
  if (args.report) {
    const { measureAll, writeReport } = await import('./report/write.ts');
    const data = await measureAll(wholeNumberIn('seed', args.seed, SCALE_DEFAULTS.seed), say);
    if (args.json) console.log(JSON.stringify(data, undefined, 2));
    return writeReport(data);
  }
  for (const config of configsOf(args)) {
    runs.push(await runScale(config));
    if (!args.json) say(`${config.topology}, ${config.nodes} nodes, seed ${config.seed}: done`);
  }
  console.log(args.json ? JSON.stringify(runs, undefined, 2) : textOf(runs));
  return runs.every(isGood) ? 0 : 1;
}

/** It ended in the union at all nodes, and nothing went wrong in it. */
export function isGood({ unionAfter, errors, partitionsHealed }: ScaleRun): boolean {
  return unionAfter !== null && errors.length === 0 && !partitionsHealed.includes(null);
}

function configsOf(args: ScaleArguments): ScaleConfig[] {
  const topology = choiceIn('topology', args.topology, TOPOLOGIES, 'mesh');
  const max = nodesMaxOf(topology);
  const sizes = (args['store-nodes'] ?? '').split(',').map((text) => {
    const nodes = wholeNumberIn('store-nodes', text, 0, { min: NODES_MIN });
    if (nodes > max) {
      throw new UsageError(
        `--topology ${topology} takes up to ${max} nodes: ${nodes} of them do not fit into one computer` +
          (topology === 'full' ? `, as everybody is connected with everybody` : ''),
      );
    }
    return nodes;
  });
  const first = wholeNumberIn('seed', args.seed, SCALE_DEFAULTS.seed);
  const count = wholeNumberIn('seeds', args.seeds, 1, { min: 1, max: SEEDS_MAX });
  const common = {
    degree: wholeNumberIn('degree', args.degree, SCALE_DEFAULTS.degree, { min: 2, max: 64 }),
    messages: wholeNumberIn('messages', args.messages, SCALE_DEFAULTS.messages, { min: 1 }),
    churn: numberIn('churn', args.churn, SCALE_DEFAULTS.churn, { max: 100 }),
    loss: numberIn('loss', args.loss, SCALE_DEFAULTS.loss, { max: 0.5 }),
  };
  return sizes.flatMap((nodes) =>
    Array.from({ length: count }, (_, index) => ({
      ...common,
      ...{ topology, nodes, seed: first + index },
    })),
  );
}

function textOf(runs: readonly ScaleRun[]): string {
  const hasSizes = new Set(runs.map(({ nodes }) => nodes)).size > 1;
  return [
    tableOf(runs, COST),
    tableOf(runs, TIME),
    ...(hasSizes ? [lawsText(runs)] : []),
    ...runs.flatMap(({ nodes, seed, errors }) =>
      errors.map((error) => `ERROR ${nodes} nodes, seed ${seed}: ${error}`),
    ),
  ].join('\n\n');
}

function say(line: string): void {
  console.error(line);
}
