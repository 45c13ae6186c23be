import { EPOCH_MS, type SimulationConfig } from './config.ts';
import type { SimulatedNode } from './node.ts';
import type { Written } from './simulation.ts';

interface NodeReport {
  readonly node: string;
  readonly delivered: number;
  readonly payloads: number;
  readonly bytes: number;
  readonly crashes: number;
  readonly rejected: number;
  /** Epochs until the node had everything, or null where it never did. */
  readonly completeAtEpoch: number | null;
}

export interface Report {
  readonly config: SimulationConfig;
  readonly converged: boolean;
  readonly epochs: number;
  readonly written: number;
  readonly payloads: number;
  readonly bytes: number;
  /** Bytes on the wire over the body bytes that had to get to the other nodes. */
  readonly bytesPerBodyByte: number;
  /** Epochs from writing a message to delivering it on another node: the mean, and the worst. */
  readonly meanLatencyEpochs: number;
  readonly worstLatencyEpochs: number;
  readonly nodes: readonly NodeReport[];
  /** What should never happen, in words; empty in a good run. */
  readonly violations: readonly string[];
  /** SHA-256 over every event, in hexadecimal. */
  readonly trace: string;
}

interface Outcome {
  readonly nodes: readonly SimulatedNode[];
  readonly written: readonly Written[];
  readonly completeAt: ReadonlyMap<string, number>;
  readonly payloads: number;
}

export function makeReport(
  { nodes, written, completeAt, payloads }: Outcome,
  config: SimulationConfig,
  epochs: number,
  trace: string,
): Report {
  const rows = nodes.map((node) => ({
    node: node.id,
    delivered: node.delivered.length,
    payloads: node.stats.payloads,
    bytes: node.stats.bytes,
    crashes: node.stats.crashes,
    rejected: node.stats.rejected,
    completeAtEpoch: completeAt.get(node.id) ?? null,
  }));
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  const needed = written.length * config.bodyBytes * Math.max(1, nodes.length - 1);
  const ids = new Set(written.map(({ id }) => id));
  const violations = nodes.flatMap((node) => [
    ...node.violations,
    ...node.delivered
      .filter((id) => !ids.has(id))
      .map((id) => `${node.id} delivered a forged ${id}`),
  ]);
  return {
    config,
    converged: rows.every(({ completeAtEpoch }) => completeAtEpoch !== null),
    epochs,
    written: written.length,
    payloads,
    bytes,
    bytesPerBodyByte: needed === 0 ? 0 : bytes / needed,
    ...latencies(nodes, written),
    nodes: rows,
    violations,
    trace,
  };
}

function latencies(
  nodes: readonly SimulatedNode[],
  written: readonly Written[],
): Pick<Report, 'meanLatencyEpochs' | 'worstLatencyEpochs'> {
  let sum = 0;
  let count = 0;
  let worst = 0;
  for (const { id, atMs } of written) {
    for (const node of nodes) {
      const latency = ((node.deliveredAtMs.get(id) ?? atMs) - atMs) / EPOCH_MS;
      if (latency <= 0) continue;
      sum += latency;
      count += 1;
      worst = Math.max(worst, latency);
    }
  }
  return { meanLatencyEpochs: count === 0 ? 0 : sum / count, worstLatencyEpochs: worst };
}

const COLUMNS = ['node', 'delivered', 'payloads', 'bytes', 'rejected', 'crashes', 'complete at'];

/** The report as a table for people. */
export function formatReport(report: Report): string {
  const rows = report.nodes.map((row) =>
    [
      row.node,
      row.delivered,
      row.payloads,
      row.bytes,
      row.rejected,
      row.crashes,
      row.completeAtEpoch ?? 'never',
    ].map(String),
  );
  const table = [COLUMNS, ...rows];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  const lines = table.map((row) =>
    row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '),
  );
  const state = report.converged ? 'all nodes equal' : 'NOT converged';
  return [
    ...lines,
    '',
    `${state} after ${report.epochs} epochs; ${report.written} messages, ${report.payloads} payloads, ${report.bytes} bytes`,
    `bytes on the wire per body byte delivered: ${report.bytesPerBodyByte.toFixed(2)}`,
    `epochs from written to delivered elsewhere: ${report.meanLatencyEpochs.toFixed(1)} on average, ${report.worstLatencyEpochs.toFixed(1)} at worst`,
    `trace ${report.trace}`,
    ...report.violations.map((violation) => `VIOLATION ${violation}`),
  ].join('\n');
}
