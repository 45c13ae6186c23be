import type { ScaleConfig, ScaleTopology } from './config.ts';
import type { SpreadTimes } from './convergence.ts';
import { quantile } from './fit.ts';
import { HOUR, SETTLED_MS } from './limits.ts';
import { bytesOf } from './network/traffic.ts';
import type { NodeParts, ScaleNode } from './node.ts';
import { ReunionNode } from './reunion/store-node.ts';
import { liveThrough, type Observed, type Partition } from './scenario.ts';
import { WakuNode } from './waku/waku-node.ts';
import { World } from './world.ts';

/** One world, as a row of a table. Times are milliseconds, sizes bytes. */
export interface ScaleRun extends ScaleConfig {
  readonly joined: number;
  readonly left: number;
  readonly neighboursMean: number;
  readonly neighboursMax: number;
  readonly connectionsMean: number;
  readonly connectionsMax: number;
  /** Of the whole network, from the first message to the union, for each message published. */
  readonly payloadsPerMessage: number;
  readonly bytesPerMessage: number;
  /** Of that, sessions alone: without connecting, heartbeats, GossipSub and peer exchange. */
  readonly syncBytesPerMessage: number;
  /** Bodies that came to a node that held the message, for each that was new. */
  readonly redundantBodies: number;
  /** Of each node, when nothing is published. */
  readonly idleBytesPerHour: number;
  /** Of that, without heartbeats. */
  readonly idleBytesWithoutBeats: number;
  /** Until half, 95 % and all of the nodes that were up had a message: medians over messages; and the slowest message. */
  readonly half: number;
  readonly most: number;
  readonly all: number;
  readonly slowest: number;
  /** Sessions from the author to the farthest node: the median over messages, and the most. */
  readonly rounds: number;
  readonly roundsMax: number;
  /** Messages that these times are of: those that no partition held up. */
  readonly timed: number;
  /** From the end of each partition until all held the same; null where that was never. */
  readonly partitionsHealed: readonly (number | null)[];
  /** From the end of the hour until all that were up held the union; null where that was never. */
  readonly unionAfter: number | null;
  /** Messages that nodes lacked at the end of the run, node by node. */
  readonly lacking: number;
  /** Messages that only nodes held which had left. */
  readonly lostWithAuthors: number;
  readonly errors: readonly string[];
}

/** Lives one world through. The same configuration gives the same figures. */
export async function runScale(config: ScaleConfig): Promise<ScaleRun> {
  const { nodes, loss, seed, messages, churn } = config;
  const makeNode = (parts: NodeParts): ScaleNode => makeScaleNode(config, parts);
  const world = new World({ nodes, loss, seed, makeNode });
  const observed = await liveThrough(world, { messages, churn });
  return rowOf(config, observed, world.convergence.times());
}

export function makeScaleNode(
  { topology, degree }: { readonly topology: ScaleTopology; readonly degree: number },
  parts: NodeParts,
): ScaleNode {
  if (topology === 'waku' || topology === 'waku-resume') {
    return new WakuNode(parts, topology === 'waku-resume');
  }
  return new ReunionNode(parts, topology, degree);
}

function rowOf(config: ScaleConfig, seen: Observed, times: readonly SpreadTimes[]): ScaleRun {
  const { messages } = config;
  const { active, idle, arrivals, partitions } = seen;
  const timed = times.filter(({ at, all }) => !partitions.some((cut) => isHeldUp(at, all, cut)));
  const of = (key: 'half' | 'most' | 'all' | 'rounds', part: number): number =>
    quantile(
      timed.map((time) => time[key]),
      part,
    );
  const perIdleHour = HOUR / seen.idleMs / seen.idleNodes;
  return {
    ...config,
    ...{ joined: seen.joined, left: seen.left },
    ...{ neighboursMean: seen.neighbours.mean, neighboursMax: seen.neighbours.max },
    ...{ connectionsMean: seen.connections.mean, connectionsMax: seen.connections.max },
    payloadsPerMessage: active.payloads / messages,
    bytesPerMessage: bytesOf(active) / messages,
    syncBytesPerMessage: active.sync / messages,
    redundantBodies: arrivals === 0 ? 0 : (active.bodies - arrivals) / arrivals,
    idleBytesPerHour: bytesOf(idle) * perIdleHour,
    idleBytesWithoutBeats: (bytesOf(idle) - idle.beats) * perIdleHour,
    ...{ half: of('half', 0.5), most: of('most', 0.5), all: of('all', 0.5), slowest: of('all', 1) },
    ...{ rounds: of('rounds', 0.5), roundsMax: of('rounds', 1), timed: timed.length },
    partitionsHealed: partitions.map(({ healedMs }) => healedMs ?? null),
    unionAfter: seen.unionMs ?? null,
    lacking: seen.lacking,
    lostWithAuthors: seen.lostWithAuthors,
    errors: seen.errors.map(String),
  };
}

/** Published while the network was cut, or just before, or while the connections of the cut were being replaced. */
function isHeldUp(at: number, takes: number, { from, to }: Partition): boolean {
  return at + Math.min(takes, SETTLED_MS) > from && at < to + SETTLED_MS;
}
