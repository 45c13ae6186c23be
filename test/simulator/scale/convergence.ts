import type { Clock } from '../../../main/helpers/clock.ts';
import type { MessageId, PeerId } from '../../../main/mvds/types.ts';
import type { Arrival } from './node.ts';

/** One message on its way. Times are Unix milliseconds. */
interface Spread {
  readonly at: number;
  /** How far from the author each node is that has it, in sessions that it went over. */
  readonly rounds: Map<PeerId, number>;
  /** Those that were up when it was published, and neither have it nor have left. */
  readonly awaited: Set<PeerId>;
  /** When those of them that have it got it, in order. */
  readonly arrivals: number[];
  mostRounds: number;
}

/** How one message spread: milliseconds until half, 95 % and all of those that were up had it. */
export interface SpreadTimes {
  readonly at: number;
  readonly half: number;
  readonly most: number;
  readonly all: number;
  /** Sessions between the author and the node that is farthest away. */
  readonly rounds: number;
}

/** Follows each message from its author to the last node. */
export class Convergence {
  readonly #clock: Clock;
  readonly #spreads = new Map<MessageId, Spread>();
  #publishing: { readonly author: PeerId; readonly awaited: readonly PeerId[] }[] = [];
  /** Bodies that came in and were new. */
  arrivals = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The next message that appears at the author itself is its own; so many others are to have it. */
  publishing(author: PeerId, awaited: readonly PeerId[]): void {
    this.#publishing.push({ author, awaited });
  }

  arrived({ id, at, from }: Arrival): void {
    if (from === undefined) {
      this.#published(id, at);
      return;
    }
    this.arrivals += 1;
    const spread = this.#spreads.get(id);
    if (!spread || spread.rounds.has(at)) return;
    const rounds = (spread.rounds.get(from) ?? 0) + 1;
    spread.rounds.set(at, rounds);
    if (!spread.awaited.delete(at)) return;
    spread.arrivals.push(this.#clock.now() - spread.at);
    spread.mostRounds = Math.max(spread.mostRounds, rounds);
  }

  left(peer: PeerId): void {
    for (const { awaited } of this.#spreads.values()) awaited.delete(peer);
  }

  /** Of all messages that those have which were to have them. */
  times(): SpreadTimes[] {
    return [...this.#spreads.values()]
      .filter(({ awaited, arrivals }) => awaited.size === 0 && arrivals.length > 0)
      .map(({ at, arrivals, mostRounds }) => ({
        at,
        half: arrivals[Math.floor((arrivals.length - 1) / 2)] ?? 0,
        most: arrivals[Math.ceil(arrivals.length * 0.95) - 1] ?? 0,
        all: arrivals.at(-1) ?? 0,
        rounds: mostRounds,
      }));
  }

  #published(id: MessageId, author: PeerId): void {
    const index = this.#publishing.findIndex((next) => next.author === author);
    const [next] = index < 0 ? [] : this.#publishing.splice(index, 1);
    this.#spreads.set(id, {
      at: this.#clock.now(),
      rounds: new Map([[author, 0]]),
      awaited: new Set(next?.awaited.filter((peer) => peer !== author)),
      arrivals: [],
      mostRounds: 0,
    });
  }
}
