import { expect, test } from 'vitest';
import {
  ErasureAdmission,
  ERASURE_ENTRIES_PER_SIGNER_MAX,
} from '../../main/device/admission/erasure-admission.ts';
import { ErasureLog, WAIT_MS } from '../../main/device/erasure/erasure-log.ts';
import {
  addDevice,
  conversationGroup,
  createDeviceList,
  deviceListOf,
  erasureGroup,
  listIdOfEntry,
  removeDevice,
} from '../../main/identity/device-list.ts';
import { parseErasureEntry, signErasureEntry } from '../../main/identity/erasure-entry.ts';
import type { SigningKeys } from '../../main/identity/keys.ts';
import type { Message, MessageId } from '../../main/mvds/types.ts';
import { entryOf, LIST } from '../fuzz/erasure-entries.ts';
import { keysOf } from '../helpers/identities.ts';
import { messageOf } from '../helpers/made-messages.ts';
import { openTestStore } from '../store/open.ts';
import { deletionOf, entry } from '../store/samples.ts';

const [A, B, BOX] = [keysOf(1), keysOf(2), keysOf(3)];
const created = createDeviceList(A, { name: 'A', system: '', at: 1 });
const id = listIdOfEntry(created) ?? LIST;
const addedB = addDevice(A, id, [created], { peerId: B.peerId, name: 'B', system: '', at: 2 });
const addedBox = addDevice(A, id, [created, addedB], {
  ...{ peerId: BOX.peerId, name: 'Box', system: '', role: 'mailbox', at: 3 },
});
const WITH_B = [created, addedB, addedBox];
const WITHOUT_B = [...WITH_B, removeDevice(A, id, WITH_B, { peerId: B.peerId, at: 4 })];
const TEXTS = conversationGroup(id);
const LOG = erasureGroup(id);

const text = (at: number): Message => messageOf(TEXTS, BigInt(at), Buffer.from(`text ${at}`));

/** One device's half of it, over a store of its own. */
async function device(keys: SigningKeys) {
  const store = await openTestStore();
  const { sync } = store;
  const put = async (...messages: Message[]): Promise<void> => {
    const addMessages = messages.map((message) => {
      return { message, delivered: true, source: undefined };
    });
    await sync.commit({ addMessages });
  };
  let now = 1_000_000;
  let entries = WITH_B;
  const log = new ErasureLog({
    ...{ keys, erasures: store.erasures, messages: sync.messages },
    clock: { now: () => now, schedule: () => () => undefined },
    list: () => deviceListOf(id, entries),
    group: () => TEXTS,
    append: (group, at, body) => put(messageOf(group, at, body)),
    tombstone: async (tombstones) => {
      await sync.commit({ tombstone: tombstones });
    },
    onStored: () => undefined,
    hasRoom: () => true,
    run: () => undefined,
  });
  return {
    log,
    put,
    pass: (ms: number) => (now += ms),
    removeB: () => (entries = WITHOUT_B),
    /** The texts are erased here, since somebody deleted them. */
    async erase(by: SigningKeys, ...texts: Message[]) {
      for (const one of texts) {
        const said = { order: 1, eventId: one.id };
        const deletion = { ...deletionOf(one.id, said), target: one.id, author: by.peerId };
        const putEntries = [entry('text', 'text', { id: one.id })];
        await store.conversations.apply({ putEntries, projectedThrough: 1 });
        await store.conversations.apply({ deletions: [deletion], projectedThrough: 2 });
      }
      await sync.commit({ tombstone: texts });
      await store.erasures.done(
        texts.map((one) => one.id),
        now,
      );
    },
    held: async (ids: readonly MessageId[]) => [...(await sync.messages.read(ids)).keys()],
    known: async (ids: readonly MessageId[]) => [...(await sync.messages.headers(ids)).keys()],
    async listed() {
      const all = await sync.messages.arrivedAfter(0, 100, [LOG]);
      return all.map(({ body }) => parseErasureEntry(body)?.positions.map((one) => one.id) ?? []);
    },
    keepsText: async (one: Message) => {
      await store.conversations.apply({
        putEntries: [entry('kept', 'text', { id: one.id })],
        projectedThrough: 1,
      });
    },
  };
}

function listing(keys: SigningKeys, ...texts: Message[]): Message {
  const body = signErasureEntry(keys, { listId: id, groupId: TEXTS, positions: texts, at: 7 });
  return messageOf(LOG, 7n, body);
}

test('a device lists at once what was deleted on it, and what others deleted only where nobody did for hours', async () => {
  const a = await device(A);
  const [own, other, listed] = [text(1), text(2), text(3)];
  await a.put(own, other, listed, listing(B, listed));
  await a.erase(A, own);
  await a.erase(B, other, listed);
  await a.log.start();
  expect(await a.listed()).toEqual([[listed.id], [own.id]]);
  a.pass(WAIT_MS - 1);
  await a.log.list();
  expect(await a.listed()).toHaveLength(2);
  a.pass(WAIT_MS);
  await a.log.list();
  await a.log.list();
  expect(await a.listed()).toEqual([[listed.id], [own.id], [other.id]]);
});

test('what a device listed that was removed since is listed once more, for its own entry counts no longer', async () => {
  const a = await device(A);
  const listed = text(1);
  await a.put(listed, listing(B, listed));
  await a.erase(B, listed);
  await a.log.start();
  a.pass(3 * WAIT_MS);
  await a.log.list();
  expect(await a.listed()).toHaveLength(1);
  a.removeB();
  await a.log.list();
  expect(await a.listed()).toEqual([[listed.id], [listed.id]]);
});

test('a mailbox drops what a present device lists, and nothing that a removed one, another mailbox or it itself does', async () => {
  const box = await device(BOX);
  const texts = [1, 2, 3, 4].map(text);
  const [byA, byB, byBox, kept] = texts;
  if (!byA || !byB || !byBox || !kept) throw new Error('four texts');
  box.removeB();
  await box.put(...texts, listing(A, byA), listing(B, byB), listing(BOX, byBox));
  await box.log.start();
  expect(await box.held(texts.map((one) => one.id))).toEqual([byB.id, byBox.id, kept.id]);
  expect(await box.listed()).toHaveLength(3);
});

test('a device never loses a text to an entry, and does not ask for one that it does not hold', async () => {
  const a = await device(A);
  const [shown, missing] = [text(1), text(2)];
  await a.put(shown);
  await a.keepsText(shown);
  await a.put(listing(B, shown, missing));
  await a.log.start();
  expect(await a.held([shown.id, missing.id])).toEqual([shown.id]);
  expect(await a.known([shown.id, missing.id])).toEqual([shown.id, missing.id]);
});

test('admission takes an entry of this list, of its own time, by a device that was named, and within its quota', () => {
  const admission = new ErasureAdmission(LIST, (peer) => peer === A.peerId);
  const group = erasureGroup(LIST);
  const body = entryOf(2);
  const good = messageOf(group, 9n, body);
  expect(admission.admit(good)).toEqual({ type: 'accept' });
  expect(admission.admit(good)).toEqual({ type: 'accept' });
  expect(admission.admit(messageOf(group, 8n, body)).type).toBe('reject');
  const metadata = { parents: [good.id], ephemeral: false };
  expect(admission.admit({ ...good, metadata }).type).toBe('reject');
  expect(admission.admit(messageOf(group, 9n, entryOf(1, B))).type).toBe('hold');
  const other = new ErasureAdmission('cd'.repeat(32) as typeof LIST, () => true);
  expect(other.admit(good).type).toBe('reject');
  const forged = Buffer.from(body);
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  expect(admission.admit(messageOf(group, 9n, forged)).type).toBe('reject');

  const full = new ErasureAdmission(LIST, () => true);
  const seen = Array.from({ length: ERASURE_ENTRIES_PER_SIGNER_MAX }, (_, at) => {
    const changed = Buffer.from(body);
    // Another signature is another entry: what is stored is not checked once more.
    changed.writeUInt32LE(at, changed.length - 4);
    return changed;
  });
  full.follow(seen);
  expect(full.hasRoom(A.peerId, 1)).toBe(false);
  expect(full.hasRoom(B.peerId, 1)).toBe(true);
  expect(full.admit(messageOf(group, 9n, entryOf(3))).type).toBe('reject');
  expect(full.admit(good).type).toBe('reject');
});
