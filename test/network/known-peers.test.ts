import { multiaddr } from '@multiformats/multiaddr';
import { expect, test } from 'vitest';
import { toPeerId } from '../../main/mvds/ids.ts';
import { KNOWN_FAILURES_MAX } from '../../main/network/peers/constants.ts';
import { KnownPeers } from '../../main/network/peers/known-peers.ts';

const ADDRESSES = [multiaddr('/ip4/192.0.2.1/tcp/4001')];
const [self, other] = [toPeerId('self'), toPeerId('other')];

function knowing(): KnownPeers {
  const known = new KnownPeers(self, { next: () => 0 });
  known.told(other, ADDRESSES);
  return known;
}

test('a peer that could not be called is told to nobody until it is met again', () => {
  const known = knowing();
  expect(known.isReachable(other)).toBe(true);
  known.failed(other);
  expect(known.isReachable(other)).toBe(false);
  known.told(other, ADDRESSES);
  expect(known.isReachable(other)).toBe(false);
  known.met(other, ADDRESSES);
  expect(known.isReachable(other)).toBe(true);
});

test('a peer that could not be called several times in a row is forgotten', () => {
  const known = knowing();
  for (let time = 0; time < KNOWN_FAILURES_MAX; time += 1) known.failed(other);
  expect(known.all()).toEqual([]);
  expect(known.isReachable(other)).toBe(false);
});
