import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

const contrib = resolve(import.meta.dirname, '../../contrib');

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly datasource: { readonly uid: string };
  }[];
}

export interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly definition?: string;
    }[];
  };
}

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(resolve(contrib, 'grafana/reunion.json'), 'utf8')) as Dashboard;
}

export function readAlerts(): readonly Alert[] {
  const file = readYaml('alerts.yml') as { groups: { rules: Alert[] }[] };
  return file.groups.flatMap(({ rules }) => rules);
}

export function readScrape(): {
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly {
    readonly static_configs: readonly { readonly targets: readonly string[] }[];
  }[];
} {
  return readYaml('scrape.yml') as ReturnType<typeof readScrape>;
}

function readYaml(name: string): unknown {
  return parse(readFileSync(resolve(contrib, 'prometheus', name), 'utf8'));
}

/** Every expression of the dashboard and of the alerts. */
export function expressions(): readonly string[] {
  const { panels, templating } = readDashboard();
  return [
    ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...templating.list.flatMap(({ definition }) => definition ?? []),
    ...readAlerts().map(({ expr }) => expr),
  ];
}

/** A metric that an expression names, with the values or patterns that it wants of labels. */
export interface Used {
  readonly name: string;
  readonly matchers: readonly (readonly [label: string, operator: string, value: string])[];
}

const METRIC = /\b((?:reunion|libp2p|process|nodejs)_\w+)(?:\{([^}]*)\})?/gu;
const MATCHER = /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/gu;

export function usedIn(expression: string): Used[] {
  return [...expression.matchAll(METRIC)].map(([, name = '', matchers = '']) => ({
    name,
    matchers: [...matchers.matchAll(MATCHER)].map(
      ([, label = '', operator = '', value = '']) => [label, operator, value] as const,
    ),
  }));
}
