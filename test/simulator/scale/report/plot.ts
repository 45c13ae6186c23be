import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { ScaleRun } from '../run.ts';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const WIDTH = 960;
const PANEL_HEIGHT = 330;

/** Stand for the colours of the page, which a picture cannot know: see `STYLE`. */
const INK = '#010203';
const FAINT = '#040506';
const COLOURS = { mesh: '#070809', full: '#0a0b0c' } as const;

/** By the scheme that the reader's system prefers; each colour has a contrast of 4.5 or more to its background. */
const STYLE = `<style>
svg{--ink:#24292f;--faint:#d0d7de;--mesh:#0969da;--full:#bc4c00;background:#ffffff}
@media(prefers-color-scheme:dark){svg{--ink:#e6edf3;--faint:#3d444d;--mesh:#58a6ff;--full:#f0883e;background:#0d1117}}
</style>`;
const VARIABLES: readonly (readonly [string, string])[] = [
  [INK, 'var(--ink)'],
  [FAINT, 'var(--faint)'],
  [COLOURS.mesh, 'var(--mesh)'],
  [COLOURS.full, 'var(--full)'],
];

interface Panel {
  readonly title: string;
  readonly of: (run: ScaleRun) => number;
  readonly isLogarithmic: boolean;
}

const BYTES_PER_KIB = 1_024;
const MS_PER_SECOND = 1_000;
const PANELS: readonly Panel[] = [
  {
    title: 'Payloads per message, whole network',
    of: (run) => run.payloadsPerMessage,
    isLogarithmic: true,
  },
  {
    title: 'KiB per message, whole network',
    of: (run) => run.syncBytesPerMessage / BYTES_PER_KIB,
    isLogarithmic: true,
  },
  {
    title: 'Seconds until all nodes have a message (median)',
    of: (run) => run.all / MS_PER_SECOND,
    isLogarithmic: false,
  },
  {
    title: 'KiB per node in an idle hour',
    of: (run) => run.idleBytesPerHour / BYTES_PER_KIB,
    isLogarithmic: true,
  },
];

const COLUMNS = 2;
const NAMES = { mesh: 'mesh', full: 'all to all' } as const;

/** The runs of the mesh and of all to all as an SVG, over the number of nodes; light or dark as the reader's system is. */
export function plotOf(runs: readonly ScaleRun[]): string {
  const rows = Math.ceil(PANELS.length / COLUMNS);
  const height = rows * PANEL_HEIGHT + 40;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  const panelWidth = WIDTH / COLUMNS;
  const places = PANELS.map((_, index) => ({
    left: (index % COLUMNS) * panelWidth + 70,
    top: Math.floor(index / COLUMNS) * PANEL_HEIGHT + 85,
  }));
  const axis = {
    axisLabel: { color: INK, fontSize: 13 },
    axisLine: { show: true, lineStyle: { color: INK } },
    splitLine: { show: true, lineStyle: { color: FAINT } },
    minorSplitLine: { show: false },
  };
  chart.setOption({
    animation: false,
    textStyle: { color: INK, fontFamily: 'system-ui, sans-serif' },
    legend: {
      top: 8,
      itemGap: 28,
      textStyle: { color: INK, fontSize: 14 },
      data: Object.values(NAMES),
    },
    title: PANELS.map(({ title }, index) => ({
      text: title,
      left: (places[index]?.left ?? 0) - 50,
      top: (places[index]?.top ?? 0) - 38,
      textStyle: { color: INK, fontSize: 15, fontWeight: 600 },
    })),
    grid: places.map((place) => ({
      ...place,
      width: panelWidth - 100,
      height: PANEL_HEIGHT - 125,
    })),
    xAxis: PANELS.map((_, gridIndex) => ({
      ...axis,
      gridIndex,
      type: 'log' as const,
      name: 'nodes',
      nameLocation: 'middle' as const,
      nameGap: 28,
      nameTextStyle: { color: INK, fontSize: 13 },
      min: 10,
    })),
    yAxis: PANELS.map(({ isLogarithmic }, gridIndex) => ({
      ...axis,
      gridIndex,
      type: isLogarithmic ? ('log' as const) : ('value' as const),
      min: isLogarithmic ? undefined : 0,
    })),
    series: PANELS.flatMap(({ of }, index) =>
      (['mesh', 'full'] as const).map((topology) => ({
        type: 'line' as const,
        name: NAMES[topology],
        xAxisIndex: index,
        yAxisIndex: index,
        symbol: topology === 'mesh' ? 'circle' : 'diamond',
        symbolSize: 9,
        lineStyle: { color: COLOURS[topology], width: 2.5 },
        itemStyle: { color: COLOURS[topology] },
        data: runs
          .filter((run) => run.topology === topology)
          .map((run) => [run.nodes, of(run)] as [number, number]),
      })),
    ),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  const themed = VARIABLES.reduce((text, [from, to]) => text.replaceAll(from, to), svg);
  return themed.replace(/(<svg[^>]*>)/, `$1${STYLE}`);
}
