import { multiaddr } from '@multiformats/multiaddr';
import { expect, test } from 'vitest';
import { toPeerId } from '../../main/mvds/ids.ts';
import {
  KNOWN_RETRY_FIRST_MS,
  KNOWN_RETRY_MAX_MS,
  MET_FAILURES_MAX,
  TOLD_FAILURES_MAX,
} from '../../main/network/peers/constants.ts';
import { KnownPeers } from '../../main/network/peers/known-peers.ts';

const ADDRESSES = [multiaddr('/ip4/192.0.2.1/tcp/4001')];
const [self, other] = [toPeerId('self'), toPeerId('other')];

function knowing(): { readonly known: KnownPeers; readonly clock: { at: number } } {
  const clock = { at: 1_000_000 };
  const ticking = { now: () => clock.at, schedule: () => () => undefined };
  const known = new KnownPeers(self, { next: () => 0 }, ticking);
  known.told(other, ADDRESSES);
  return { known, clock };
}

test('a peer that could not be called is told to nobody until it is met again', () => {
  const { known } = knowing();
  expect(known.isReachable(other)).toBe(true);
  known.failed(other);
  expect(known.isReachable(other)).toBe(false);
  known.told(other, ADDRESSES);
  expect(known.isReachable(other)).toBe(false);
  known.met(other, ADDRESSES);
  expect(known.isReachable(other)).toBe(true);
});

test('a peer that could not be called is called again, later each time, up to ten minutes', () => {
  const { known, clock } = knowing();
  known.met(other, ADDRESSES);
  known.failed(other);
  expect(known.isDue(other)).toBe(false);
  clock.at += KNOWN_RETRY_FIRST_MS;
  expect(known.isDue(other)).toBe(true);
  for (let time = 0; time < 10; time += 1) known.failed(other);
  clock.at += KNOWN_RETRY_MAX_MS - 1;
  expect(known.isDue(other)).toBe(false);
  clock.at += 1;
  expect(known.isDue(other)).toBe(true);
});

test('a clock that is set back ends a wait', () => {
  const { known, clock } = knowing();
  known.failed(other);
  clock.at -= 2 * KNOWN_RETRY_MAX_MS;
  expect(known.isDue(other)).toBe(true);
});

test('one that was only told of is forgotten soon, one that was met stays known through a partition', () => {
  const { known } = knowing();
  for (let time = 0; time < TOLD_FAILURES_MAX; time += 1) known.failed(other);
  expect(known.all()).toEqual([]);
  known.met(other, ADDRESSES);
  for (let time = 0; time < MET_FAILURES_MAX - 1; time += 1) known.failed(other);
  expect(known.all()).toEqual([other]);
  known.failed(other);
  expect(known.all()).toEqual([]);
});
