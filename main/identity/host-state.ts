import type { PeerId } from '../mvds/types.ts';
import type { MemberRole } from './device-list-entry.ts';
import type { Invitation } from './invitation.ts';
import type { PairingCode } from './pairing-code.ts';
import type { WrongGuess } from './wrong-guesses.ts';

/** A device that has proven that it holds the link. */
export interface Candidate<Path> {
  readonly peerId: PeerId;
  readonly name: string;
  readonly system: string;
  readonly path: Path;
  /** How it came by the secret. */
  readonly via: Carrier;
}

/**
 * What carries the secret to the new device. A link is copied through who knows what and may be used by somebody else first,
 * so the device that follows it shows two digits, which are typed here. A picture goes from one screen to a camera.
 */
export type Carrier = 'code' | 'link' | 'qr';

/** An invitation in both lasting forms, each with a secret of its own. */
export type OpenInvitation = Readonly<Record<'link' | 'qr', Invitation>>;

/** The short code that is good at present. */
export interface OpenCode {
  readonly code: PairingCode;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

/**
 * Why there is no code. `spent`: a wrong one was entered, which says something about the code and nothing about link and
 * picture. `unavailable`: no nameplate was free.
 */
export type CodeEnd = 'spent' | 'expired' | 'unavailable';

/** What the inviting side is doing. */
export type HostState<Path> =
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'inviting';
      readonly invitation: OpenInvitation;
      readonly code: OpenCode | undefined;
      /** Undefined while there is a code, and while the first one is made. */
      readonly codeEnd: CodeEnd | undefined;
      readonly wrongGuesses: readonly WrongGuess<Path>[];
    }
  | { readonly kind: 'approving'; readonly requestId: string; readonly candidate: Candidate<Path> }
  | { readonly kind: 'admitting'; readonly candidate: Candidate<Path> }
  | { readonly kind: 'admitted'; readonly candidate: Candidate<Path> }
  | { readonly kind: 'failed'; readonly reason: EndReason };

export type EndReason = 'expired' | 'rejected' | 'wrong-check' | 'cancelled';

/** What a device is let in as. */
export type AdmittedRole = Exclude<MemberRole, 'recovery'>;

/** What a person answers. */
export type Answer =
  | {
      readonly kind: 'approve';
      readonly role: AdmittedRole;
      /** The digits that the new device shows; `unchecked` where a person did not want to compare them. */
      readonly check?: string | undefined;
    }
  | { readonly kind: 'reject' };

/** What became of an answer: `gone`, the question was not open any more; `check-missing`, it still is. */
export type Answered = 'taken' | 'wrong-check' | 'check-missing' | 'gone';
