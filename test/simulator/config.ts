import type { Backoff } from '../../main/mvds/backoff.ts';
import type { SeededRandom } from './random.ts';

export const TOPOLOGIES = ['mesh', 'ring', 'full', 'star'] as const;
type Topology = (typeof TOPOLOGIES)[number];

/** Milliseconds of one epoch of virtual time. */
export const EPOCH_MS = 1000;

export interface SimulationConfig {
  readonly seed: number;
  readonly nodes: number;
  readonly topology: Topology;
  readonly mode: 'batch' | 'interactive';
  /** Written in all, by random nodes at random times of the first `writeEpochs`. */
  readonly messages: number;
  readonly writeEpochs: number;
  readonly bodyBytes: number;
  /** Messages name the heads that their writer knows as parents. */
  readonly causal: boolean;
  /** Part of the payloads that are lost, and that arrive twice. */
  readonly loss: number;
  readonly duplication: number;
  /** Each payload takes a random time between these, so that later ones overtake earlier ones. */
  readonly latencyMs: readonly [number, number];
  /** Part of the time that a node is online, and for how many epochs that is drawn at a time. */
  readonly online: number;
  readonly slotEpochs: number;
  /** `blind` nodes send whether the other side is there or not, as the published simulation does. */
  readonly presence: 'known' | 'blind';
  /** How often during the faults: a node crashes and comes back, the network is cut in two and joined again. */
  readonly crashes: number;
  readonly partitions: number;
  /** Clocks run fast or slow by up to this part. */
  readonly skew: number;
  /** Nodes whose transport takes only this many bytes per second. */
  readonly slowNodes: number;
  readonly slowBytesPerSecond: number;
  /** An outsider, in another group only, that sends malformed, oversized, replayed and unauthorised payloads. */
  readonly hostile: boolean;
  /** After this epoch loss, duplication, absence and crashes end; undefined: never. */
  readonly healEpoch: number | undefined;
  readonly backoff?: Backoff;
  readonly relay?: 'offer' | 'mode';
}

export const DEFAULTS: SimulationConfig = {
  seed: 1,
  nodes: 4,
  topology: 'full',
  mode: 'batch',
  messages: 100,
  writeEpochs: 100,
  bodyBytes: 300,
  causal: false,
  loss: 0,
  duplication: 0,
  latencyMs: [20, 200],
  online: 1,
  slotEpochs: 10,
  presence: 'known',
  crashes: 0,
  partitions: 0,
  skew: 0,
  slowNodes: 0,
  slowBytesPerSecond: 2000,
  hostile: false,
  healEpoch: undefined,
};

/** Neighbours in a mesh: enough to stay connected, few enough that the cost of N nodes is O(N). */
const MESH_DEGREE = 3;

/** Pairs of node indices that know each other. Always a connected graph. */
export function edgesOf(
  { topology, nodes }: Pick<SimulationConfig, 'topology' | 'nodes'>,
  random: SeededRandom,
): [number, number][] {
  const edges = new Map<string, [number, number]>();
  const join = (a: number, b: number): void => {
    if (a !== b) edges.set(`${Math.min(a, b)} ${Math.max(a, b)}`, [Math.min(a, b), Math.max(a, b)]);
  };
  for (let node = 1; node < nodes; node += 1) {
    if (topology === 'star') join(0, node);
    if (topology === 'ring') join(node - 1, node);
    if (topology === 'full') for (let other = 0; other < node; other += 1) join(other, node);
    if (topology === 'mesh') {
      join(random.below(node), node);
      for (let extra = 1; extra < MESH_DEGREE; extra += 1) join(random.below(nodes), node);
    }
  }
  if (topology === 'ring') join(0, nodes - 1);
  return [...edges.values()];
}
