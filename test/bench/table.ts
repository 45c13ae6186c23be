/** One figure with what it has to be. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Undefined: told for information. */
  readonly bar?: { readonly atLeast: number } | { readonly atMost: number } | undefined;
  /** What else a reader wants to know, such as the rates behind a ratio. */
  readonly note?: string | undefined;
}

function isMet({ value, bar }: Figure): boolean {
  if (bar === undefined) return true;
  return 'atLeast' in bar ? value >= bar.atLeast : value <= bar.atMost;
}

/** The figures as lines of text, in columns. */
export function formatFigures(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    format(figure.value, figure.unit),
    formatBar(figure),
    figure.bar === undefined ? '' : isMet(figure) ? 'ok' : 'MISSED',
    figure.note ?? '',
  ]);
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** Three digits are more than a busy machine repeats. */
function format(value: number, unit: string): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`.trim();
}

function formatBar({ bar, unit }: Figure): string {
  if (bar === undefined) return '';
  return 'atLeast' in bar ? `≥ ${bar.atLeast} ${unit}`.trim() : `≤ ${bar.atMost} ${unit}`.trim();
}
