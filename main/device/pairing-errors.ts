import { ReunionError } from '../api/errors.ts';
import type { JoinResult } from '../identity/pairing-guest.ts';
import type { HostState } from '../identity/pairing-host.ts';
import type { RefusalReason, ToldGuess } from '../identity/pairing-messages.ts';
import type { PeerId } from '../mvds/types.ts';
import type { Path } from '../sync/ports.ts';
import { shortId } from './short-id.ts';

/** Why an invitation has ended, for whoever made it. */
export function hostError(
  reason: Extract<HostState<unknown>, { kind: 'failed' }>['reason'],
): ReunionError {
  switch (reason) {
    case 'expired':
      return new ReunionError('link-expired', 'The invitation has expired; nobody joined.');
    case 'rejected':
      return new ReunionError('pairing-refused', 'The device was refused; its link is dead.');
    case 'wrong-check':
      return new ReunionError(
        'wrong-check',
        'Those are not the digits that the other device shows: somebody else may have used the link. It is dead; make a new one.',
      );
    case 'cancelled':
      return new ReunionError(
        'pairing-cancelled',
        'The invitation was withdrawn; its link is dead.',
      );
  }
}

/** Why a device has not joined, for whoever wanted it to. */
export function joinError(result: Exclude<JoinResult, { kind: 'admitted' }>): ReunionError {
  switch (result.kind) {
    case 'refused':
      return refused(result.reason, result.wrongGuesses);
    case 'impostor':
      return new ReunionError(
        'link-invalid',
        'The device that answered does not know the secret of this link or the words of this code, so nothing was joined.',
      );
    case 'lost':
      return new ReunionError(
        'connection-lost',
        'The connection to the inviting device broke off before it had answered; try the same link or code again.',
      );
  }
}

/** What the other device has answered. */
export function refused(reason: RefusalReason, guesses: readonly ToldGuess[] = []): ReunionError {
  switch (reason) {
    case 'expired':
      return new ReunionError(
        'link-expired',
        'This link has expired; make a new one on the other device, and see that the clocks of both are right.',
      );
    case 'used':
      return new ReunionError('link-used', 'This link was used by another device; make a new one.');
    case 'wrong-secret':
    case 'no-invitation':
      return new ReunionError(
        'link-invalid',
        'The other device does not know this link: it was withdrawn or used, or is not the right one.',
      );
    case 'rejected':
      return new ReunionError('pairing-refused', 'The other device refused this one.');
    case 'wrong-code':
      return new ReunionError(
        'wrong-code',
        `That is not the code that the other device shows. The code is spent; ask for a new one there.${guessesText(guesses)}`,
      );
    case 'code-spent':
      return new ReunionError(
        'code-spent',
        `This code is spent: somebody entered a wrong one. Ask for a new code on the other device, or use the link or the picture.${guessesText(guesses)}`,
      );
    case 'limited':
      return new ReunionError(
        'code-unknown',
        'The other device was asked for codes too often; wait a minute, or use the link.',
      );
    case 'wrong-check':
      return new ReunionError(
        'wrong-check',
        'Other digits than these were typed on the other device, so its link is dead; make a new one there.',
      );
    case 'cancelled':
      return new ReunionError(
        'pairing-cancelled',
        'The invitation was withdrawn on the other device.',
      );
    case 'unknown':
      return new ReunionError('pairing-refused', 'The other device did not let this one join.');
  }
}

/** The words were tried with a device that did not show that it knows them. */
export function guessSpent(inviter: PeerId, path: Path): ReunionError {
  return new ReunionError(
    'code-spent',
    `This code is spent; ask for a new one on the other device. Its words were tried with device ${shortId(inviter)} (${pathWords[path]}), which did not show that it knows them.`,
  );
}

/** A code that was entered before, and has had its guess. */
export function spentBefore(): ReunionError {
  return new ReunionError(
    'code-spent',
    'This code is spent: it was entered here before. Ask for a new one on the other device.',
  );
}

const pathWords: Readonly<Record<Path, string>> = {
  lan: 'local network',
  direct: 'direct connection',
  relay: 'relay',
};

/** Begins with a space; empty where nothing was told. */
function guessesText(guesses: readonly ToldGuess[]): string {
  if (guesses.length === 0) return '';
  const each = guesses.map(({ peerId, path, count }) => {
    return `device ${shortId(peerId)} by ${pathWords[path]}, ${count === 1 ? 'once' : `${count} times`}`;
  });
  return ` Wrong codes were entered by: ${each.join('; ')}.`;
}

export function cancelled(): ReunionError {
  return new ReunionError('pairing-cancelled', 'Joining was cancelled.');
}

/** `doing` completes “This device is already …”. */
export function busy(doing: string): ReunionError {
  return new ReunionError('pairing-busy', `This device is already ${doing}; cancel that first.`);
}
