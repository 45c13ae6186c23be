import type { Clock } from '../../main/helpers/clock.ts';
import type { GroupId, PeerId } from '../../main/mvds/types.ts';
import type { PeerGroup } from '../../main/sync/ports.ts';

const HOUR_MS = 3_600_000;

export interface Hours {
  /** The first hour of the day (UTC), and the hour after the last: 22 to 6 is a night. */
  readonly from: number;
  readonly to: number;
}

/** Peers that are synchronized with at some hours of the day alone, when the line is cheap. Outside of them they are paused. */
export class ScheduleGroup implements PeerGroup {
  readonly members: ReadonlyMap<PeerId, ReadonlySet<GroupId>>;
  paused: ReadonlySet<PeerId> = new Set();
  readonly #hours: Hours;
  readonly #clock: Clock;
  readonly #listeners: (() => void)[] = [];
  #cancel: () => void = () => undefined;

  constructor(peers: Iterable<PeerId>, groups: Iterable<GroupId>, hours: Hours, clock: Clock) {
    const shared = new Set(groups);
    this.members = new Map([...peers].map((peer) => [peer, shared]));
    this.#hours = hours;
    this.#clock = clock;
    this.#look();
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const now = this.#clock.now();
    const { from, to } = this.#hours;
    const hour = Math.floor(now / HOUR_MS) % 24;
    const isOpen = from <= to ? hour >= from && hour < to : hour >= from || hour < to;
    this.paused = new Set(isOpen ? [] : this.members.keys());
    for (const listener of this.#listeners) listener();
    this.#cancel = this.#clock.schedule(HOUR_MS - (now % HOUR_MS), () => this.#look());
  }
}
