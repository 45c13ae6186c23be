import { expect, test } from 'vitest';
import { MeshGroup } from '../../main/group/mesh-group.ts';
import { THIN_VISIT_MS, VISIT_MS } from '../../main/group/mesh-neighbours.ts';
import type { PeerId } from '../../main/mvds/types.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const [SELF, A, B, C, D] = ['self', 'a', 'b', 'c', 'd'] as [PeerId, PeerId, PeerId, PeerId, PeerId];

/** Waits take what they take on average. */
const EVENLY = { next: () => 0.5 };

function started(known: readonly PeerId[]): { group: MeshGroup; clock: ManualClock } {
  const clock = new ManualClock();
  const topic = {
    mesh: new Set([A, B, C]),
    known: () => known,
    onChange: (listener: () => void) => listener(),
  };
  const group = new MeshGroup({ self: SELF, topic, degree: 8, clock, random: EVENLY });
  group.setGroups([]);
  group.start();
  return { group, clock };
}

test('a peer outside of the mesh is visited soon after the start', () => {
  const { group, clock } = started([A, D]);
  expect(group.roleOf(D)).toBeUndefined();
  clock.advance(THIN_VISIT_MS);
  expect(group.roleOf(D)).toBe('visited');
});

test('when a visit is refused the next one is soon, and not after the time of a whole visit', () => {
  const { group, clock } = started([A, D]);
  clock.advance(THIN_VISIT_MS);
  group.refused(D);
  expect(group.roleOf(D)).toBeUndefined();
  clock.advance(THIN_VISIT_MS);
  expect(group.roleOf(D)).toBe('visited');
});

test('a network in which all are full is not asked for a visit again and again', () => {
  const { group, clock } = started([A, D]);
  let refusals = 0;
  for (let passed = 0; passed < 60 * 60_000; passed += 1_000) {
    clock.advance(1_000);
    if (group.roleOf(D) !== 'visited') continue;
    group.refused(D);
    refusals += 1;
  }
  expect(refusals).toBeLessThan(40);
});

test('a refusal of a peer that is not visited changes no plans', () => {
  const { group, clock } = started([A, D]);
  clock.advance(THIN_VISIT_MS);
  group.refused(A);
  group.refused('nobody' as PeerId);
  clock.advance(VISIT_MS - 1);
  expect(group.roleOf(D)).toBe('visited');
  expect(group.roleOf(A)).toBe('mesh');
});
