import type { PeerId } from '../mvds/types.ts';

/**
 * Wrong codes that one invitation takes: each ends a code of 22 bits, so that all of them together find the right one once in
 * 400,000 invitations. After that the link and the picture are left.
 */
export const WRONG_GUESSES_MAX = 10;

/** A device that entered wrong codes, by one path. */
export interface WrongGuess<Path> {
  /** Proven by its channel. */
  readonly peerId: PeerId;
  /** As it calls itself, made presentable; empty where it gave no name. */
  readonly name: string;
  readonly path: Path;
  /** How many wrong codes it entered by this path. */
  readonly count: number;
}

/** Who has entered wrong codes since an invitation was made. */
export class WrongGuesses<Path> {
  readonly #guesses = new Map<string, WrongGuess<Path>>();
  #count = 0;

  add({ peerId, name, path }: Omit<WrongGuess<Path>, 'count'>): void {
    const key = JSON.stringify([peerId, path]);
    const before = this.#guesses.get(key);
    this.#count += 1;
    this.#guesses.set(key, {
      ...{ peerId, path },
      name: name || (before?.name ?? ''),
      count: (before?.count ?? 0) + 1,
    });
  }

  clear(): void {
    this.#guesses.clear();
    this.#count = 0;
  }

  /** Whether another code may be shown. */
  get leavesRoom(): boolean {
    return this.#count < WRONG_GUESSES_MAX;
  }

  /** In the order of the first guess of each. */
  list(): readonly WrongGuess<Path>[] {
    return [...this.#guesses.values()];
  }
}
