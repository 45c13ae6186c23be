/** What was typed makes no sense; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The value of `--name`, from `min` to `max`. Throws `UsageError`. */
export function numberIn(
  name: string,
  text: string | undefined,
  fallback: number,
  { min = 0, max = Infinity }: { readonly min?: number; readonly max?: number } = {},
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max) {
    const from = min === 0 ? '' : ` from ${min}`;
    throw new UsageError(
      `--${name} takes a number${from}${max === Infinity ? '' : ` up to ${max}`}`,
    );
  }
  return value;
}

/** The same, without a part after the point. */
export function wholeNumberIn(...args: Parameters<typeof numberIn>): number {
  const value = numberIn(...args);
  if (!Number.isInteger(value)) throw new UsageError(`--${args[0]} takes a whole number`);
  return value;
}

/** The value of `--name`, one of `choices`. Throws `UsageError`. */
export function choiceIn<T extends string>(
  name: string,
  text: string | undefined,
  choices: readonly T[],
  fallback: T,
): T {
  if (text === undefined) return fallback;
  const choice = choices.find((it) => it === text);
  if (choice === undefined) throw new UsageError(`--${name} is one of ${choices.join(', ')}`);
  return choice;
}
