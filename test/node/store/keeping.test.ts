import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../main/helpers/bytes.ts';
import { createMemorySyncStore } from '../../../main/mvds/memory-store.ts';
import { idBytes, messageIdOf } from '../../../main/mvds/ids.ts';
import type { GroupId, Message } from '../../../main/mvds/types.ts';
import { groupOf } from '../../../main/node/group-name.ts';
import { GroupCatalogue } from '../../../main/node/store/group-catalogue.ts';
import { GROUPS_MAX, NEW_GROUPS } from '../../../main/node/store/limits.ts';
import { RetentionKeeper } from '../../../main/node/store/retention-keeper.ts';
import { keysOf } from '../../helpers/identities.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const [A, B] = [keysOf(0).peerId, keysOf(1).peerId];
const DAY_MS = 86_400_000;

function message(groupId: GroupId, timestamp: bigint, body: Uint8Array): Message {
  const metadata = { parents: [], ephemeral: false };
  return { id: messageIdOf(groupId, timestamp, body), groupId, timestamp, body, metadata };
}

describe('the catalogue of groups', () => {
  const entry = (catalogue: GroupCatalogue, name: string): Message =>
    message(catalogue.id, 0n, idBytes(groupOf(name)));

  it('takes so many new groups of one neighbour in an hour, and those of others beside them', async () => {
    const clock = new ManualClock();
    const catalogue = await GroupCatalogue.open('topic', createMemorySyncStore().history, clock);
    const judge = (at: number, from = A): string =>
      catalogue.judge(entry(catalogue, `${at}`), from).type;
    for (let at = 0; at < NEW_GROUPS.perPeerMax; at += 1) expect(judge(at)).toBe('accept');
    expect(judge(1_000)).toBe('hold');
    expect(judge(1_000, B)).toBe('accept');
    catalogue.take(entry(catalogue, '7'));
    expect(judge(7)).toBe('accept');
    clock.advance(NEW_GROUPS.windowMs);
    expect(judge(1_001)).toBe('accept');
  });

  it('is full at its limit, and refuses what is no entry', async () => {
    const catalogue = await GroupCatalogue.open(
      'topic',
      createMemorySyncStore().history,
      new ManualClock(),
    );
    for (let at = 0; at < GROUPS_MAX + 5; at += 1) catalogue.take(entry(catalogue, `${at}`));
    expect(catalogue.groups.size).toBe(GROUPS_MAX);
    expect(catalogue.isFull).toBe(true);
    expect(catalogue.judge(entry(catalogue, 'one more'), A).type).toBe('hold');
    expect(catalogue.judge(entry(catalogue, '3'), A).type).toBe('accept');
    for (const wrong of [
      message(catalogue.id, 1n, new Uint8Array(32)),
      message(catalogue.id, 0n, utf8('short')),
    ]) {
      expect(catalogue.judge(wrong, A).type).toBe('reject');
      expect(catalogue.take(wrong)).toBe(false);
    }
  });

  it('comes back from the store, for its own topic', async () => {
    const store = createMemorySyncStore();
    const clock = new ManualClock();
    const before = await GroupCatalogue.open('topic', store.history, clock);
    const entries = ['one', 'two'].map((name) => entry(before, name));
    const addMessages = entries.map((it) => ({ message: it, delivered: true, source: undefined }));
    await store.commit({ addMessages });
    const again = await GroupCatalogue.open('topic', store.history, clock);
    expect([...again.groups].sort()).toEqual([groupOf('one'), groupOf('two')].sort());
    expect((await GroupCatalogue.open('another', store.history, clock)).groups.size).toBe(0);
  });
});

describe('retention', () => {
  const NEWS = groupOf('news');

  async function keeperOf(
    limits: { age?: number; bytes?: number },
    kept = new Map<string, unknown>(),
  ) {
    const store = createMemorySyncStore();
    const clock = new ManualClock();
    const events: string[] = [];
    const keeper = await RetentionKeeper.open({
      limits: { age: limits.age, bytes: limits.bytes },
      settings: {
        get: async (key) => kept.get(key),
        set: async (key, value) => void kept.set(key, value),
      },
      ...{ retention: store.retention, clock, groups: () => [NEWS] },
      onRaised: async () => void events.push('raised'),
      onExpired: () => events.push('expired'),
      onError: (error) => {
        throw error;
      },
    });
    const write = async (timestamp: number, text: string): Promise<void> => {
      const one = message(NEWS, BigInt(timestamp), utf8(text));
      await store.commit({ addMessages: [{ message: one, delivered: true, source: undefined }] });
    };
    const texts = async (): Promise<string[]> => {
      const { messages } = await store.history.page(NEWS, { limit: 100 });
      return messages.map(({ body }) => Buffer.from(body).toString('utf8'));
    };
    return { keeper, clock, events, write, texts, kept };
  }

  it('removes what is too old, after the neighbours were told, and keeps that over a restart', async () => {
    const { keeper, clock, events, write, texts, kept } = await keeperOf({ age: DAY_MS });
    const now = clock.now();
    await write(now - 2 * DAY_MS, 'old');
    await write(now, 'new');
    await keeper.look();
    expect(await texts()).toEqual(['new']);
    expect(events).toEqual(['raised', 'expired']);
    const from = keeper.keptFrom(NEWS) ?? 0n;
    expect(from).toBeGreaterThan(BigInt(now - DAY_MS - 3_600_000));
    expect(from).toBeLessThanOrEqual(BigInt(now - DAY_MS));
    keeper.stop();
    const again = await keeperOf({ age: DAY_MS }, kept);
    expect(again.keeper.keptFrom(NEWS)).toBe(from);
  });

  it('removes the oldest of what is too much, and nothing while it is not', async () => {
    const { keeper, clock, events, write, texts } = await keeperOf({ bytes: 100 });
    const now = clock.now();
    for (let at = 0; at < 10; at += 1) await write(now + at, `message ${at}!`);
    await keeper.look();
    expect(await texts()).toHaveLength(10);
    expect(events).toEqual([]);
    await write(now + 10, 'message 10');
    await keeper.look();
    expect(await texts()).toEqual(
      Array.from({ length: 9 }, (_, at) => (at < 8 ? `message ${at + 2}!` : 'message 10')),
    );
    expect(events).toEqual(['raised', 'expired']);
    keeper.stop();
  });

  it('does nothing without limits', async () => {
    const { keeper, write, texts } = await keeperOf({});
    await write(1, 'ancient');
    await keeper.look();
    expect(await texts()).toEqual(['ancient']);
    expect(keeper.keptFrom(NEWS)).toBeUndefined();
  });
});
