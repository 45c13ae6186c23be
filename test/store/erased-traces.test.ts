import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Engine } from '../../main/store/engine.ts';
import { openEngine } from '../../main/store/engine.ts';
import { nodeFileSystem } from '../../main/store/file-backend/index.ts';
import type { StoreNotice } from '../../main/store/index.ts';
import { storeFiles } from '../../main/store/store-files.ts';
import { testFolder } from './folder.ts';
import { KEY, openTestStore } from './open.ts';
import { added, deletionOf, entry, GROUP, message, messageId } from './samples.ts';

const FILES = ['messages.db', 'messages.db-wal', 'messages.db-journal'];

/** Which of `needles` is in a file of the unencrypted store. */
function traces(folder: string, needles: readonly Uint8Array[]): string[] {
  return FILES.flatMap((name) => {
    const path = join(folder, name);
    if (!existsSync(path)) return [];
    const content = readFileSync(path);
    return needles.flatMap((needle, at) =>
      content.includes(Buffer.from(needle)) ? [`${at} in ${name}`] : [],
    );
  });
}

function engineIn(folder: string): Promise<Engine> {
  const options = { files: storeFiles(folder), key: undefined, fileSystem: nodeFileSystem };
  return openEngine({ ...options, onNotice: () => undefined, now: () => 0 });
}

/** Some sixteen bytes of a body, from its beginning, its middle and its end. */
function parts(body: Uint8Array): Uint8Array[] {
  const middle = Math.floor(body.byteLength / 2);
  return [body.subarray(0, 16), body.subarray(middle, middle + 16), body.subarray(-16)];
}

/** A word of its own for each text, in several scripts. */
const word = (at: number): string =>
  [`Wörterbuch${at}q`, `словарь${at}щ`, `日本語${at}字`, `zebra${at}fish`][at % 4] ?? '';
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function fill(store: Engine, count: number): Uint8Array[] {
  const bodies = Array.from({ length: count }, (_, at) => randomBytes(40 + ((at * 577) % 3_000)));
  for (let at = 0; at < count; at += 50) {
    const some = bodies.slice(at, at + 50).map((body, offset) => added(at + offset, { body }));
    store.commit({ addMessages: some });
    store.conversations.apply({
      putEntries: some.map((_, offset) =>
        entry(at + offset, `about ${word(at + offset)} and so on`),
      ),
      projectedThrough: at,
    });
    store.conversations.index.advance({ entries: 50, milliseconds: Infinity });
  }
  return bodies;
}

test('of a deleted text and its sealed body no bytes are left in any file, the search index and the log included', async () => {
  const folder = testFolder();
  const store = await engineIn(folder);
  const count = 600;
  const bodies = fill(store, count);
  const isGone = (at: number): boolean => at % 3 === 1;
  const gone = bodies.flatMap((_, at) => (isGone(at) ? [at] : []));
  // In random order, so that their pages are split and filled anew.
  const edits = gone.flatMap((at) => [at, at + 10_000]);
  for (const at of edits.toSorted((one, other) => (messageId(one) < messageId(other) ? -1 : 1))) {
    const { author, writtenAt } = entry(at, '');
    const said = { order: 1_000 + at, eventId: messageId(`edit ${at}`), author, writtenAt };
    const text = `reworded ${word(50_000 + at)}. `.repeat(1 + (at % 40));
    store.conversations.apply({
      edits: [{ ...said, target: messageId(at % 10_000), text }],
      projectedThrough: 2_000,
    });
  }
  const needles = [
    ...gone.flatMap((at) => parts(bodies[at] ?? new Uint8Array())),
    ...gone.map((at) => utf8(word(at))),
    ...edits.map((at) => utf8(word(50_000 + at))),
  ];
  expect(traces(folder, needles).length).toBeGreaterThanOrEqual(needles.length);

  for (const at of gone) {
    const said = { order: 3_000 + at, eventId: messageId(`deletion ${at}`) };
    store.conversations.apply({
      deletions: [deletionOf(at, said)],
      projectedThrough: 3_000 + at,
    });
    const { id, timestamp } = message(at);
    store.commit({ tombstone: [{ id, timestamp, groupId: GROUP }] });
  }
  expect(store.traces.areLeft).toBe(true);
  store.eraseTraces();
  expect(store.traces.areLeft).toBe(false);
  expect(traces(folder, needles)).toEqual([]);
  // What stays is found as before, and nothing is damaged.
  const { hits } = store.conversations.search({ text: word(3), limit: 9 });
  expect(hits.map((hit) => hit.entry.id)).toEqual([messageId(3)]);
  expect(store.messages.read([messageId(3)]).get(messageId(3))?.body).toEqual(
    Uint8Array.from(bodies[3] ?? []),
  );
  expect(store.check(true)).toEqual([]);
  store.close();
  expect(traces(folder, needles)).toEqual([]);
}, 60_000);

test.each([
  ['plain', undefined],
  ['encrypted', KEY],
])(
  'traces are erased while the store is idle, also those that a crash left, %s',
  async (_, key) => {
    const folder = testFolder();
    const crashed = testFolder();
    const before = await openTestStore({ folder, key });
    await before.sync.commit({ addMessages: [added(1, { body: randomBytes(500) }), added(2)] });
    const { id, timestamp } = message(1);
    await before.sync.commit({ tombstone: [{ id, timestamp, groupId: GROUP }] });
    cpSync(folder, crashed, { recursive: true, filter: (path) => !path.endsWith('lock') });

    const log = join(crashed, 'messages.db-wal');
    const emptied = Promise.withResolvers<Buffer>();
    let descriptor: number | undefined;
    const fileSystem = {
      ...nodeFileSystem,
      open(file: string, options: { readonly create: boolean; readonly exclusive: boolean }) {
        const opened = nodeFileSystem.open(file, options);
        if (file === log) descriptor = opened;
        return opened;
      },
      truncate(file: number, size: number) {
        // What is given back to the disk was overwritten before.
        if (file === descriptor) emptied.resolve(readFileSync(log));
        nodeFileSystem.truncate(file, size);
      },
    };
    const notices: StoreNotice[] = [];
    const onNotice = (notice: StoreNotice): void => void notices.push(notice);
    const store = await openTestStore({ folder: crashed, key, fileSystem, idleMs: 1, onNotice });
    expect((await store.stats()).messages).toBe(2);
    const overwritten = await emptied.promise;
    expect(overwritten.byteLength).toBeGreaterThan(4_096);
    expect(overwritten.every((byte) => byte === 0)).toBe(true);

    // A crash after that loses nothing, and is not taken for a log that somebody took away.
    await store.sync.commit({ addMessages: [added(3)] });
    const again = testFolder();
    cpSync(crashed, again, { recursive: true, filter: (path) => !path.endsWith('lock') });
    const after = await openTestStore({ folder: again, key, onNotice });
    expect([...(await after.sync.messages.read([1, 2, 3].map(messageId))).keys()]).toEqual(
      [2, 3].map(messageId),
    );
    expect(notices).toEqual([]);
  },
);
