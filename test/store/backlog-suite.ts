import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SyncChanges, SyncStore } from '../../main/mvds/ports.ts';
import type { MessageId } from '../../main/mvds/types.ts';
import { added, ALICE, BOB, GROUP, groupId, messageId, record } from './samples.ts';

const OTHER = groupId('other');
const ids = (...names: (string | number)[]): MessageId[] => names.map(messageId);

function backlogOf(names: readonly (string | number)[], about: { readonly bulk?: boolean } = {}) {
  return { peerId: ALICE, groupId: GROUP, messageIds: ids(...names), sendEpoch: 1, ...about };
}

/** Message records that `due` or `backlog` give, in the order in which they are sent. */
async function toSend({ records, messages }: SyncStore): Promise<MessageId[]> {
  const due = await records.due(ALICE, 9, 1_000);
  const backlog = await records.backlog(ALICE, new Map(), 1_000_000);
  expect(backlog.hasMore).toBe(false);
  const read = await messages.read(backlog.messages.map(({ id }) => id));
  expect(backlog.messages).toEqual([...read.values()]);
  return [...due.map((each) => each.messageId), ...backlog.messages.map(({ id }) => id)];
}

const name = fc.nat(7);
const step = fc.oneof(
  fc.record({ add: name }),
  fc.record({ backlog: fc.array(name, { minLength: 1, maxLength: 5 }) }),
  fc.record({ put: name, count: fc.nat(1) }),
  fc.record({ remove: name }),
  fc.record({ tombstone: name }),
  fc.record({ clear: fc.nat(8), before: fc.option(fc.nat(8), { nil: undefined }) }),
  fc.constant({ forget: true }),
  fc.constant({ backfill: true }),
);

/** The contract in its simplest form: who is here, and what has a record. */
class Model {
  readonly held: number[] = [];
  readonly gone = new Set<number>();
  readonly records = new Set<number>();
  isCovered = false;

  apply(each: typeof step extends fc.Arbitrary<infer T> ? T : never): SyncChanges {
    if ('add' in each) {
      if (!this.held.includes(each.add)) this.held.push(each.add);
      return { addMessages: [added(each.add)] };
    }
    if ('backlog' in each) {
      for (const one of each.backlog) if (this.hasBody(one)) this.records.add(one);
      return { addBacklog: [backlogOf(each.backlog)] };
    }
    if ('put' in each) {
      this.records.add(each.put);
      return { putRecords: [record(ALICE, each.put, { sendCount: each.count })] };
    }
    if ('remove' in each) {
      this.records.delete(each.remove);
      return { removeRecords: [record(ALICE, each.remove)] };
    }
    if ('tombstone' in each) {
      const id = each.tombstone;
      if (!this.held.includes(id)) this.held.push(id);
      this.gone.add(id);
      this.records.delete(id);
      return { tombstone: [{ id: messageId(id), groupId: GROUP, timestamp: BigInt(id) }] };
    }
    if ('clear' in each) {
      const { clear: sequence, before } = each;
      for (const [at, one] of this.held.entries()) {
        if (at < sequence && (before === undefined || one < before)) this.records.delete(one);
      }
      const until = before === undefined ? {} : { before: BigInt(before) };
      return { clearRecords: [{ peerId: ALICE, groupId: GROUP, sequence, ...until }] };
    }
    if ('forget' in each) {
      this.records.clear();
      this.isCovered = false;
      return { forgetPeers: [ALICE] };
    }
    if (!this.isCovered) for (const one of this.held) if (this.hasBody(one)) this.records.add(one);
    this.isCovered = true;
    return { backfill: [{ peerId: ALICE, groupIds: [GROUP], type: 'message', sendEpoch: 1 }] };
  }

  private hasBody(one: number): boolean {
    return this.held.includes(one) && !this.gone.has(one);
  }
}

/** The backlog of every `SyncStore`, whether it is kept as ranges or as ordinary records. */
export function backlogSuite(
  label: string,
  open: () => Promise<SyncStore>,
  { numRuns = 60 }: { readonly numRuns?: number } = {},
): void {
  describe(`${label}: backlog`, () => {
    test('takes what is held and has no record, and shows as records that were never sent', async () => {
      const store = await open();
      await store.commit({
        addMessages: [added(1), added(2), added(3)],
        tombstone: [{ id: messageId('gone'), groupId: GROUP, timestamp: 7n }],
        putRecords: [record(ALICE, 2, { type: 'offer' })],
      });
      await store.commit({ addBacklog: [backlogOf([1, 2, 3, 'gone', 'unknown'])] });
      expect(await store.records.counts(ALICE)).toEqual({ offers: 1, requests: 0, messages: 2 });
      const found = await store.records.records(ALICE, ids(1, 2, 3, 'gone', 'unknown'));
      expect([...found.keys()].sort()).toEqual(ids(1, 2, 3).sort());
      const shown = { type: 'message', groupId: GROUP, sendCount: 0, peerId: ALICE };
      expect(found.get(messageId(1))).toMatchObject(shown);
      expect((await store.records.recordsAbout(ids(3)))[0]).toMatchObject(shown);
      expect(await toSend(store)).toEqual(ids(2, 1, 3));
      expect(await store.records.counts(BOB)).toEqual({ offers: 0, requests: 0, messages: 0 });
    });

    test('a record that is put takes its place, and one that is removed leaves it', async () => {
      const store = await open();
      await store.commit({ addMessages: [added(1), added(2), added(3)] });
      await store.commit({ addBacklog: [backlogOf([1, 2, 3])] });
      const sent = record(ALICE, 2, { sendCount: 1, sendEpoch: 50 });
      await store.commit({ putRecords: [sent], removeRecords: [record(ALICE, 1)] });
      expect(await store.records.counts(ALICE)).toEqual({ offers: 0, requests: 0, messages: 2 });
      expect((await store.records.records(ALICE, ids(2))).get(messageId(2))).toEqual(sent);
      expect(await toSend(store)).toEqual(ids(3));
    });

    test('what is bulk comes last, and what is passed over is not given', async () => {
      const store = await open();
      const other = { groupId: OTHER };
      await store.commit({ addMessages: [added(1, other), added(2), added(3, other), added(4)] });
      await store.commit({
        addBacklog: [{ ...backlogOf([1, 3], { bulk: true }), ...other }, backlogOf([2, 4])],
      });
      expect(await toSend(store)).toEqual(ids(2, 4, 1, 3));
      const sent = new Map([
        [GROUP, [2, 2]],
        [OTHER, [1, 2]],
      ]);
      const { messages } = await store.records.backlog(ALICE, sent, 1_000_000);
      const kept = (await store.records.backlog(ALICE, new Map(), 1_000_000)).messages.length;
      // A store without ranges gives all of it by `due`.
      expect(messages.map(({ sequence }) => sequence)).toEqual(kept === 0 ? [] : [4, 3]);
      const { messages: few, hasMore } = await store.records.backlog(ALICE, new Map(), 1);
      expect([few.length, hasMore]).toEqual(kept === 0 ? [0, false] : [1, true]);
    });

    test('leaves by intervals what is in it, once, and no ordinary record', async () => {
      const store = await open();
      await store.commit({ addMessages: [1, 2, 3, 4, 5, 6].map((n) => added(n)) });
      await store.commit({ addBacklog: [backlogOf([1, 2, 3, 4, 5, 6])] });
      const sent = record(ALICE, 2, { sendCount: 1, sendEpoch: 1 });
      await store.commit({ putRecords: [sent] });
      const kept = (await store.records.backlog(ALICE, new Map(), 1_000_000)).messages.length;
      const left = { peerId: ALICE, groupId: GROUP, intervals: [1, 3, 5, 5, 9, 2 ** 40] };
      for (let times = 0; times < 2; times += 1) {
        await store.commit({ leaveBacklog: [left, { ...left, peerId: BOB }] });
        // A store without ranges has nothing in it.
        const rest = kept === 0 ? ids(1, 2, 3, 4, 5, 6) : ids(2, 4, 6);
        expect((await toSend(store)).toSorted()).toEqual(rest.toSorted());
        const { messages } = await store.records.counts(ALICE);
        expect(messages).toBe(rest.length);
      }
    });

    test('any series of changes leaves the records of the contract', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const store = await open();
          const model = new Model();
          for (const each of steps) await store.commit(model.apply(each));
          const all = ids(...Array.from({ length: 8 }, (_, at) => at));
          const found = await store.records.records(ALICE, all);
          const expected = ids(...[...model.records].sort((a, b) => a - b));
          expect([...found.keys()].sort()).toEqual([...expected].sort());
          const counts = await store.records.counts(ALICE);
          expect(counts).toEqual({ offers: 0, requests: 0, messages: model.records.size });
          expect((await toSend(store)).sort()).toEqual([...expected].sort());
          const about = await store.records.recordsAbout(all);
          expect(about.map((each) => each.messageId).sort()).toEqual([...expected].sort());
        }),
        { numRuns },
      );
    });
  });
}
