import type { Clock } from '../../helpers/clock.ts';
import type { Admission, Verdict } from '../../mvds/admission.ts';
import type { Message, PeerId } from '../../mvds/types.ts';
import { CLOCK_TOLERANCE_MS } from '../message-clock.ts';
import type { GroupCatalogue } from './group-catalogue.ts';

/** Judges what neighbours send: entries of the catalogue by its rules, all else by its time. */
export class StoreAdmission implements Admission {
  readonly #catalogue: GroupCatalogue;
  readonly #clock: Clock;

  constructor(catalogue: GroupCatalogue, clock: Clock) {
    this.#catalogue = catalogue;
    this.#clock = clock;
  }

  admit(message: Message, from: PeerId): Verdict {
    if (message.groupId === this.#catalogue.id) return this.#catalogue.judge(message, from);
    // The clock of the node that took it may be as far ahead as the one of who published it.
    const bound = BigInt(this.#clock.now() + 2 * CLOCK_TOLERANCE_MS);
    return message.timestamp <= bound
      ? { type: 'accept' }
      : { type: 'hold', until: 'its time has come' };
  }
}
