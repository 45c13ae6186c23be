/** The only source of time for the layers below `device/`; tests and the simulator inject their own. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  /** Runs `callback` once after `delayMs` milliseconds. Returns a function that cancels it. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** The only source of chance for the layers below `device/`. */
export interface Random {
  /** A number in [0, 1), uniformly distributed. Never used for secrets. */
  next(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

export const systemRandom: Random = { next: () => Math.random() };
