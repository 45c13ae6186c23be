import { setImmediate } from 'node:timers/promises';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { StoreNotice } from '../../main/store/index.ts';
import { openStore } from '../../main/store/index.ts';
import { SeededRandom } from '../simulator/random.ts';
import { batch, batchesIn } from './batches.ts';
import { testFolder } from './folder.ts';
import { entry } from './samples.ts';
import type { DiskChange } from './recording-file-system.ts';
import { folderOf, recordingFileSystem } from './recording-file-system.ts';

/** A disk writes sectors of this size whole or not at all. */
const SECTOR_BYTES = 512;
const BODY_BYTES_MAX = 3_000;
const BATCH_MESSAGES_MAX = 12;
const COMMITS = 220;
/** Commits after which the store is left alone until it has moved its log into the database. */
const CHECKPOINT_EVERY = 25;
/** Without a call for this long the store is taken to be idle, milliseconds. */
const IDLE_MS = 5;
/** The store is written anew, and closed and opened, at some of them. */
const COMPACT_EVERY = 70;
const REOPEN_EVERY = 90;
/** More pages than are written to the log at once, over whatever torn frames lie there. */
const LARGE_BATCH = 100;

/** What was recorded of one run of a store. */
export interface Recording {
  readonly changes: readonly DiskChange[];
  readonly key: Uint8Array | undefined;
}

/** What came of the images of a recording. */
export interface Outcome {
  readonly images: number;
  /** In which something acknowledged was missing, in words. */
  readonly losses: readonly string[];
  /** In which the store was damaged or would not go on, in words. */
  readonly damages: readonly string[];
}

/** Runs a store through commits, checkpoints, a compaction and a reopening, and notes what it does to the disk. */
export async function record(seed: number, key: Uint8Array | undefined): Promise<Recording> {
  const random = new SeededRandom(seed);
  const folder = testFolder();
  const changes: DiskChange[] = [];
  const fileSystem = recordingFileSystem(changes);
  const open = () => openStore({ inThread: false, folder, key, fileSystem, idleMs: IDLE_MS });
  let store = await open();
  try {
    for (let count = 1; count <= COMMITS; count += 1) {
      const size = 1 + random.below(BATCH_MESSAGES_MAX);
      const addMessages = batch(`${count}`, size, random.below(BODY_BYTES_MAX));
      await store.sync.commit({ addMessages });
      changes.push({ kind: 'acknowledged', batch: `${count}` });
      // What can be made again is not waited for, so its frames lie in the log among others that were synchronized.
      const putEntries = [entry(count, `about ${count}`)];
      await store.conversations.apply({ putEntries, projectedThrough: count });
      if (count % CHECKPOINT_EVERY === 0) {
        const before = changes.length;
        while (changes.length === before) await setImmediate();
      }
      if (count % COMPACT_EVERY === 0) await store.compact();
      if (count % REOPEN_EVERY === 0) {
        await store.close();
        store = await open();
      }
    }
  } finally {
    await store.close();
  }
  return { changes, key };
}

/**
 * Cuts the power `images` times at random moments of a recording, each time losing some of what was not synchronized, and
 * opens what the disk then holds.
 * @param ignoreSyncs as if the disk did nothing when told to synchronize a file: must lose something, or this is no test
 */
export async function cutPower(
  { changes, key }: Recording,
  images: number,
  seed: number,
  ignoreSyncs = false,
): Promise<Outcome> {
  const random = new SeededRandom(seed);
  const losses: string[] = [];
  const damages: string[] = [];
  for (let image = 0; image < images; image += 1) {
    const about = `seed ${seed}, image ${image}`;
    const cut = random.below(changes.length + 1);
    const done = changes.slice(0, cut);
    const folder = join(testFolder(), 'store');
    mkdirSync(folder);
    for (const [name, content] of diskAfter(done, random, ignoreSyncs)) {
      writeFileSync(join(folder, name), content);
    }
    const acknowledged = done.flatMap((it) => (it.kind === 'acknowledged' ? [it.batch] : []));
    try {
      const held = await reopened(folder, key);
      const isPrefix = acknowledged.every((name, index) => held[index] === name);
      if (!isPrefix) losses.push(`${about}: ${held.length} of ${acknowledged.length} batches`);
    } catch (error) {
      damages.push(`${about}: ${String(error)}`);
    }
  }
  return { images, losses, damages };
}

/** The batches in a store that must be sound, not set aside, and able to go on. */
async function reopened(folder: string, key: Uint8Array | undefined): Promise<string[]> {
  const notices: StoreNotice[] = [];
  const store = await openStore({
    inThread: false,
    folder,
    key,
    onNotice: (notice) => notices.push(notice),
  });
  try {
    if (notices[0] !== undefined) throw new Error(notices[0].message);
    const held = await batchesIn(store);
    const through = await store.conversations.projectedThrough();
    // A projection of what is lost could not be made up for.
    if (through > held.length) throw new Error(`${through} projected, ${held.length} held`);
    await store.sync.commit({ addMessages: batch('after', LARGE_BATCH, BODY_BYTES_MAX) });
    const after = await batchesIn(store);
    if (after.length !== held.length + 1) throw new Error('a commit after it was lost');
    const problems = await store.check(true);
    if (problems.length > 0) throw new Error(problems.join('; '));
    return held;
  } finally {
    await store.close();
  }
}

/** A file's content on the medium, and what was done to it since in the disk's cache. */
interface SimulatedFile {
  content: Content;
  pending: DiskChange[];
}

/** Files by name as a disk holds them that lost its power after `changes`. */
function diskAfter(
  changes: readonly DiskChange[],
  random: SeededRandom,
  ignoreSyncs: boolean,
): Map<string, Uint8Array> {
  const files = new Map<number, SimulatedFile>();
  const entries = new Map<string, number>();
  let pendingEntries: DiskChange[] = [];
  for (const change of changes) {
    if (change.kind === 'create') files.set(change.file, { content: new Content(), pending: [] });
    if (folderOf(change) !== undefined) pendingEntries.push(change);
    if (change.kind === 'sync folder') {
      for (const pending of pendingEntries) applyEntry(entries, pending);
      pendingEntries = [];
    }
    if (change.kind === 'write' || change.kind === 'truncate') {
      files.get(change.file)?.pending.push(change);
    }
    if (change.kind === 'sync' && !ignoreSyncs) {
      const file = files.get(change.file);
      for (const pending of file?.pending ?? []) file?.content.apply(pending);
      if (file !== undefined) file.pending = [];
    }
  }
  // A file system with a journal makes changes of folders durable in their order, so that a beginning of them is there.
  const kept = pendingEntries.slice(0, random.below(pendingEntries.length + 1));
  for (const pending of kept) applyEntry(entries, pending);
  const disk = new Map<string, Uint8Array>();
  const lose = random.pick([keepNothing, keepBeginning, keepSome]);
  for (const [path, number] of entries) {
    const file = files.get(number);
    if (file === undefined) continue;
    lose(file, random);
    disk.set(basename(path), file.content.bytes());
  }
  return disk;
}

function applyEntry(entries: Map<string, number>, change: DiskChange): void {
  if (change.kind === 'create') entries.set(change.path, change.file);
  if (change.kind === 'unlink') entries.delete(change.path);
  if (change.kind !== 'rename') return;
  const file = entries.get(change.from);
  entries.delete(change.from);
  if (file !== undefined) entries.set(change.to, file);
  if (dirname(change.from) !== dirname(change.to)) throw new Error('moved between folders');
}

function keepNothing(): void {
  // All that was only in the cache is gone.
}

function keepBeginning({ content, pending }: SimulatedFile, random: SeededRandom): void {
  const kept = random.below(pending.length + 1);
  for (const change of pending.slice(0, kept)) content.apply(change);
  const torn = pending[kept];
  if (torn !== undefined) content.tear(torn, random);
}

/** Each change is kept, torn or lost, whatever became of those before it. */
function keepSome({ content, pending }: SimulatedFile, random: SeededRandom): void {
  for (const change of pending) {
    const fate = random.below(3);
    if (fate === 0) content.apply(change);
    if (fate === 1) content.tear(change, random);
  }
}

/** Bytes that grow. */
class Content {
  #room = Buffer.alloc(0);
  #size = 0;

  apply(change: DiskChange): void {
    if (change.kind === 'write') this.#write(change.data, change.at);
    if (change.kind !== 'truncate') return;
    if (change.size < this.#size) this.#room.fill(0, change.size, this.#size);
    this.#grow(change.size);
    this.#size = change.size;
  }

  /** Keeps some sectors of a write. */
  tear(change: DiskChange, random: SeededRandom): void {
    if (change.kind !== 'write') return;
    const { data, at } = change;
    for (let done = 0; done < data.length;) {
      const end = Math.min(data.length, done + SECTOR_BYTES - ((at + done) % SECTOR_BYTES));
      if (random.chance(0.5)) this.#write(data.subarray(done, end), at + done);
      done = end;
    }
  }

  bytes(): Uint8Array {
    return this.#room.subarray(0, this.#size);
  }

  #write(data: Uint8Array, at: number): void {
    this.#grow(at + data.length);
    this.#room.set(data, at);
    this.#size = Math.max(this.#size, at + data.length);
  }

  #grow(size: number): void {
    if (size <= this.#room.length) return;
    const larger = Buffer.alloc(size * 2);
    this.#room.copy(larger);
    this.#room = larger;
  }
}
