import { expect, test } from 'vitest';
import { toPeerId } from '../../main/mvds/ids.ts';
import {
  MESH_CONNECTIONS_KEPT,
  MESH_INTRODUCTION_MS,
  PEER_CONNECTIONS_MAX,
} from '../../main/network/peers/constants.ts';
import { spareConnections } from '../../main/network/peers/spare-connections.ts';
import type { OpenConnection } from '../../main/network/peers/spare-connections.ts';

const NOW = 1_000_000;

/** The first is the oldest. */
function opened(count: number, isNeeded: (index: number) => boolean = () => false) {
  return Array.from({ length: count }, (_, index): OpenConnection => {
    const openedAt = NOW - MESH_INTRODUCTION_MS - count + index;
    return { peer: toPeerId(`peer-${index}`), openedAt, isNeeded: isNeeded(index) };
  });
}

test('a node closes nothing while it has few connections', () => {
  expect(spareConnections(opened(MESH_CONNECTIONS_KEPT), NOW)).toEqual([]);
});

test('the oldest go first, and no more than are too many', () => {
  const spare = spareConnections(opened(MESH_CONNECTIONS_KEPT + 3), NOW);
  expect(spare).toEqual(['peer-0', 'peer-1', 'peer-2']);
});

test('what is needed stays, however many there are', () => {
  const open = opened(PEER_CONNECTIONS_MAX, (index) => index < 200);
  const spare = spareConnections(open, NOW);
  expect(spare).toHaveLength(56);
  expect(spare[0]).toBe('peer-200');
  expect(
    spareConnections(
      opened(PEER_CONNECTIONS_MAX, () => true),
      NOW,
    ),
  ).toEqual([]);
});

test('who has just come is told of others before it has to go', () => {
  const open = opened(PEER_CONNECTIONS_MAX).map((one) => ({ ...one, openedAt: NOW - 1_000 }));
  expect(spareConnections(open, NOW)).toEqual([]);
  expect(spareConnections(open, NOW + MESH_INTRODUCTION_MS)).toHaveLength(
    PEER_CONNECTIONS_MAX - MESH_CONNECTIONS_KEPT,
  );
});
