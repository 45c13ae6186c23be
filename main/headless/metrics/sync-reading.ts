import type { UnmetParents } from '../../mvds/events.ts';
import type { FailureReason } from '../../sync/peer-state.ts';
import type { PeerSyncState, PeerSyncStatus } from '../../sync/status.ts';
import type { SyncMeasures } from '../../sync/totals.ts';
import { byLabel } from './reading.ts';
import type { Reading } from './reading.ts';

type State = PeerSyncState['kind'];

/** Those that a member can be in: one that was removed is no peer any more. */
const STATES = {
  ...{ paused: true, 'paused-there': true, offline: true, connecting: true, reconciling: true },
  ...{ transferring: true, 'up-to-date': true, failing: true, incompatible: true },
} satisfies Record<Exclude<State, 'removed'>, true>;

const FAILURES = {
  ...{ stalled: true, refused: true, protocol: true, misbehaving: true, store: true },
} satisfies Record<FailureReason, true>;

const UNMET = { 'not-found': true, circle: true } satisfies Record<UnmetParents['type'], true>;

const keysOf = <T extends string>(record: Readonly<Record<T, true>>): T[] =>
  Object.keys(record) as T[];

/** The metrics of every node that synchronizes. `now` is in Unix milliseconds. */
export function syncReading({ connections, peers, totals }: SyncMeasures, now: number): Reading {
  const members = peers.filter(({ state }) => state.kind !== 'removed');
  const states = new Map<Exclude<State, 'removed'>, number>();
  for (const { state } of members) {
    if (state.kind !== 'removed') states.set(state.kind, (states.get(state.kind) ?? 0) + 1);
  }
  return {
    reunion_connections: connections,
    reunion_peers: byLabel('state', states, keysOf(STATES)),
    ...agreements(peers, now),
    reunion_messages_to_send: sum(members.map(({ toSend }) => toSend)),
    reunion_messages_to_receive: sum(members.map(({ toReceive }) => toReceive ?? 0)),
    reunion_sync_messages_total: inBoth(totals.messagesSent, totals.messagesReceived),
    reunion_sync_payload_bytes_total: inBoth(totals.bytesSent, totals.bytesReceived),
    reunion_sync_sessions_total: totals.sessions,
    reunion_sync_failures_total: byLabel('reason', totals.failures, keysOf(FAILURES)),
    reunion_rejected_messages_total: totals.messagesRejected,
    reunion_unmet_parents_total: byLabel('reason', totals.unmetParents, keysOf(UNMET)),
  };
}

function agreements(peers: readonly PeerSyncStatus[], now: number): Reading {
  const at = ({ state, lastInSync }: PeerSyncStatus): number =>
    (state.kind === 'up-to-date' ? now : (lastInSync ?? 0)) / 1_000;
  // A peer that has left since was equal all the same; what is expected of one that is paused is nothing.
  const awaited = peers.filter(({ state: { kind } }) => kind !== 'removed' && kind !== 'paused');
  return {
    reunion_latest_agreement_timestamp_seconds: Math.max(0, ...peers.map(at)),
    reunion_oldest_agreement_timestamp_seconds:
      awaited.length === 0 ? undefined : Math.min(...awaited.map(at)),
  };
}

function inBoth(sent: number, received: number): Reading['reunion_sync_messages_total'] {
  return [
    { labels: { direction: 'sent' }, value: sent },
    { labels: { direction: 'received' }, value: received },
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
