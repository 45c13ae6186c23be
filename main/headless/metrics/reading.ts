import type { MetricName } from './catalogue.ts';

/** One value of a metric with labels. */
export interface LabelledValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The value of a metric at the moment. One that is absent, or undefined, is left out of the text. */
export type Reading = Readonly<
  Partial<Record<MetricName, number | readonly LabelledValue[] | undefined>>
>;

/** The values of one label. All of `expected` are there from the start, so that a first increase is seen as one. */
export function byLabel<T extends string>(
  label: string,
  counts: ReadonlyMap<T, number>,
  expected: readonly T[],
): readonly LabelledValue[] {
  const values = new Set([...expected, ...counts.keys()]);
  return [...values].map((value) => ({
    labels: { [label]: value },
    value: counts.get(value) ?? 0,
  }));
}
