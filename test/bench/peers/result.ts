import type { Usage } from './process.ts';
import type { Scenario } from './scenarios.ts';
import type { Synchronization } from './system.ts';

/** What one scenario took one system in one run. */
export interface Result {
  readonly system: string;
  /** From 1 on. */
  readonly run: number;
  readonly scenario: Scenario;
  /** Messages that both sides hold at its end. */
  readonly messages: number;
  /** Milliseconds from the first connection to the end; `restart`: from the start of the process that connects. */
  readonly ms: number;
  /** Processor time of both sides from their starts to the end, milliseconds. */
  readonly cpuMs: number;
  readonly cpuMsOfSides: readonly [number, number];
  /** Payload of TCP, both ways. */
  readonly wireBytes: number;
  /** `wireBytes` to the bytes of the texts that one side lacked; null where nothing was to be sent. */
  readonly wireToText: number | null;
  /** The most memory of the side that had more, bytes. */
  readonly peakBytes: number;
  readonly peakBytesOfSides: readonly [number, number];
}

export function resultOf(
  about: Pick<Result, 'system' | 'run' | 'scenario' | 'messages'>,
  { startedAt, doneAt, usage, sockets }: Synchronization,
  textBytes: number,
): Result {
  const { connectedAt, bytesRead, bytesWritten } = sockets;
  if (connectedAt === null) throw new Error(`${about.system} has made no TCP connection`);
  const wireBytes = bytesRead + bytesWritten;
  const ofSides = (of: (side: Usage) => number) => [of(usage[0]), of(usage[1])] as const;
  const cpuMsOfSides = ofSides(({ cpuMs }) => cpuMs);
  const peakBytesOfSides = ofSides(({ peakBytes }) => peakBytes);
  return {
    ...about,
    ms: doneAt - (about.scenario === 'restart' ? startedAt : connectedAt),
    cpuMs: cpuMsOfSides[0] + cpuMsOfSides[1],
    cpuMsOfSides,
    wireBytes,
    wireToText: textBytes === 0 ? null : wireBytes / textBytes,
    peakBytes: Math.max(...peakBytesOfSides),
    peakBytesOfSides,
  };
}

const FIGURES = [
  { name: 'time', of: ({ ms }: Result) => ms, text: (ms: number) => `${digits(ms)} ms` },
  {
    name: 'CPU of both',
    of: ({ cpuMs }: Result) => cpuMs,
    text: (ms: number) => `${digits(ms)} ms`,
  },
  {
    name: 'on the wire',
    of: ({ wireBytes }: Result) => wireBytes,
    text: (bytes: number) => `${digits(bytes / 1e3)} kB`,
  },
  {
    name: 'peak memory',
    of: ({ peakBytes }: Result) => peakBytes,
    text: (bytes: number) => `${digits(bytes / 1e6)} MB`,
  },
] as const;

/** A table for each scenario: medians of the runs, each with its ratio to the median of `base` where that ran. */
export function formatResults(results: readonly Result[], base: string): string {
  const scenarios = [...new Set(results.map(({ scenario }) => scenario))];
  const systems = [...new Set(results.map(({ system }) => system))];
  return scenarios
    .map((scenario) => {
      const of = (system: string): Result[] =>
        results.filter((each) => each.scenario === scenario && each.system === system);
      const rows = systems.map((system) => [
        system,
        ...FIGURES.map((figure) => {
          const value = median(of(system).map(figure.of));
          const ratio = value / median(of(base).map(figure.of));
          return `${figure.text(value)}${Number.isFinite(ratio) ? ` (${ratio.toFixed(2)})` : ''}`;
        }),
        textShare(of(system)),
      ]);
      const messages = of(systems[0] ?? '')[0]?.messages ?? 0;
      const heading = [`${scenario}, ${messages} messages`, ...FIGURES.map(({ name }) => name)];
      return `${inColumns([[...heading, 'wire to text'], ...rows])}\n`;
    })
    .join('');
}

function textShare(results: readonly Result[]): string {
  const shares = results.flatMap(({ wireToText }) => wireToText ?? []);
  return shares.length === 0 ? '' : median(shares).toFixed(2);
}

/** NaN of nothing. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

/** Three digits are more than a busy machine repeats. */
function digits(value: number): string {
  return value.toFixed(value >= 100 ? 0 : 1);
}

function inColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
