import type { Verdict } from '../../mvds/admission.ts';
import type { Message } from '../../mvds/types.ts';

export const ACCEPT: Verdict = { type: 'accept' };

/** `reason` is a term for logs. */
export function reject(reason: string): Verdict {
  return { type: 'reject', reason };
}

/**
 * Whether a message has no metadata. The message id does not cover it, so whoever passes a message on can change it; the
 * groups of a person's devices have none.
 */
export function isBare({ metadata }: Message): boolean {
  return metadata.parents.length === 0 && !metadata.ephemeral;
}
