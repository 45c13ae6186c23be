import { beforeEach, expect, test } from 'vitest';
import type { FileStore, KnownCopy } from '../../../main/conversations/ports.ts';
import { Fetcher } from '../../../main/device/files/fetcher.ts';
import type { MessageId, PeerId } from '../../../main/helpers/ids.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const [DESK, PHONE] = ['desk', 'phone'] as [PeerId, PeerId];
const PATIENCE_MS = 10_000;
const RETRY_MS = 60_000;

let clock: ManualClock;
let fetcher: Fetcher;
let peers: PeerId[];
/** Chunks that are missing, by copy. */
let missing: Map<number, MessageId[]>;
/** Each request: its time, its peer and the copy. */
let asked: { readonly at: number; readonly peer: PeerId; readonly copy: number }[];
let withdrawn: MessageId[];

beforeEach(() => {
  clock = new ManualClock(0);
  peers = [DESK, PHONE];
  missing = new Map([[1, chunks(1, 3)]]);
  asked = [];
  withdrawn = [];
  const files: Pick<FileStore, 'wanted' | 'missing'> = {
    wanted: async () => [...missing.keys()].map(known),
    missing: async (copy, limit) => (missing.get(copy) ?? []).slice(0, limit),
  };
  fetcher = new Fetcher({
    files: files as FileStore,
    clock,
    peers: () => peers,
    want: async (peer, [first = '']) => {
      asked.push({ at: clock.now(), peer, copy: Number(first.split(' ')[0]) });
    },
    unwant: async (ids) => {
      withdrawn.push(...ids);
    },
    isHeld: () => false,
    onError: (error) => expect.unreachable(String(error)),
  });
});

function chunks(copy: number, count: number): MessageId[] {
  return Array.from({ length: count }, (_, index) => `${copy} ${index}` as MessageId);
}

function known(copy: number): KnownCopy {
  const file = `file ${copy}` as KnownCopy['file'];
  return { copy, file, bytes: 300_000, storedAt: 0, wanted: true, missingLists: [] };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await settle();
}

async function came(id: MessageId): Promise<void> {
  for (const [copy, ids] of missing) {
    const left = ids.filter((one) => one !== id);
    if (left.length > 0) missing.set(copy, left);
    else missing.delete(copy);
  }
  fetcher.arrived([id]);
  await settle();
}

test('a peer that sends nothing for ten seconds is left for the next', async () => {
  fetcher.changed();
  await settle();
  await pass(PATIENCE_MS - 1);
  expect(asked).toEqual([{ at: 0, peer: DESK, copy: 1 }]);
  await pass(1);
  expect(asked).toEqual([
    { at: 0, peer: DESK, copy: 1 },
    { at: PATIENCE_MS, peer: PHONE, copy: 1 },
  ]);
  expect(withdrawn).toEqual(chunks(1, 3));
});

test('what comes gives the peer its ten seconds again', async () => {
  fetcher.changed();
  await settle();
  await pass(PATIENCE_MS - 1);
  await came('1 0' as MessageId);
  await pass(PATIENCE_MS - 1);
  expect(asked.map(({ peer }) => peer)).not.toContain(PHONE);
  await pass(1);
  expect(asked.at(-1)).toEqual({ at: 2 * PATIENCE_MS - 1, peer: PHONE, copy: 1 });
});

test('where no peer sends anything, all are asked again after a minute and not before', async () => {
  fetcher.changed();
  await settle();
  await pass(PATIENCE_MS);
  await pass(PATIENCE_MS);
  await pass(RETRY_MS - 1);
  expect(asked).toHaveLength(2);
  await pass(1);
  expect(asked.slice(2)).toEqual([{ at: 2 * PATIENCE_MS + RETRY_MS, peer: DESK, copy: 1 }]);
});

test('a file that nobody sends is left for the next file, of which all are asked', async () => {
  missing.set(2, chunks(2, 3));
  fetcher.changed();
  await settle();
  await pass(PATIENCE_MS);
  await pass(PATIENCE_MS);
  expect(asked.map(({ peer, copy }) => [peer, copy])).toEqual([
    [DESK, 1],
    [PHONE, 1],
    [DESK, 2],
  ]);
});

test('a silent peer is asked again once another one has come', async () => {
  peers = [DESK];
  fetcher.changed();
  await settle();
  await pass(PATIENCE_MS);
  expect(asked).toHaveLength(1);
  peers = [DESK, PHONE];
  fetcher.peersChanged();
  await settle();
  expect(asked.at(-1)).toEqual({ at: PATIENCE_MS, peer: DESK, copy: 1 });
});

test('a peer that has gone is left at once', async () => {
  fetcher.changed();
  await settle();
  peers = [PHONE];
  fetcher.peersChanged();
  await settle();
  expect(asked.at(-1)).toEqual({ at: 0, peer: PHONE, copy: 1 });
});

test('nothing is asked after a stop', async () => {
  fetcher.changed();
  await settle();
  await fetcher.stop();
  await pass(PATIENCE_MS + RETRY_MS);
  expect(asked).toHaveLength(1);
});
