import { readFileSync, writeFileSync } from 'node:fs';
import { isGood } from '../command.ts';
import { SCALE_DEFAULTS, type ScaleTopology } from '../config.ts';
import { healGap, type GapOutcome } from '../gap.ts';
import { HOUR } from '../limits.ts';
import { makeScaleNode, runScale, type ScaleRun } from '../run.ts';
import { keepsLaws, lawsText } from './laws.ts';
import { plotOf } from './plot.ts';
import { COMPARED, COST, gapTable, number, tableOf, TIME } from './table.ts';

const DOCUMENT = 'docs/scaling.md';
const PICTURE = 'docs/scaling.svg';
/** What lies between them is written by the report. */
const BEGIN = '<!-- simulated: begin -->';
const END = '<!-- simulated: end -->';

const MESH_SIZES = [10, 30, 100, 300, 1000];
const FULL_SIZES = [10, 30, 100];
const COMPARED_NODES = 100;
const SYSTEMS: readonly ScaleTopology[] = ['mesh', 'waku', 'waku-resume'];
const DAY = 24 * HOUR;
const GAPS_MS = [HOUR / 3, 3 * HOUR, 2 * DAY];

export interface Gap extends GapOutcome {
  readonly system: ScaleTopology;
}

/** Everything that docs/scaling.md shows. */
export interface ReportData {
  readonly seed: number;
  readonly mesh: readonly ScaleRun[];
  readonly full: readonly ScaleRun[];
  /** The mesh among them, and other systems, of the same size and under the same workload. */
  readonly compared: readonly ScaleRun[];
  readonly gaps: readonly Gap[];
}

/** Runs all of it. `say` gets a line before each run. */
export async function measureAll(seed: number, say: (line: string) => void): Promise<ReportData> {
  const run = async (topology: ScaleTopology, nodes: number): Promise<ScaleRun> => {
    say(`${topology}, ${nodes} nodes …`);
    return runScale({ ...SCALE_DEFAULTS, topology, nodes, seed });
  };
  const gaps: Gap[] = [];
  for (const gapMs of GAPS_MS) {
    for (const system of SYSTEMS) {
      say(`${system}, away for ${number(gapMs / HOUR, 1)} hours …`);
      const { loss, degree } = SCALE_DEFAULTS;
      const makeNode = makeScaleNode.bind(undefined, { topology: system, degree });
      gaps.push({ system, ...(await healGap({ loss, seed, makeNode }, gapMs)) });
    }
  }
  const others = [await run('waku', COMPARED_NODES), await run('waku-resume', COMPARED_NODES)];
  const mesh: ScaleRun[] = [];
  for (const nodes of MESH_SIZES) mesh.push(await run('mesh', nodes));
  const full: ScaleRun[] = [];
  for (const nodes of FULL_SIZES) full.push(await run('full', nodes));
  const compared = [...mesh.filter(({ nodes }) => nodes === COMPARED_NODES), ...others];
  return { seed, mesh, full, compared, gaps };
}

/** Writes them into docs/scaling.md, between its two marks, and docs/scaling.svg. Returns the exit code: 1 where something does not hold. */
export function writeReport({ seed, mesh, full, compared, gaps }: ReportData): number {
  const text = [
    `Written by \`npm run simulate -- --report --seed ${seed}\`.`,
    '### Cost of a message',
    '![Payloads, bytes and time over the number of nodes](scaling.svg)',
    tableOf([...mesh, ...full], COST),
    `**Mesh.** ${lawsText(mesh)}`,
    `**All to all.** ${lawsText(full)}`,
    '### Time to convergence',
    tableOf([...mesh, ...full], TIME),
    '### Beside Waku Store Sync',
    tableOf(compared, COMPARED),
    'One of ten nodes is away, while a message is published every five minutes, and comes back:',
    gapTable(gaps),
  ].join('\n\n');
  writeFileSync(DOCUMENT, replaced(readFileSync(DOCUMENT, 'utf8'), text));
  writeFileSync(PICTURE, plotOf([...mesh, ...full]));
  const healsAll = gaps.every(({ system, lacking }) => system !== 'mesh' || lacking === 0);
  return [...mesh, ...full].every(isGood) && keepsLaws(mesh, full) && healsAll ? 0 : 1;
}

function replaced(document: string, text: string): string {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${DOCUMENT} has no ${BEGIN}`);
  return `${before}${BEGIN}\n\n${text}\n\n${END}${after}`;
}
