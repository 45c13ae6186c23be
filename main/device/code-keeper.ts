import type { Clock, Random } from '../helpers/clock.ts';
import { createCode } from '../identity/pairing-code.ts';
import type { OpenCode } from '../identity/pairing-host.ts';
import type { Network } from '../network/network.ts';
import { NAMEPLATE_MS } from '../network/constants.ts';
import { NoNameplateError } from '../network/rendezvous.ts';

/** A code that nobody has used is replaced so many times: whoever comes back to the screen after that asks for another. */
const RENEWALS_MAX = 3;

export interface CodeKeeperOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  /** The code that is good from now on, or why none is. */
  readonly onCode: (code: OpenCode | 'expired' | 'unavailable') => void;
}

/** Keeps a short code on the screen while an invitation is open: five minutes each, a few times. */
export class CodeKeeper {
  readonly #options: CodeKeeperOptions;
  /** Ends what is under way. */
  #stop: () => void = () => undefined;
  #isSpent = false;

  constructor(options: CodeKeeperOptions) {
    this.#options = options;
  }

  /**
   * Makes a code in place of the one before. Resolves once there is one, or there can be none: every nameplate that was drawn
   * is taken.
   */
  async start(): Promise<void> {
    this.stop();
    const run = new AbortController();
    this.#stop = () => run.abort();
    this.#isSpent = false;
    await this.#show(run.signal, RENEWALS_MAX);
  }

  /**
   * The code was ended by a wrong guess. No other takes its place by itself, for each gives whoever guesses another try. Its
   * nameplate still leads here for its five minutes, so that a device with the right code can be told what has happened.
   */
  spent(): void {
    this.#isSpent = true;
  }

  stop(): void {
    this.#stop();
    this.#stop = () => undefined;
  }

  async #show(signal: AbortSignal, renewals: number): Promise<void> {
    const { network, clock, random, onCode } = this.#options;
    const claimed = await network.claimNameplate(random).catch((error: unknown) => {
      if (error instanceof NoNameplateError) return undefined;
      throw error;
    });
    if (!claimed) {
      if (!signal.aborted) onCode('unavailable');
      return;
    }
    if (signal.aborted) {
      claimed.release();
      return;
    }
    onCode({ code: createCode(claimed.nameplate), expiresAt: clock.now() + NAMEPLATE_MS });
    const cancel = clock.schedule(NAMEPLATE_MS, () => {
      if (this.#isSpent) return;
      // The next one takes the place of this one, which is refused from now on.
      if (renewals > 0) void this.#show(signal, renewals - 1);
      else onCode('expired');
    });
    signal.addEventListener('abort', () => {
      cancel();
      claimed.release();
    });
  }
}
