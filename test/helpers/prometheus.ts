/** A sample of a metric: `name{label="value"} value`. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const HELP = /^# HELP ([a-zA-Z_:][\w:]*) (.*)$/u;
const TYPE = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary|untyped)$/u;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/u;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/uy;
const VALUE = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|[+-]?inf|nan)$/iu;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads version 0.0.4 of Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/), stricter than
 * Prometheus does: each metric has a HELP and a TYPE before its samples, and no sample occurs twice. Throws on anything else.
 */
export function parsePrometheus(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, Family & { readonly samples: Sample[] }>();
  const seen = new Set<string>();
  let help: RegExpExecArray | null = null;
  let current: (Family & { readonly samples: Sample[] }) | undefined;
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('# HELP')) {
      help = HELP.exec(line);
      if (!help) throw new Error(`no HELP: ${line}`);
      continue;
    }
    if (line.startsWith('#')) {
      const [, name = '', type = ''] = TYPE.exec(line) ?? [];
      if (help?.[1] !== name) throw new Error(`no TYPE after its HELP: ${line}`);
      if (families.has(name)) throw new Error(`told of twice: ${name}`);
      current = { name, type, help: help[2] ?? '', samples: [] };
      families.set(name, current);
      continue;
    }
    const sample = sampleIn(line);
    if (!current || !belongs(sample, current)) throw new Error(`a sample out of place: ${line}`);
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (seen.has(key)) throw new Error(`a sample twice: ${line}`);
    seen.add(key);
    current.samples.push(sample);
  }
  return families;
}

function belongs({ name }: Sample, family: Family): boolean {
  return (SUFFIXES[family.type] ?? ['']).some((suffix) => name === `${family.name}${suffix}`);
}

function sampleIn(line: string): Sample {
  const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (name === '' || !VALUE.test(value)) throw new Error(`no sample: ${line}`);
  return { name, labels: labelsIn(labels), value: numberIn(value) };
}

function labelsIn(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    const match = LABEL.exec(text);
    if (!match) throw new Error(`no labels: ${text}`);
    const [, name = '', value = ''] = match;
    if (name in labels) throw new Error(`a label twice: ${text}`);
    labels[name] = value.replace(/\\(.)/gu, (_, escaped: string) =>
      escaped === 'n' ? '\n' : escaped,
    );
  }
  return labels;
}

function numberIn(text: string): number {
  if (/inf/iu.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /nan/iu.test(text) ? NaN : Number(text);
}
