import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../main/headless/metrics/catalogue.ts';
import type { MetricDefinition } from '../../main/headless/metrics/catalogue.ts';
import {
  expressions,
  readAlerts,
  readDashboard,
  readScrape,
  usedIn,
} from '../helpers/contrib-metrics.ts';

const root = resolve(import.meta.dirname, '../..');
const catalogue = new Map<string, MetricDefinition>(Object.entries(METRICS));
/** Those that Prometheus adds by itself. */
const TARGET_LABELS = ['job', 'instance'];
const used = expressions().flatMap(usedIn);

describe('the names of metrics', () => {
  it.each([...catalogue])('%s follows the rules of Prometheus', (name, { type, help, labels }) => {
    expect(name).toMatch(/^reunion(_[a-z0-9]+)+$/u);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    // Base units: no kilobytes, no milliseconds, no percent.
    expect(name).not.toMatch(/_(kb|kib|mb|mib|ms|millis\w*|minutes|hours|percent)(_|$)/u);
    expect(help).toMatch(/^[A-Z][^\n]*[^\s.]$/u);
    for (const label of labels) expect(label).toMatch(/^[a-z_]+$/u);
  });
});

describe('docs/metrics.md', () => {
  it('says of each metric what it is, and names none that there is not', () => {
    const text = readFileSync(resolve(root, 'docs/metrics.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(reunion_.*)$/gmu)].map(([row]) =>
      row.slice(2, -2).split(' | '),
    );
    expect(rows).toEqual([...catalogue].map(rowOf));
  });
});

function rowOf([name, { type, help, labels, roles }]: [string, MetricDefinition]): string[] {
  const unit = name.includes('_bytes')
    ? 'bytes'
    : name.endsWith('_seconds')
      ? 'Unix seconds'
      : 'count';
  const named = labels.length > 0 ? `${name}{${labels.join(',')}}` : name;
  return [`\`${named}\``, type, unit, roles.length === 4 ? 'all' : roles.join(', '), help];
}

describe('the dashboard and the alerts', () => {
  it('name metrics that there are, by labels that they have', () => {
    const own = used.filter(({ name }) => name.startsWith('reunion_'));
    expect(own.length).toBeGreaterThan(40);
    for (const { name, matchers } of own) {
      const labels = [...(catalogue.get(name)?.labels ?? ['none']), ...TARGET_LABELS];
      expect(labels, name).not.toContain('none');
      for (const [label] of matchers) expect(labels, name).toContain(label);
    }
  });

  it('show every metric there is', () => {
    const shown = new Set(used.map(({ name }) => name));
    expect([...catalogue.keys()].filter((name) => !shown.has(name))).toEqual([]);
  });
});

describe('contrib/grafana/reunion.json', () => {
  const { panels, templating } = readDashboard();

  it('reads one data source that a person chooses, for the roles and instances that are chosen', () => {
    const variables = templating.list.map(({ name, type }) => [name, type]);
    expect(variables).toEqual([
      ['datasource', 'datasource'],
      ['role', 'query'],
      ['instance', 'query'],
    ]);
    expect(templating.list[2]?.definition).toContain('$role');
    for (const { type, title, datasource, targets = [] } of panels) {
      if (type === 'row') continue;
      expect(targets.length, title).toBeGreaterThan(0);
      for (const source of [datasource, ...targets.map((target) => target.datasource)]) {
        expect(source?.uid, title).toBe('${datasource}');
      }
      for (const { expr } of targets) {
        for (const { name, matchers } of usedIn(expr)) {
          expect(matchers, `${title}: ${name}`).toContainEqual(['instance', '=~', '$instance']);
        }
      }
    }
  });

  it('has panels that neither overlap nor share an id', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const places = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    );
    expect(new Set(places).size).toBe(places.length);
    for (const { gridPos, title } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    }
  });
});

describe('contrib/prometheus', () => {
  it('has alerts that say how bad it is, and what to do', () => {
    const alerts = readAlerts();
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    for (const { alert, labels, annotations } of alerts) {
      expect(alert).toMatch(/^Reunion[A-Z]\w+$/u);
      expect(['critical', 'warning'], alert).toContain(labels.severity);
      expect(annotations.summary, alert).toMatch(/\.$/u);
      expect(annotations.description, alert).toMatch(/\.$/u);
    }
  });

  it('reads loopback alone, and these alerts', () => {
    const { rule_files: rules, scrape_configs: configs } = readScrape();
    expect(rules).toEqual(['alerts.yml']);
    const targets = configs.flatMap((config) => config.static_configs).flatMap((it) => it.targets);
    expect(targets).toHaveLength(4);
    for (const target of targets) expect(target).toMatch(/^127\.0\.0\.1:94\d\d$/u);
  });
});
