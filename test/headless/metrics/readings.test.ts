import { expect, test, vi } from 'vitest';
import { MetricsText } from '../../../main/headless/metrics/metrics-text.ts';
import { storeReading } from '../../../main/headless/metrics/store-reading.ts';
import { syncReading } from '../../../main/headless/metrics/sync-reading.ts';
import { toPeerId } from '../../../main/mvds/ids.ts';
import { newPeer } from '../../../main/sync/peer-state.ts';
import { statusOf } from '../../../main/sync/status.ts';
import type { PeerSyncState, PeerSyncStatus } from '../../../main/sync/status.ts';
import { TotalsBook } from '../../../main/sync/totals.ts';
import { parsePrometheus } from '../../helpers/prometheus.ts';

const NOW = 1_800_000_000_000;

function peer(state: PeerSyncState, lastInSync?: number): PeerSyncStatus {
  return { ...statusOf(newPeer(toPeerId('x')), NOW), state, lastInSync };
}

const offline = (lastInSync?: number) => peer({ kind: 'offline', nextAt: undefined }, lastInSync);
const upToDate = peer({ kind: 'up-to-date', path: 'lan' }, NOW - 60_000);

/** Seconds since the latest and the oldest agreement; undefined where there is none. */
function agreements(peers: readonly PeerSyncStatus[]): (number | undefined)[] {
  const totals = new TotalsBook().current();
  const reading = syncReading({ connections: 0, peers, totals }, NOW);
  return [
    reading.reunion_latest_agreement_timestamp_seconds,
    reading.reunion_oldest_agreement_timestamp_seconds,
  ].map((value) => {
    if (value === undefined || value === 0) return value;
    return NOW / 1_000 - (value as number);
  });
}

test('an agreement lasts until now while a peer is up to date, and else until it ended', () => {
  expect(agreements([upToDate])).toEqual([0, 0]);
  expect(agreements([offline(NOW - 90_000)])).toEqual([90, 90]);
  expect(agreements([offline(NOW - 90_000), upToDate])).toEqual([0, 90]);
});

test('an agreement that never was is 0, and one with nobody is absent', () => {
  expect(agreements([])).toEqual([0, undefined]);
  expect(agreements([offline()])).toEqual([0, 0]);
  expect(agreements([upToDate, offline()])).toEqual([0, 0]);
});

test('the oldest agreement is not about peers that are paused or removed, the latest is', () => {
  const gone = peer({ kind: 'removed' }, NOW - 5_000);
  const paused = peer({ kind: 'paused' }, NOW - 7_200_000);
  expect(agreements([offline(NOW - 90_000), paused, gone])).toEqual([5, 90]);
  expect(agreements([paused, gone])).toEqual([5, undefined]);
});

test('a removed peer is in no state, and has nothing to be sent', () => {
  const totals = new TotalsBook().current();
  const gone = { ...peer({ kind: 'removed' }), toSend: 7 };
  const { reunion_peers: states, reunion_messages_to_send: toSend } = syncReading(
    { connections: 1, peers: [gone, { ...offline(), toSend: 2, toReceive: 3 }], totals },
    NOW,
  );
  expect(states).toContainEqual({ labels: { state: 'offline' }, value: 1 });
  expect(JSON.stringify(states)).not.toContain('removed');
  expect(toSend).toBe(2);
});

test('a store that fails, or never answers, is seen as such', async () => {
  expect(await storeReading(async () => ({ messages: 3, bytes: 4_096 }))).toEqual({
    ...{ reunion_store_up: 1, reunion_messages: 3, reunion_store_bytes: 4_096 },
  });
  const down = { reunion_store_up: 0 };
  expect(await storeReading(() => Promise.reject(new Error('out of reach')))).toEqual(down);
  vi.useFakeTimers();
  try {
    const hangs = storeReading(() => new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await hangs).toEqual(down);
  } finally {
    vi.useRealTimers();
  }
});

test('what is absent at one time is left out, whatever it was before, and two that read at once do not mix', async () => {
  const text = new MetricsText('node');
  const families = async (messages: number | undefined) =>
    parsePrometheus(
      await text.text('me', async () => ({
        reunion_messages: messages,
        reunion_sync_sessions_total: 5,
      })),
    );
  const [first, second, third] = await Promise.all([families(1), families(undefined), families(2)]);
  const values = (all: typeof first, name: string) =>
    all.get(name)?.samples.map(({ value }) => value);
  expect(values(first, 'reunion_messages')).toEqual([1]);
  expect(values(second, 'reunion_messages')).toEqual([]);
  expect(values(third, 'reunion_messages')).toEqual([2]);
  expect(values(third, 'reunion_sync_sessions_total')).toEqual([5]);
});

test('a label may hold anything', async () => {
  const id = 'a "quoted" \\ back\nslash';
  const families = parsePrometheus(await new MetricsText('node').text(id, async () => ({})));
  expect(families.get('reunion_info')?.samples[0]?.labels.id).toBe(id);
});
