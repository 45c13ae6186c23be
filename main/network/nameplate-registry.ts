import type { Clock } from '../helpers/clock.ts';
import { RequestLimit } from '../helpers/request-limit.ts';
import type { Asker } from '../helpers/request-limit.ts';
import type { PeerId } from '../mvds/types.ts';
import {
  CLAIMS_PER_ADDRESS_MAX,
  CLAIMS_PER_PEER_MAX,
  NAMEPLATES_MAX,
  NAMEPLATE_MS,
  RELAY_REQUESTS,
} from './constants.ts';
import type { Nameplate } from './nameplate.ts';

export type ClaimOutcome = 'ok' | 'taken' | 'limited';

interface Claim {
  readonly peer: PeerId;
  readonly address: string;
  readonly expiresAt: number;
}

/** Which nameplate is whose, at a relay: all of it in memory, none of it for longer than five minutes. */
export class NameplateRegistry {
  readonly #clock: Clock;
  readonly #limit: RequestLimit;
  /** All live equally long, so the order of insertion is that of expiry. */
  readonly #claims = new Map<Nameplate, Claim>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#limit = new RequestLimit(clock, RELAY_REQUESTS);
  }

  /** A claim counts as a request like a lookup: `taken` tells as much. The same device may claim again, and so prolong. */
  claim(asker: Asker<PeerId>, nameplate: Nameplate): ClaimOutcome {
    if (!this.#limit.admits(asker)) return 'limited';
    this.#expire();
    const holder = this.#claims.get(nameplate);
    if (holder && holder.peer !== asker.peer) return 'taken';
    if (!holder && !this.#hasRoom(asker)) return 'limited';
    this.#claims.delete(nameplate);
    const { peer, address } = asker;
    this.#claims.set(nameplate, { peer, address, expiresAt: this.#clock.now() + NAMEPLATE_MS });
    return 'ok';
  }

  lookup(asker: Asker<PeerId>, nameplate: Nameplate): PeerId | 'limited' | undefined {
    if (!this.#limit.admits(asker)) return 'limited';
    this.#expire();
    return this.#claims.get(nameplate)?.peer;
  }

  /** Nothing happens where it is not the asker's. */
  release({ peer }: Asker<PeerId>, nameplate: Nameplate): void {
    if (this.#claims.get(nameplate)?.peer === peer) this.#claims.delete(nameplate);
  }

  /** How many nameplates are held. */
  get size(): number {
    this.#expire();
    return this.#claims.size;
  }

  disconnected(peer: string): void {
    for (const [nameplate, claim] of this.#claims) {
      if (claim.peer === peer) this.#claims.delete(nameplate);
    }
  }

  #hasRoom(asker: Asker<PeerId>): boolean {
    const claims = [...this.#claims.values()];
    return (
      claims.length < NAMEPLATES_MAX &&
      claims.filter(({ peer }) => peer === asker.peer).length < CLAIMS_PER_PEER_MAX &&
      claims.filter(({ address }) => address === asker.address).length < CLAIMS_PER_ADDRESS_MAX
    );
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const [nameplate, { expiresAt }] of this.#claims) {
      if (expiresAt > now) break;
      this.#claims.delete(nameplate);
    }
  }
}
