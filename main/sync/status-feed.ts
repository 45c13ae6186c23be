import type { Clock } from '../helpers/clock.ts';
import { AGREEMENT_INTERVAL_MS, STATUS_INTERVAL_MS, STATUS_REFRESH_MS } from './constants.ts';
import type { PeerSyncStatus } from './status.ts';

type Listener = (peers: readonly PeerSyncStatus[]) => void;

/**
 * Tells of a new status, neither too often nor, while rates change by themselves, too seldom. A reader waits for agreement, so
 * its beginning and its end go out at once.
 */
export class StatusFeed {
  readonly #clock: Clock;
  readonly #read: () => readonly PeerSyncStatus[];
  readonly #listeners = new Set<Listener>();
  #cancel: (() => void) | undefined;
  /** When it goes out next because something has changed; undefined where nothing has. */
  #dueAt: number | undefined;
  #toldAt = -Infinity;
  #isClosed = false;

  constructor(clock: Clock, read: () => readonly PeerSyncStatus[]) {
    this.#clock = clock;
    this.#read = read;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something may have changed. */
  changed(): void {
    if (this.#dueAt === undefined) this.#due(STATUS_INTERVAL_MS);
  }

  /** A peer agrees from now on, or does so no more. */
  agreementChanged(): void {
    const now = this.#clock.now();
    // A clock that was set back makes no wait longer.
    const since = Math.max(0, now - this.#toldAt);
    const wait = Math.max(0, AGREEMENT_INTERVAL_MS - since);
    if (this.#dueAt === undefined || now + wait < this.#dueAt) this.#due(wait);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }

  #due(delayMs: number): void {
    if (this.#isClosed) return;
    this.#dueAt = this.#clock.now() + delayMs;
    this.#schedule(delayMs);
  }

  #schedule(delayMs: number): void {
    this.#cancel?.();
    this.#cancel = this.#clock.schedule(delayMs, () => this.#tell());
  }

  #tell(): void {
    this.#dueAt = undefined;
    this.#toldAt = this.#clock.now();
    const peers = this.#read();
    if (peers.some(({ state }) => state.kind === 'transferring')) this.#schedule(STATUS_REFRESH_MS);
    for (const listener of this.#listeners) listener(peers);
  }
}
