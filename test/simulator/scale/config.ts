import { FULL_NODES_MAX, MESH_NODES_MAX } from './limits.ts';

/** `full`: everybody synchronizes with everybody. `waku`: as Waku Store Sync describes itself, without and with its resume. */
export const TOPOLOGIES = ['mesh', 'full', 'waku', 'waku-resume'] as const;
export type ScaleTopology = (typeof TOPOLOGIES)[number];

export interface ScaleConfig {
  readonly topology: ScaleTopology;
  readonly nodes: number;
  /** Neighbours at most, of a mesh. */
  readonly degree: number;
  /** Messages in the hour. */
  readonly messages: number;
  /** Percent of the nodes that leave in the hour. */
  readonly churn: number;
  /** Part of the segments that is lost. */
  readonly loss: number;
  readonly seed: number;
}

export const SCALE_DEFAULTS: Omit<ScaleConfig, 'topology' | 'nodes'> = {
  ...{ degree: 8, messages: 60, churn: 10, loss: 0.05, seed: 1 },
};

/** Fewer than three are no mesh. */
export const NODES_MIN = 3;

export function nodesMaxOf(topology: ScaleTopology): number {
  return topology === 'full' ? FULL_NODES_MAX : MESH_NODES_MAX;
}
