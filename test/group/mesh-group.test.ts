import { describe, expect, it } from 'vitest';
import { MeshGroup } from '../../main/group/mesh-group.ts';
import type { MeshTopic } from '../../main/group/mesh-group.ts';
import { THIN_VISIT_MS, VISIT_MS } from '../../main/group/mesh-neighbours.ts';
import type { GroupId, PeerId } from '../../main/mvds/types.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const GROUP = 'ab'.repeat(32) as GroupId;
const peers = (text: string): PeerId[] => Array.from(text) as PeerId[];

class FakeTopic implements MeshTopic {
  mesh: ReadonlySet<PeerId> = new Set();
  others: readonly PeerId[] = [];
  #listener: () => void = () => undefined;

  known(): readonly PeerId[] {
    return this.others;
  }

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  set(text: string): void {
    this.mesh = new Set(peers(text));
    this.#listener();
  }
}

function open(degree = 6) {
  const topic = new FakeTopic();
  const clock = new ManualClock();
  const self = 'self' as PeerId;
  const group = new MeshGroup({ self, topic, degree, clock, random: { next: () => 0.5 } });
  group.setGroups([GROUP]);
  const changes: string[] = [];
  const shown = (): string =>
    [...group.members.keys()].map((peer) => (group.paused.has(peer) ? `(${peer})` : peer)).join('');
  group.onChange(() => changes.push(shown()));
  return { topic, clock, group, changes, shown };
}

describe('the group of a mesh', () => {
  it('tells of each change once, and of none that is none', () => {
    const { topic, group, changes } = open();
    topic.set('ab');
    topic.set('ba');
    topic.set('a');
    topic.set('ab');
    expect(changes).toEqual(['ab', 'a(b)', 'ab']);
    expect([...(group.members.get('a' as PeerId) ?? [])]).toEqual([GROUP]);
  });

  it('shares other groups with the same neighbours when that changes', () => {
    const { topic, group, changes } = open();
    topic.set('a');
    const other = 'cd'.repeat(32) as GroupId;
    group.setGroups([GROUP, other]);
    expect(changes).toEqual(['a', 'a']);
    expect(group.members.get('a' as PeerId)).toEqual(new Set([GROUP, other]));
  });

  it('visits a peer that is known and no neighbour, soon at first, another one each time', () => {
    const { topic, clock, group, shown } = open();
    topic.others = peers('abx');
    topic.set('ab');
    group.start();
    clock.advance(THIN_VISIT_MS);
    expect(shown()).toBe('abx');
    expect(group.roleOf('x' as PeerId)).toBe('visited');
    topic.others = peers('aby');
    clock.advance(VISIT_MS);
    expect(shown()).toBe('aby');
    group.refused('y' as PeerId);
    expect(shown()).toBe('ab');
    group.stop();
  });

  it('does not let a peer in that rests while somebody else has the place of a visitor', () => {
    const { topic, group, shown } = open();
    topic.set('ab');
    topic.set('b');
    expect(group.admit('v' as PeerId)).toBe(true);
    expect(group.admit('a' as PeerId)).toBe(false);
    group.sessionEnded('v' as PeerId);
    expect(group.admit('a' as PeerId)).toBe(true);
    expect(shown()).toBe('ba');
  });

  it('keeps a peer that misbehaves away for longer each time, whatever the mesh says', () => {
    const { topic, clock, group, shown } = open();
    topic.set('ab');
    group.start();
    group.block('a' as PeerId);
    group.block('a' as PeerId);
    expect(shown()).toBe('b');
    topic.set('abc');
    expect(shown()).toBe('bc');
    expect(group.admit('a' as PeerId)).toBe(false);
    clock.advance(60_000);
    topic.set('abcd');
    expect(shown()).toBe('bcad');
    group.block('a' as PeerId);
    clock.advance(119_000);
    topic.set('abc');
    expect(shown()).not.toContain('a');
    clock.advance(1_000);
    expect(group.admit('a' as PeerId)).toBe(true);
    group.stop();
  });
});
