import type { Clock } from '../helpers/clock.ts';
import type { PeerId } from '../mvds/types.ts';
import { ACTIVITY_PENDING_MAX, ACTIVITY_SUM_MS, ACTIVITY_WRITE_MS } from './constants.ts';
import type { ActivityDetail, ActivityEntry, ActivityKind, ActivityLog } from './ports.ts';

interface Sum {
  sent: number;
  received: number;
  readonly since: number;
}

/** Collects what happened, sums up what would be a line a message, and writes it in batches. */
export class ActivityBook {
  readonly #log: ActivityLog;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #sums = new Map<PeerId, Sum>();
  #pending: ActivityEntry[] = [];
  #cancelWrite: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(log: ActivityLog, clock: Clock, onError: (error: unknown) => void) {
    this.#log = log;
    this.#clock = clock;
    this.#onError = onError;
  }

  note(kind: ActivityKind, peerId: PeerId, detail: ActivityDetail = {}): void {
    this.#pending.push({ at: this.#clock.now(), peerId, kind, detail });
    this.#schedule();
  }

  /** Messages moved in a session. They appear as sums: at the end of the session, and each minute of a long one. */
  moved(peerId: PeerId, sent: number, received: number): void {
    if (sent + received === 0) return;
    const sum = this.#sums.get(peerId) ?? { sent: 0, received: 0, since: this.#clock.now() };
    sum.sent += sent;
    sum.received += received;
    this.#sums.set(peerId, sum);
    if (this.#clock.now() - sum.since >= ACTIVITY_SUM_MS) this.sumUp(peerId);
  }

  /** A session has ended: what it moved is told of now. */
  sumUp(peerId: PeerId): void {
    const sum = this.#sums.get(peerId);
    if (!sum) return;
    this.#sums.delete(peerId);
    if (sum.sent > 0) this.note('sent', peerId, { messages: sum.sent });
    if (sum.received > 0) this.note('received', peerId, { messages: sum.received });
  }

  /** Resolves when everything is written, or could not be. */
  async close(): Promise<void> {
    for (const peerId of this.#sums.keys()) this.sumUp(peerId);
    this.#cancelWrite?.();
    this.#write();
    await this.#writing;
  }

  #schedule(): void {
    if (this.#pending.length > ACTIVITY_PENDING_MAX) this.#pending.shift();
    this.#cancelWrite ??= this.#clock.schedule(ACTIVITY_WRITE_MS, () => this.#write());
  }

  #write(): void {
    this.#cancelWrite = undefined;
    const entries = this.#pending;
    if (entries.length === 0) return;
    this.#pending = [];
    // One batch at a time, in order; what could not be written is gone, as the log is no record of messages.
    this.#writing = this.#writing.then(() => this.#log.add(entries)).catch(this.#onError);
  }
}
