import type { Clock } from '../helpers/clock.ts';
import { STATUS_INTERVAL_MS, STATUS_REFRESH_MS } from './constants.ts';
import type { PeerSyncStatus } from './status.ts';

type Listener = (peers: readonly PeerSyncStatus[]) => void;

/** Tells of a new status, neither too often nor, while rates change by themselves, too seldom. */
export class StatusFeed {
  readonly #clock: Clock;
  readonly #read: () => readonly PeerSyncStatus[];
  readonly #listeners = new Set<Listener>();
  #cancel: (() => void) | undefined;
  #isSoon = false;

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
    if (this.#isSoon) return;
    this.#isSoon = true;
    this.#schedule(STATUS_INTERVAL_MS);
  }

  close(): void {
    this.#isSoon = true;
    this.#cancel?.();
  }

  #schedule(delayMs: number): void {
    this.#cancel?.();
    this.#cancel = this.#clock.schedule(delayMs, () => this.#tell());
  }

  #tell(): void {
    this.#isSoon = false;
    const peers = this.#read();
    if (peers.some(({ state }) => state.kind === 'transferring')) this.#schedule(STATUS_REFRESH_MS);
    for (const listener of this.#listeners) listener(peers);
  }
}
