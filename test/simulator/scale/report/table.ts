import type { ScaleTopology } from '../config.ts';
import type { ScaleRun } from '../run.ts';
import type { Gap } from './write.ts';

interface Column {
  readonly title: string;
  readonly of: (run: ScaleRun) => string;
}

const BYTES_PER_KIB = 1_024;
const MS_PER_SECOND = 1_000;
const NAMES = {
  mesh: 'mesh',
  full: 'all to all',
  waku: 'Waku sync',
  'waku-resume': 'Waku sync and resume',
} as const;

export const number = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const kib = (bytes: number): string => number(bytes / BYTES_PER_KIB, bytes < 100_000 ? 1 : 0);
const seconds = (ms: number): string => number(ms / MS_PER_SECOND, 2);
const wholeSeconds = (ms: number | null): string =>
  ms === null ? '**never**' : `${number(ms / MS_PER_SECOND)} s`;

const WHAT: Column = { title: 'network', of: ({ topology }) => NAMES[topology] };
const NODES: Column = { title: 'nodes', of: ({ nodes }) => number(nodes) };
const SEED: Column = { title: 'seed', of: ({ seed }) => String(seed) };

export const COST: readonly Column[] = [
  ...[WHAT, NODES, SEED],
  { title: 'left and came', of: ({ left }) => number(left) },
  {
    title: 'neighbours, mean / most',
    of: (run) => `${number(run.neighboursMean, 1)} / ${number(run.neighboursMax)}`,
  },
  {
    title: 'connections, mean / most',
    of: (run) => `${number(run.connectionsMean, 1)} / ${number(run.connectionsMax)}`,
  },
  { title: 'payloads per message', of: (run) => number(run.payloadsPerMessage) },
  { title: 'KiB per message', of: (run) => kib(run.syncBytesPerMessage) },
  { title: 'KiB per message with everything', of: (run) => kib(run.bytesPerMessage) },
  { title: 'redundant bodies', of: (run) => `${number(100 * run.redundantBodies)} %` },
  { title: 'KiB per idle hour and node', of: (run) => kib(run.idleBytesPerHour) },
];

export const TIME: readonly Column[] = [
  ...[WHAT, NODES, SEED],
  { title: 'timed', of: (run) => number(run.timed) },
  { title: 'half, s', of: (run) => seconds(run.half) },
  { title: '95 %, s', of: (run) => seconds(run.most) },
  { title: 'all, s', of: (run) => seconds(run.all) },
  { title: 'slowest, s', of: (run) => seconds(run.slowest) },
  {
    title: 'rounds, median / most',
    of: (run) => `${number(run.rounds)} / ${number(run.roundsMax)}`,
  },
  {
    title: 'equal after each partition',
    of: (run) => run.partitionsHealed.map(wholeSeconds).join(', '),
  },
  { title: 'union after', of: (run) => wholeSeconds(run.unionAfter) },
  { title: 'lost with their authors', of: (run) => number(run.lostWithAuthors) },
];

/** A table in Markdown. */
export function tableOf(runs: readonly ScaleRun[], columns: readonly Column[]): string {
  const rows = [
    columns.map(({ title }) => title),
    columns.map((_, index) => (index === 0 ? '---' : '--:')),
    ...runs.map((run) => columns.map(({ of }) => of(run))),
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** For a comparison with another system. */
export const COMPARED: readonly Column[] = [
  WHAT,
  { title: 'KiB per message', of: (run) => kib(run.syncBytesPerMessage) },
  { title: 'redundant bodies', of: (run) => `${number(100 * run.redundantBodies)} %` },
  { title: 'all, s', of: (run) => seconds(run.all) },
  { title: 'slowest, s', of: (run) => seconds(run.slowest) },
  {
    title: 'equal after each partition',
    of: (run) => run.partitionsHealed.map(wholeSeconds).join(', '),
  },
  { title: 'messages lacking at the end', of: ({ lacking }) => number(lacking) },
  {
    title: 'KiB per idle hour and node, without heartbeats',
    of: (run) => kib(run.idleBytesWithoutBeats),
  },
];

const MS_PER_HOUR = 3_600_000;

/** How long each system took to get a node what it had missed, by the time that it was away. */
export function gapTable(gaps: readonly Gap[]): string {
  const systems = [...new Set(gaps.map(({ system }) => system))];
  const lengths = [...new Set(gaps.map(({ gapMs }) => gapMs))];
  const cell = (gapMs: number, system: ScaleTopology): string => {
    const gap = gaps.find((one) => one.gapMs === gapMs && one.system === system);
    if (!gap) return '';
    return gap.healedMs === undefined
      ? `**never**: lacks ${number(gap.lacking)} of ${number(gap.missed)}`
      : `after ${number(gap.healedMs / MS_PER_SECOND)} s`;
  };
  const rows = [
    ['away for', ...systems.map((system) => NAMES[system])],
    ['---', ...systems.map(() => '---')],
    ...lengths.map((gapMs) => [
      gapMs < MS_PER_HOUR
        ? `${number(gapMs / 60_000)} minutes`
        : `${number(gapMs / MS_PER_HOUR)} hours`,
      ...systems.map((system) => cell(gapMs, system)),
    ]),
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
