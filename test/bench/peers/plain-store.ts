import { createHash } from 'node:crypto';
import { OrderedIds, POSITION_BYTES } from '../../../main/reconcile/index.ts';

type Callback<T> = (error: Error | null | undefined, value: T) => void;
interface Iterator {
  next(callback: (error: Error | undefined, key?: Buffer) => void): void;
  end(callback: Callback<void>): void;
}
export interface Level {
  open(options: object, callback: Callback<void>): void;
  close(callback: Callback<void>): void;
  batch(changes: readonly object[], callback: Callback<void>): void;
  getMany(keys: readonly Buffer[], callback: Callback<Buffer[]>): void;
  iterator(options: object): Iterator;
}

/** A message as the floor keeps and sends it. */
export interface PlainMessage {
  readonly at: bigint;
  readonly body: Buffer;
}

/** Messages in LevelDB under their positions (time and id), and an index of these in memory. */
export class PlainStore {
  readonly ids = new OrderedIds();
  readonly #level: Level;
  readonly #keyOf = new Map<string, Buffer>();

  private constructor(level: Level) {
    this.#level = level;
  }

  static async open(level: Level): Promise<PlainStore> {
    const store = new PlainStore(level);
    await promised((done) => level.open({ createIfMissing: true }, done));
    const iterator = level.iterator({ values: false, keyAsBuffer: true });
    const keys: Buffer[] = [];
    for (;;) {
      const key = await new Promise<Buffer | undefined>((resolve, reject) =>
        iterator.next((error, found) => (error ? reject(error) : resolve(found))),
      );
      if (!key) break;
      keys.push(key);
    }
    await promised((done) => iterator.end(done));
    store.#hold(keys);
    return store;
  }

  get size(): number {
    return this.#keyOf.size;
  }

  async add(messages: readonly PlainMessage[]): Promise<void> {
    const fresh = new Map<string, { readonly key: Buffer; readonly value: Buffer }>();
    for (const { at, body } of messages) {
      const key = positionOf(at, body);
      const id = idOf(key);
      if (!this.#keyOf.has(id)) fresh.set(id, { key, value: body });
    }
    const puts = [...fresh.values()].map((each) => ({ type: 'put', ...each }));
    await promised((done) => this.#level.batch(puts, done));
    this.#hold([...fresh.values()].map(({ key }) => key));
  }

  /** Those of the ids (in hexadecimal) that are here. */
  async read(ids: readonly string[]): Promise<PlainMessage[]> {
    const keys = ids.flatMap((id) => this.#keyOf.get(id) ?? []);
    const bodies = await promised<Buffer[]>((done) => this.#level.getMany(keys, done));
    return bodies.map((body, nth) => ({ at: keys[nth]?.readBigInt64BE() ?? 0n, body }));
  }

  close(): Promise<void> {
    return promised((done) => this.#level.close(done));
  }

  #hold(keys: readonly Buffer[]): void {
    for (const key of keys) this.#keyOf.set(idOf(key), key);
    this.ids.insertPacked(Buffer.concat(keys));
  }
}

function positionOf(at: bigint, body: Buffer): Buffer {
  const key = Buffer.alloc(POSITION_BYTES);
  key.writeBigInt64BE(at);
  createHash('sha256').update(key.subarray(0, 8)).update(body).digest().copy(key, 8);
  return key;
}

function idOf(position: Buffer): string {
  return position.toString('hex', 8);
}

function promised<T>(work: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    work((error, value) => (error ? reject(error) : resolve(value))),
  );
}
