import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { FileSystem } from '../../main/store/file-backend/index.ts';
import { nodeFileSystem } from '../../main/store/file-backend/index.ts';
import type { StoreNotice } from '../../main/store/index.ts';
import { openStore } from '../../main/store/index.ts';
import { SeededRandom } from '../simulator/random.ts';
import { batch, batchesIn } from './batches.ts';
import { testFolder } from './folder.ts';
import { outsideSqliteText, outsideVerdict } from './outside-sqlite.ts';

const DATABASE = 'messages.db';
const SESSION = 'messages.db.session';
const LOG = 'messages.db-wal';
/** Below a page, so that no message has pages of its own, which SQLite's checks do not look into. */
const BODY_BYTES = 1_500;
const BATCH_MESSAGES = 10;
const LOG_BATCHES = 160;
/** After these the log is moved into the database, and begun again over its old content. */
const MOVED_BATCHES = 120;
const IDLE_MS = 20;
const DATABASE_BATCHES = 20;
const GARBLED_BYTES_MAX = 6_000;
const PAGE_BYTES = 4_096;
/** More pages than are written to the log at once, over whatever torn frames lie there. */
const LARGE_BATCH = 100;

export interface Crashed {
  readonly folder: string;
  readonly batches: readonly string[];
  /** Bytes of the log, up to its last commit. */
  readonly logSizes: readonly number[];
}

/** Cuts or garbles the log: what is left is always a prefix of the commits, in a sound store. */
export async function tornLogRounds(
  rounds: number,
  seed: number,
  key: Uint8Array | undefined,
): Promise<void> {
  const random = new SeededRandom(seed);
  const short = await crashedStore(key, DATABASE_BATCHES);
  const long = await crashedStore(key, LOG_BATCHES, MOVED_BATCHES);
  const moved = await movedIntoDatabase(long, key);
  expect(moved).toBeGreaterThan(0);
  let verdicts = 0;
  for (let round = 0; round < rounds; round += 1) {
    const about = `seed ${seed}, round ${round}`;
    const { folder, batches, logSizes } = random.chance(0.5) ? short : long;
    const torn = copyOf(folder);
    const bytes = readFileSync(join(torn, LOG));
    const { left, intactBytes } = damaged(bytes, random);
    writeFileSync(join(torn, LOG), left);
    if (key === undefined && outsideVerdict(torn) !== undefined) {
      expect(outsideVerdict(torn), about).toBe('ok');
      verdicts += 1;
    }
    const notices: StoreNotice[] = [];
    const store = await openStore({
      inThread: false,
      folder: torn,
      key,
      onNotice: (it) => notices.push(it),
    });
    try {
      const held = await batchesIn(store);
      expect(held, about).toEqual(batches.slice(0, held.length));
      // The opening was committed first: where even that is gone, more than a torn end is missing, and a person is told.
      const isTold = intactBytes < (logSizes[0] ?? 0) && notices.length > 0;
      expect(
        notices.map(({ kind }) => kind),
        about,
      ).toEqual(isTold ? ['older'] : []);
      if (folder === short.folder && held.length > 0) expect(notices, about).toEqual([]);
      // Every commit that ended before the damage; once the log was begun again, those that were moved before.
      const least =
        folder === short.folder ? logSizes.filter((size) => size <= intactBytes).length : moved;
      expect(held.length, about).toBeGreaterThanOrEqual(least);
      await store.sync.commit({ addMessages: batch('after', LARGE_BATCH, BODY_BYTES) });
      expect(await batchesIn(store), about).toEqual([...held, 'after']);
      expect(await store.check(true), about).toEqual([]);
    } finally {
      await store.close();
    }
  }
  const kind = key === undefined ? outsideSqliteText(verdicts) : 'encrypted';
  console.log(`${rounds} torn logs, seed ${seed}: each a prefix of the commits; ${kind}`);
}

/** Garbles the database: it is set aside as it is and a person is told, or the damage was where nothing lies. */
export async function garbledDatabaseRounds(
  rounds: number,
  seed: number,
  key: Uint8Array | undefined,
): Promise<void> {
  const random = new SeededRandom(seed);
  const { folder, batches } = await closedStore(key);
  let setAside = 0;
  for (let round = 0; round < rounds; round += 1) {
    const about = `seed ${seed}, round ${round}`;
    const garbled = copyOf(folder);
    const path = join(garbled, DATABASE);
    const bytes = readFileSync(path);
    const kind = garbleDatabase(bytes, random, key !== undefined);
    writeFileSync(path, bytes);
    const notices: StoreNotice[] = [];
    const store = await openStore({
      inThread: false,
      folder: garbled,
      key,
      onNotice: (it) => notices.push(it),
    });
    try {
      const [notice] = notices;
      if (notice === undefined) {
        expect(kind, about).toBe('header');
        expect(await batchesIn(store), about).toEqual(batches);
        continue;
      }
      setAside += 1;
      expect(notice.path, about).toMatch(/messages\.db\.[a-z]+-\d{4}-\d\d-\d\dT[\d-]+$/);
      expect(notice.message, about).toContain(notice.path);
      expect(readFileSync(notice.path).equals(bytes), about).toBe(true);
      expect(await store.sync.messages.count(), about).toBe(0);
      await store.sync.commit({ addMessages: batch('after', BATCH_MESSAGES, BODY_BYTES) });
      expect(readFileSync(notice.path).equals(bytes), about).toBe(true);
    } finally {
      await store.close();
    }
  }
  console.log(
    `${rounds} garbled databases, seed ${seed}: ${setAside} set aside, the rest unharmed`,
  );
}

/** A store as the end of its process leaves it, with a log. */
export async function crashedStore(
  key: Uint8Array | undefined,
  count: number,
  movedAfter = count,
): Promise<Crashed> {
  const folder = testFolder();
  const log = loggedFileSystem();
  const store = await openStore({
    ...{ inThread: false, folder, key, fileSystem: log.fileSystem },
    ...(movedAfter < count && { idleMs: IDLE_MS }),
  });
  try {
    const batches: string[] = [];
    const logSizes: number[] = [];
    for (let index = 0; index < count; index += 1) {
      batches.push(`${index}`);
      await store.sync.commit({ addMessages: batch(`${index}`, BATCH_MESSAGES, BODY_BYTES) });
      logSizes.push(log.end());
      if (index === movedAfter) await log.moved();
    }
    return { folder: copyOf(folder), batches, logSizes };
  } finally {
    await store.close();
  }
}

interface LoggedFileSystem {
  readonly fileSystem: FileSystem;
  /** Where the last frame of the log ends: the log itself goes on from there, in zeros. */
  readonly end: () => number;
  /** Resolves when something is moved from the log into the database. */
  readonly moved: () => Promise<void>;
}

function loggedFileSystem(): LoggedFileSystem {
  let end = 0;
  let log: number | undefined;
  let onMoved = (): void => undefined;
  return {
    end: () => end,
    moved: () => new Promise((resolve) => (onMoved = resolve)),
    fileSystem: {
      ...nodeFileSystem,
      open(path, options) {
        const descriptor = nodeFileSystem.open(path, options);
        if (path.endsWith(LOG)) log = descriptor;
        return descriptor;
      },
      write(descriptor, source, at) {
        const written = nodeFileSystem.write(descriptor, source, at);
        if (descriptor === log && source.some((byte) => byte !== 0)) end = at + written;
        return written;
      },
      sync(descriptor) {
        nodeFileSystem.sync(descriptor);
        if (descriptor !== log) onMoved();
      },
    },
  };
}

async function closedStore(key: Uint8Array | undefined): Promise<Crashed> {
  const crashed = await crashedStore(key, DATABASE_BATCHES);
  await (await openStore({ inThread: false, folder: crashed.folder, key })).close();
  return crashed;
}

/** How many commits the database holds without its log. */
async function movedIntoDatabase({ folder }: Crashed, key: Uint8Array | undefined) {
  const copy = copyOf(folder);
  writeFileSync(join(copy, LOG), '');
  const store = await openStore({ inThread: false, folder: copy, key });
  try {
    return (await batchesIn(store)).length;
  } finally {
    await store.close();
  }
}

function copyOf(folder: string): string {
  const copy = join(testFolder(), 'store');
  mkdirSync(copy);
  for (const name of [DATABASE, LOG, SESSION]) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
  }
  return copy;
}

/** A log with its end cut off, or a part of it overwritten. `intactBytes`: all before it is as it was. */
function damaged(bytes: Buffer, random: SeededRandom): { left: Buffer; intactBytes: number } {
  const at = random.below(bytes.length);
  if (random.chance(0.4)) return { left: bytes.subarray(0, at), intactBytes: at };
  const end = Math.min(bytes.length, at + 1 + random.below(GARBLED_BYTES_MAX));
  const garbage = random.chance(0.5) ? random.bytes(end - at) : new Uint8Array(end - at);
  bytes.set(garbage, at);
  return { left: bytes, intactBytes: at };
}

/**
 * Overwrites a part of a database. Every byte of an encrypted page is authenticated; in a plain one a changed letter is
 * no damage that SQLite could know of, so that a whole page goes, or a part of the header, some of which means nothing.
 */
function garbleDatabase(bytes: Buffer, random: SeededRandom, isSealed: boolean) {
  const pages = Math.floor(bytes.length / PAGE_BYTES);
  const isHeader = random.chance(0.3);
  const headerBytes = isSealed ? PAGE_BYTES : 100;
  const first = isSealed ? PAGE_BYTES : 0;
  if (isHeader) {
    const at = random.below(headerBytes);
    const length = Math.min(headerBytes - at, 1 + random.below(isSealed ? 2_000 : 8));
    bytes.set(random.bytes(length), at);
    return 'header';
  }
  if (isSealed) {
    const at = first + random.below(bytes.length - first);
    const length = Math.min(bytes.length - at, 1 + random.below(GARBLED_BYTES_MAX));
    // No byte stays as it was.
    for (let index = at; index < at + length; index += 1) {
      bytes[index] = (bytes[index] ?? 0) ^ (1 + random.below(255));
    }
    return 'pages';
  }
  bytes.set(random.bytes(PAGE_BYTES), random.below(pages) * PAGE_BYTES);
  return 'pages';
}
