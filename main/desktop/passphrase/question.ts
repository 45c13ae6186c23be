import { z } from 'zod';

/** What the passphrase window asks for. */
export interface Question {
  /** `new`: one to be chosen, typed twice. `open`: the one that was chosen. */
  readonly kind: 'new' | 'open';
  /** Whether the last one did not fit. */
  readonly wrong: boolean;
  /** Why the last one that was chosen is not taken, in a sentence or two. */
  readonly weakness?: string;
}

/** Longer than anybody types; what is longer is no passphrase but a mistake. UTF-16 units. */
const PASSPHRASE_LENGTH_MAX = 4_096;

/** What comes from the window: it is there; or what was typed, not empty; or that the person gave up. */
export const answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }).strict(),
  z
    .object({ kind: z.literal('typed'), passphrase: z.string().min(1).max(PASSPHRASE_LENGTH_MAX) })
    .strict(),
  z.object({ kind: z.literal('cancelled') }).strict(),
]);
export type Answer = z.infer<typeof answer>;

/** What the preload script of the window hands its page, as `window.reunionPassphrase`. */
export interface PassphraseBridge {
  onQuestion(listener: (question: Question) => void): void;
  answer(answer: Answer): void;
}
