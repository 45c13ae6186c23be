import { expect, it, onTestFinished } from 'vitest';
import { utf8 } from '../../main/helpers/bytes.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import type { GroupId, PeerId } from '../../main/mvds/types.ts';
import { MemoryNetwork } from '../../main/sync/memory-network.ts';
import { Orchestrator } from '../../main/sync/orchestrator.ts';
import type { PeerGroup, Transport } from '../../main/sync/ports.ts';
import { systemClock as clock, systemRandom as random } from '../../main/helpers/clock.ts';
import { StaticGroup } from '../../main/group/static-group.ts';

const [LIST, TEXTS] = ['01', '02'].map((byte) => byte.repeat(32)) as [GroupId, GroupId];
const [OLD, YOUNG] = ['old', 'young'] as [PeerId, PeerId];

/** Shares the list at first, and the texts as well once it is widened. */
class WideningGroup implements PeerGroup {
  members = new Map([[OLD, new Set([LIST])]]);
  #listener: () => void = () => undefined;

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  widen(): void {
    this.members = new Map([[OLD, new Set([LIST, TEXTS])]]);
    this.#listener();
  }
}

/** The same transport; `began` is called once a session has been handed over, and its first hello has gone out. */
function watched(transport: Transport, began: () => void): Transport {
  return {
    want: (keep, accept) => transport.want(keep, accept),
    retry: (peer) => transport.retry(peer),
    onSession: (listener) =>
      transport.onSession((session) => {
        const { channel } = session;
        const write = async (frame: Uint8Array): Promise<void> => {
          await channel.write(frame);
          began();
        };
        listener({
          ...session,
          channel: { read: () => channel.read(), close: () => channel.close(), write },
        });
      }),
  };
}

it('a peer that comes to share a group in the middle of a session sends of it what is wanted, and nothing older', async () => {
  const network = new MemoryNetwork(clock);
  const errors: unknown[] = [];
  const common = { clock, random, onError: (error: unknown) => errors.push(error) };
  const old = await Orchestrator.open({
    ...{ ...common, store: createMemorySyncStore(), storeId: 'a1'.repeat(16) },
    ...{ transport: network.transportOf(OLD), group: new StaticGroup([YOUNG], [LIST, TEXTS]) },
    onDelivered: () => undefined,
  });
  for (const at of [10n, 20n, 30n]) await old.append(TEXTS, at, utf8(`text of ${at}`));
  await old.append(LIST, 1n, utf8('entry'));
  await old.start();
  const group = new WideningGroup();
  const got: string[] = [];
  const changed = { now: () => undefined as unknown };
  let hasSession = false;
  const began = (): void => {
    hasSession = true;
    changed.now();
  };
  const young = await Orchestrator.open({
    ...{ ...common, store: createMemorySyncStore(), storeId: 'b2'.repeat(16) },
    ...{ transport: watched(network.transportOf(YOUNG), began), group },
    since: (groupId) => (groupId === TEXTS ? 25n : undefined),
    onDelivered: (messages) => {
      got.push(...messages.map(({ body }) => Buffer.from(body).toString('utf8')));
    },
  });
  young.subscribe(() => changed.now());
  onTestFinished(async () => {
    await young.stop();
    await old.stop();
  });
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => (changed.now = () => resolve(undefined)));
  };
  await young.start();
  // Before the first word of the other side: nothing makes this one say hello once more.
  await until(() => hasSession);
  group.widen();
  await until(() => got.includes('text of 30') && young.peers()[0]?.state.kind === 'up-to-date');
  expect(got.sort()).toEqual(['entry', 'text of 30']);
  expect(errors).toEqual([]);
}, 30_000);
