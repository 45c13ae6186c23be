import { codeText } from '../identity/pairing-code.ts';
import type { PairingCode } from '../identity/pairing-code.ts';
import type { PeerId } from '../mvds/types.ts';

/** Codes that are remembered; the oldest is forgotten first. A person types a few, and a code is good for five minutes. */
const CODES_MAX = 256;

/**
 * Which codes this device has entered. Whoever claims a nameplate gets one guess at the words with each run that reaches the
 * confirmation, so that a code is good for one such run in all: over every device that claims it, every way to them, and every
 * time the person tries again. Once the other side has shown that it knows the words, the code is good for that device alone.
 * Kept in memory: a device that was started again has forgotten them.
 */
export class CodeGuesses {
  readonly #outcomes = new Map<string, PeerId | 'spent'>();

  /** The other side is about to have its guess; no matter where it has shown before that it knows the words. */
  spend(code: PairingCode): void {
    if (!this.wasTried(code)) this.#keep(code, 'spent');
  }

  /** The guess was right: it is the device that shows the code. */
  prove(code: PairingCode, inviter: PeerId): void {
    this.#keep(code, inviter);
  }

  /** Whether a run with any device has reached the confirmation. */
  wasTried(code: PairingCode): boolean {
    return this.#outcomes.has(codeText(code));
  }

  isSpent(code: PairingCode): boolean {
    return this.#outcomes.get(codeText(code)) === 'spent';
  }

  /** Whether this device may be asked to show that it knows the words. */
  admits(code: PairingCode, peer: PeerId): boolean {
    const outcome = this.#outcomes.get(codeText(code));
    return outcome === undefined || outcome === peer;
  }

  #keep(code: PairingCode, outcome: PeerId | 'spent'): void {
    const key = codeText(code);
    this.#outcomes.delete(key);
    this.#outcomes.set(key, outcome);
    const [oldest] = this.#outcomes.keys();
    if (this.#outcomes.size > CODES_MAX && oldest !== undefined) this.#outcomes.delete(oldest);
  }
}
