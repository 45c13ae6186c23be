import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DeviceGroup } from '../../main/group/device-group.ts';
import { MeshGroup } from '../../main/group/mesh-group.ts';
import { StaticGroup } from '../../main/group/static-group.ts';
import { utf8 } from '../../main/helpers/bytes.ts';
import { systemClock as clock, systemRandom as random } from '../../main/helpers/clock.ts';
import type { Clock } from '../../main/helpers/clock.ts';
import { conversationGroup, deviceListOf } from '../../main/identity/device-list.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import type { GroupId, PeerId } from '../../main/mvds/types.ts';
import { MemoryNetwork } from '../../main/sync/memory-network.ts';
import { Orchestrator } from '../../main/sync/orchestrator.ts';
import type { PeerGroup } from '../../main/sync/ports.ts';
import { ListMaker } from '../helpers/device-lists.ts';
import { keysOf } from '../helpers/identities.ts';
import { ScheduleGroup } from './schedule-group.ts';

const PEERS = [0, 1, 2].map((number) => keysOf(number).peerId);
const list = new ListMaker();
const GROUP: GroupId = conversationGroup(list.id);
const NOON_MS = 20_000 * 86_400_000 + 12 * 3_600_000;

/** Each of them as the group of one of three nodes that all belong together. */
const GROUPS: Readonly<Record<string, (self: PeerId) => PeerGroup>> = {
  static: (self) => new StaticGroup(others(self), [GROUP]),
  devices: (self) => {
    const group = new DeviceGroup(self);
    const known = deviceListOf(list.id, list.members(3));
    if (known) group.follow(known);
    return group;
  },
  mesh: (self) => {
    const topic = { mesh: new Set(others(self)), known: () => [], onChange: () => undefined };
    let follow: () => void = () => undefined;
    const group = new MeshGroup({
      ...{ self, degree: 4, clock, random },
      topic: { ...topic, onChange: (listener) => (follow = listener) },
    });
    group.setGroups([GROUP]);
    follow();
    return group;
  },
  schedule: (self) => {
    const noon: Clock = { now: () => NOON_MS, schedule: () => () => undefined };
    return new ScheduleGroup(others(self), [GROUP], { from: 9, to: 17 }, noon);
  },
};

function others(self: PeerId): PeerId[] {
  return PEERS.filter((peer) => peer !== self);
}

describe('one orchestrator', () => {
  for (const [name, groupOf] of Object.entries(GROUPS)) {
    it(`keeps three nodes the same under a ${name} group`, async () => {
      const network = new MemoryNetwork(clock);
      const nodes = await Promise.all(
        PEERS.map(async (self, index) => {
          const received: string[] = [];
          const inStep = Promise.withResolvers<undefined>();
          const orchestrator = await Orchestrator.open({
            ...{ store: createMemorySyncStore(), storeId: String(index).repeat(32) },
            ...{ transport: network.transportOf(self), group: groupOf(self), clock, random },
            onError: (error) => inStep.reject(error),
            onDelivered: (all) => {
              received.push(...all.map(({ body }) => Buffer.from(body).toString('utf8')));
              if (received.length === PEERS.length) inStep.resolve(undefined);
            },
          });
          await orchestrator.append(GROUP, BigInt(index), utf8(`written by ${index}`));
          await orchestrator.start();
          onTestFinished(() => orchestrator.stop());
          return { received, inStep: inStep.promise };
        }),
      );
      await Promise.all(nodes.map(({ inStep }) => inStep));
      const expected = PEERS.map((_, index) => `written by ${index}`);
      for (const { received } of nodes) expect(received.sort()).toEqual(expected);
    });
  }
});

describe('a group that follows the hours of the day', () => {
  it('pauses its peers outside of them, over midnight too, and says so when an hour begins', () => {
    let now = NOON_MS;
    let due: () => void = () => undefined;
    const hand: Clock = {
      now: () => now,
      schedule: (delayMs, callback) => {
        due = () => {
          now += delayMs;
          callback();
        };
        return () => undefined;
      },
    };
    const night = new ScheduleGroup(PEERS, [GROUP], { from: 22, to: 6 }, hand);
    const open: number[] = [];
    night.onChange(() => {
      if (night.paused.size === 0) open.push(Math.floor(now / 3_600_000) % 24);
    });
    expect(night.paused.size).toBe(PEERS.length);
    for (let hour = 0; hour < 24; hour += 1) due();
    expect(open).toEqual([22, 23, 0, 1, 2, 3, 4, 5]);
    night.stop();
  });
});

describe('docs/layers.md', () => {
  const root = join(import.meta.dirname, '../..');
  const text = readFileSync(join(root, 'docs/layers.md'), 'utf8');

  it('shows the fourth group as it is run', () => {
    const [, shown] = /```ts\n([\s\S]*?)\n```/u.exec(text) ?? [];
    const source = readFileSync(join(root, 'test/group/schedule-group.ts'), 'utf8');
    expect(shown).toBe(source.trimEnd());
  });

  it('names files that are there', () => {
    const named = [...text.matchAll(/`((?:main|test|proto|contrib)\/[\w./-]+)`/gu)].map(
      ([, path = '']) => path,
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
