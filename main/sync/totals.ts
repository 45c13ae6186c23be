import type { UnmetParents } from '../mvds/events.ts';
import type { FailureReason } from './peer-state.ts';
import type { PeerSyncStatus } from './status.ts';

/** Counts since the orchestrator was opened, over all peers, those that were removed since included. They never fall. */
export interface SyncTotals {
  /** Payload bytes that a transport has taken, and that came from one. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Messages that a peer did not hold and has acknowledged, and messages of a peer that were new here. */
  readonly messagesSent: number;
  readonly messagesReceived: number;
  /** Messages of a peer that were refused. A payload that was too large to be read counts as one. */
  readonly messagesRejected: number;
  readonly sessions: number;
  /** Sessions that ended by a fault. */
  readonly failures: ReadonlyMap<FailureReason, number>;
  /** Messages that were delivered although parents of them were not. */
  readonly unmetParents: ReadonlyMap<UnmetParents['type'], number>;
}

/** What a node that synchronizes does, without a look into its store. */
export interface SyncMeasures {
  /** Open connections, with a session or without. */
  readonly connections: number;
  readonly peers: readonly PeerSyncStatus[];
  readonly totals: SyncTotals;
}

/** Adds up what the sessions do. A session's own numbers end with it, and a peer's with the peer; these stay. */
export class TotalsBook {
  readonly #counts = {
    bytesSent: 0,
    bytesReceived: 0,
    messagesSent: 0,
    messagesReceived: 0,
    messagesRejected: 0,
    sessions: 0,
  };
  readonly #failures = new Map<FailureReason, number>();
  readonly #unmetParents = new Map<UnmetParents['type'], number>();

  sessionBegan(): void {
    this.#counts.sessions += 1;
  }

  sessionFailed(reason: FailureReason): void {
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
  }

  sent(bytes: number): void {
    this.#counts.bytesSent += bytes;
  }

  received(bytes: number): void {
    this.#counts.bytesReceived += bytes;
  }

  moved(sent: number, received: number): void {
    this.#counts.messagesSent += sent;
    this.#counts.messagesReceived += received;
  }

  rejected(messages: number): void {
    this.#counts.messagesRejected += messages;
  }

  unmet(reports: readonly UnmetParents[]): void {
    for (const { type } of reports) {
      this.#unmetParents.set(type, (this.#unmetParents.get(type) ?? 0) + 1);
    }
  }

  /** As of now. */
  current(): SyncTotals {
    return {
      ...this.#counts,
      failures: new Map(this.#failures),
      unmetParents: new Map(this.#unmetParents),
    };
  }
}
