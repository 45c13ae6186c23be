import { ReunionError } from '../api/errors.ts';
import type { JoinResult } from '../identity/pairing-guest.ts';
import type { HostState } from '../identity/pairing-host.ts';
import type { RefusalReason } from '../identity/pairing-messages.ts';

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
    case 'wrong-code':
      return new ReunionError(
        'wrong-code',
        'Somebody entered a wrong code, which has one guess. It is dead, with its link; make a new one.',
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
      return refused(result.reason);
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
export function refused(reason: RefusalReason): ReunionError {
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
        'That is not the code that the other device shows. It had one guess; make a new one there.',
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

export function cancelled(): ReunionError {
  return new ReunionError('pairing-cancelled', 'Joining was cancelled.');
}

/** `doing` completes “This device is already …”. */
export function busy(doing: string): ReunionError {
  return new ReunionError('pairing-busy', `This device is already ${doing}; cancel that first.`);
}
