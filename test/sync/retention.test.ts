import { expect, onTestFinished, test } from 'vitest';
import { StaticGroup } from '../../main/group/static-group.ts';
import { utf8 } from '../../main/helpers/bytes.ts';
import { toPeerId } from '../../main/mvds/ids.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { MemoryNetwork } from '../../main/sync/memory-network.ts';
import { Orchestrator } from '../../main/sync/orchestrator.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { GROUP, turn } from './devices.ts';

const clock = new ManualClock();
const network = new MemoryNetwork(clock);

async function open(name: string, peer: string, since: () => bigint | undefined) {
  const store = createMemorySyncStore();
  const orchestrator = await Orchestrator.open({
    store,
    storeId: Buffer.from(name.padEnd(16, '.')).toString('hex'),
    transport: network.transportOf(toPeerId(name)),
    group: new StaticGroup([toPeerId(peer)], [GROUP]),
    ...{ clock, random: { next: () => 0.5 }, since },
    onDelivered: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  onTestFinished(() => orchestrator.stop());
  await orchestrator.start();
  return {
    store,
    orchestrator,
    texts: async () =>
      (await store.messages.arrivedAfter(0, 99)).map(({ body }) => Buffer.from(body).toString()),
  };
}

async function pass(seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 1) {
    clock.advance(1_000);
    for (let turns = 0; turns < 20; turns += 1) await turn();
  }
}

test('what a node has expired stays away, and new messages of both sides arrive, though the other side keeps all', async () => {
  let since: bigint | undefined = undefined;
  const keeper = await open('keeper', 'archive', () => since);
  const archive = await open('archive', 'keeper', () => undefined);
  for (const at of [1n, 2n, 3n, 4n])
    await archive.orchestrator.append(GROUP, at, utf8(`old ${at}`));
  await pass(5);
  expect(await keeper.texts()).toHaveLength(4);

  since = 3n;
  await keeper.orchestrator.sinceChanged();
  expect(await keeper.store.retention.expire({ groupId: GROUP, before: since, limit: 9 })).toBe(2);
  keeper.orchestrator.expired(GROUP);
  await archive.orchestrator.append(GROUP, 5n, utf8('new there'));
  await keeper.orchestrator.append(GROUP, 6n, utf8('new here'));
  await pass(30);
  for (const { orchestrator } of [keeper, archive]) {
    expect(orchestrator.peers().map(({ state }) => state.kind)).toEqual(['up-to-date']);
  }
  expect((await keeper.texts()).sort()).toEqual(['new here', 'new there', 'old 3', 'old 4']);
  expect(await archive.texts()).toHaveLength(6);
  // In a session that begins anew, too.
  network.setReachable(toPeerId('archive'), false);
  await pass(2);
  network.setReachable(toPeerId('archive'), true);
  await pass(30);
  expect(keeper.orchestrator.peers().map(({ state }) => state.kind)).toEqual(['up-to-date']);
  expect(await keeper.texts()).toHaveLength(4);
});

test('a node that wants older messages gets them, though a hello says so in the middle of a session', async () => {
  let since: bigint | undefined = 1_000n;
  const keeper = await open('late-keeper', 'late-archive', () => since);
  // It would not ask for older ones itself, so that they are offered and not compared.
  const archive = await open('late-archive', 'late-keeper', () => 1_000n);
  for (const at of [1n, 2n, 2_000n]) await archive.orchestrator.append(GROUP, at, utf8(`at ${at}`));
  await pass(30);
  expect(await keeper.texts()).toEqual(['at 2000']);

  since = undefined;
  // The number of messages to send goes out in a hello of the session that is under way.
  await keeper.orchestrator.append(GROUP, 2_001n, utf8('here'));
  await pass(5);
  await keeper.orchestrator.sinceChanged();
  await pass(120);
  expect((await keeper.texts()).sort()).toEqual(['at 1', 'at 2', 'at 2000', 'here']);
});
