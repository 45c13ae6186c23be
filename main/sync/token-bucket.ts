/** What is left of an allowance of bytes, at a moment (milliseconds). Below 0: more was taken than had come. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** What comes in so many milliseconds may be taken at once: small frames need not wait for each other. */
const BURST_MS = 250;
const MS_PER_SECOND = 1_000;

export const FULL_BUCKET: Bucket = { tokens: Infinity, at: 0 };

/**
 * The bucket at a later moment. A clock that was set back brings nothing, and takes nothing away.
 * @param rate bytes a second
 */
export function filled({ tokens, at }: Bucket, rate: number, now: number): Bucket {
  const come = (Math.max(0, now - at) / MS_PER_SECOND) * rate;
  return { tokens: Math.min((rate * BURST_MS) / MS_PER_SECOND, tokens + come), at: now };
}

/** How long nothing may be taken, milliseconds; 0 where something may. A frame that is larger than what is left is not held up. */
export function waitOf({ tokens }: Bucket, rate: number): number {
  return tokens > 0 ? 0 : Math.max(1, Math.ceil((-tokens / rate) * MS_PER_SECOND));
}

/** The bucket once a frame was taken out of it: the next one waits until that has come. */
export function taken({ tokens, at }: Bucket, bytes: number): Bucket {
  return { tokens: tokens - bytes, at };
}
