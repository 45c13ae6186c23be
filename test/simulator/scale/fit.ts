export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** Part of the variance that it explains: 1 is all. */
  readonly r2: number;
}

/** The line with the least squares. Throws `RangeError` on fewer than two different x. */
export function fitLine(points: readonly Point[]): Line {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const sum = (term: (point: Point) => number): number =>
    points.reduce((total, point) => total + term(point), 0);
  const varianceX = sum(({ x }) => (x - meanX) ** 2);
  if (!(varianceX > 0)) throw new RangeError('a line needs two different x');
  const slope = sum(({ x, y }) => (x - meanX) * (y - meanY)) / varianceX;
  const intercept = meanY - slope * meanX;
  const varianceY = sum(({ y }) => (y - meanY) ** 2);
  const rest = sum(({ x, y }) => (y - intercept - slope * x) ** 2);
  return { slope, intercept, r2: varianceY === 0 ? 1 : 1 - rest / varianceY };
}

/** The e of y = c · x^e, by least squares over the logarithms. */
export function exponentOf(points: readonly Point[]): number {
  return fitLine(points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }))).slope;
}

/** y = a + b · log2 x. */
export function logarithmOf(points: readonly Point[]): Line {
  return fitLine(points.map(({ x, y }) => ({ x: Math.log2(x), y })));
}

/** Linear between neighbours; 0 where there is none. `part` is 0 to 1. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

/** By so much the end of a logarithm may be steeper than the whole by chance. */
const CHANCE = 1.25;

/**
 * Whether y grows no faster than log x: over the upper half of the x each doubling adds no more than over all of them, but for
 * chance. Throws `RangeError` on fewer than four points.
 */
export function isLogarithmic(points: readonly Point[]): boolean {
  if (points.length < 4) throw new RangeError('four points at least');
  const sorted = [...points].sort((a, b) => a.x - b.x);
  const upper = logarithmOf(sorted.slice(Math.floor(sorted.length / 2)));
  return upper.slope <= Math.max(0, logarithmOf(sorted).slope) * CHANCE;
}
