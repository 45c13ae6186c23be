import { exponentOf, isLogarithmic, logarithmOf, type Line, type Point } from '../fit.ts';
import type { ScaleRun } from '../run.ts';

/** Bounds that the design promises: see docs/scaling.md. */
export const MESH_EXPONENT_MAX = 1.15;
export const FULL_EXPONENT_MIN = 1.8;

export interface Laws {
  readonly payloads: number;
  /** Of the frames of sessions. */
  readonly bytes: number;
  /** Of everything, connecting and heartbeats included. */
  readonly allBytes: number;
  /** Milliseconds until 95 % and all have a message, over log2 of the number of nodes. */
  readonly most: Line;
  readonly all: Line;
  readonly rounds: Line;
}

/** How the cost of a message and the time that it takes grow with the number of nodes. Throws `RangeError` on fewer than two sizes. */
export function lawsOf(runs: readonly ScaleRun[]): Laws {
  const points = (of: (run: ScaleRun) => number): Point[] =>
    runs.map((run) => ({ x: run.nodes, y: of(run) }));
  return {
    payloads: exponentOf(points((run) => run.payloadsPerMessage)),
    bytes: exponentOf(points((run) => run.syncBytesPerMessage)),
    allBytes: exponentOf(points((run) => run.bytesPerMessage)),
    most: logarithmOf(points((run) => run.most)),
    all: logarithmOf(points((run) => run.all)),
    rounds: logarithmOf(points((run) => run.rounds)),
  };
}

/** In words. */
export function lawsText(runs: readonly ScaleRun[]): string {
  const { payloads, bytes, allBytes, most, all, rounds } = lawsOf(runs);
  const perDoubling = ({ slope, r2 }: Line, per: number, unit: string): string =>
    `${(slope / per).toFixed(2)}${unit} (R² ${r2.toFixed(2)})`;
  return [
    `Cost per message over the number of nodes: exponent ${payloads.toFixed(2)} in payloads, ${bytes.toFixed(2)} in bytes, ` +
      `${allBytes.toFixed(2)} in bytes with everything.`,
    `Each doubling of the nodes adds ${perDoubling(most, 1_000, ' s')} until 95 % have a message, ` +
      `${perDoubling(all, 1_000, ' s')} until all have it, and ${perDoubling(rounds, 1, ' rounds')}.`,
  ].join('\n');
}

/** A mesh costs O(N) a message, where all to all costs O(N²); and the time that it takes grows no faster than log N. */
export function keepsLaws(mesh: readonly ScaleRun[], full: readonly ScaleRun[]): boolean {
  const [ofMesh, ofFull] = [lawsOf(mesh), lawsOf(full)];
  const over = (of: (run: ScaleRun) => number): Point[] =>
    mesh.map((run) => ({ x: run.nodes, y: of(run) }));
  return (
    Math.max(ofMesh.payloads, ofMesh.bytes, ofMesh.allBytes) <= MESH_EXPONENT_MAX &&
    ofFull.payloads >= FULL_EXPONENT_MIN &&
    isLogarithmic(over((run) => run.most)) &&
    isLogarithmic(over((run) => run.all))
  );
}
