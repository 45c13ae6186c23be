import type { ApiError } from './error-types.ts';
import type { DeviceInfo } from './device-info.ts';
import type { Path } from './device-types.ts';

export interface Invitation {
  /** `reunion:` and base64url. Whoever follows it shows two digits, which are to be typed on the inviting device. */
  readonly link: string;
  /** The same with another secret, to be drawn as a QR code: for a camera, and so without digits. */
  readonly qr: string;
  /** Four digits and two words, such as 4711-ocean-lamp, to be typed on the other device; null where none is to be had. */
  readonly code: string | null;
  /** Another one takes its place then, a few times over. */
  readonly codeExpiresAt: number | null;
  /**
   * Why there is no code; null where there is one, or the first is still being made. `spent`: somebody entered a wrong one.
   * `unavailable`: no nameplate was free. Link and picture are good in any case; `newCode` makes another code.
   */
  readonly codeEnd: 'spent' | 'expired' | 'unavailable' | null;
  /** Who has entered wrong codes since this invitation was made. */
  readonly wrongGuesses: readonly WrongGuess[];
  readonly expiresAt: number;
}

/** A device that entered wrong codes, by one path. */
export interface WrongGuess {
  /** Its id is proven. The name is what it calls itself: empty where it gave none. */
  readonly device: DeviceInfo;
  readonly path: Path;
  /** How many. */
  readonly count: number;
}

/** What pairing is doing on this device; the same state is shown by every window and command line. */
export type PairingState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'inviting'; readonly invitation: Invitation }
  | {
      readonly kind: 'approving';
      readonly requestId: string;
      readonly id: string;
      readonly name: string;
      readonly system: string;
      readonly path: Path;
      /** Whether `approve` wants the two digits that the other device shows. */
      readonly needsCheck: boolean;
      /** Devices that have this name already, or one that looks like it. */
      readonly similarTo: readonly DeviceInfo[];
    }
  | { readonly kind: 'admitting'; readonly device: DeviceInfo }
  | { readonly kind: 'invited'; readonly device: DeviceInfo }
  | {
      readonly kind: 'joining';
      /** `searching`: for the device that shows the code. */
      readonly step: 'searching' | 'connecting' | 'waiting';
      readonly inviter: string;
      /** Two digits to be typed on the inviting device; null where none are asked for. */
      readonly check: string | null;
    }
  | { readonly kind: 'joined'; readonly inviter: DeviceInfo }
  | { readonly kind: 'failed'; readonly side: 'inviting' | 'joining'; readonly error: ApiError };
