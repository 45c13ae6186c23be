import type { CallableTable, StoreMethod } from './callable.ts';
import { isUrgent } from './callable.ts';
import type { Engine } from './engine.ts';
import { StoreClosedError, StoreDamagedError } from './errors.ts';
import { IdleCheck } from './idle-check.ts';
import { IdleCheckpoint } from './idle-checkpoint.ts';
import { IdleErasure } from './idle-erasure.ts';
import { IndexUpkeep } from './index-upkeep.ts';
import { TurnBudget } from './turn-budget.ts';

/** One request to the engine, in whichever thread it lives. */
export type StoreCall =
  | { readonly table: CallableTable; readonly method: string; readonly args: readonly unknown[] }
  | { readonly table: 'store'; readonly method: StoreMethod; readonly args: readonly unknown[] };

/** Calls that come in numbers and whose messages are indexed later. */
const WRITING: ReadonlySet<string> = new Set([
  'store.commit',
  'store.commitProjected',
  'conversations.apply',
  // The sender of a backlog reads as fast as the other side stores.
  'records.backlog',
]);

/** Runs calls on the engine, long ones in steps, and upkeep in between. */
export class StoreService {
  readonly #engine: Engine;
  readonly #turn = new TurnBudget();
  readonly #idleCheck: IdleCheck;
  readonly #idleCheckpoint: IdleCheckpoint;
  readonly #idleErasure: IdleErasure;
  readonly #indexUpkeep: IndexUpkeep;
  #isClosed = false;
  /** While it is there, the engine is nobody else's: see `Engine.compact`. */
  #exclusive: Promise<unknown> | undefined;
  /** Maintenance runs one at a time. */
  #maintenance: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine, idleMs?: number) {
    this.#engine = engine;
    this.#idleCheck = new IdleCheck(engine, idleMs);
    this.#idleCheckpoint = new IdleCheckpoint(engine, idleMs);
    const isFree = (): boolean => !this.#exclusive;
    // An index that still grows would have to be merged twice.
    const isToErase = (): boolean => isFree() && engine.conversations.index.unindexed() === 0;
    this.#idleErasure = new IdleErasure(engine, isToErase, idleMs);
    this.#indexUpkeep = new IndexUpkeep(engine, {
      isFree,
      isAwaited: () => this.#turn.isAwaited,
    });
  }

  async call({ table, method, args }: StoreCall): Promise<unknown> {
    const urgent = isUrgent(table, method);
    await this.#turn.room(urgent === true);
    while (this.#exclusive) await this.#exclusive;
    if (this.#isClosed) throw new StoreClosedError('The store is closed.');
    try {
      if (table === 'store') return await this.#callStore(method, args);
      if (urgent === undefined) throw new TypeError(`the store has no ${table}.${method}`);
      const part: object = this.#engine[table];
      const found: unknown = Reflect.get(part, method);
      if (typeof found !== 'function') throw new TypeError(`the store has no ${table}.${method}`);
      return Reflect.apply(found, part, args) as unknown;
    } catch (error) {
      if (error instanceof StoreDamagedError) this.#engine.reportDamage();
      throw error;
    } finally {
      this.#idleCheck.restart();
      this.#idleCheckpoint.restart();
      this.#idleErasure.restart();
      this.#indexUpkeep.called(WRITING.has(`${table}.${method}`));
    }
  }

  async #callStore(method: StoreMethod, args: readonly unknown[]): Promise<unknown> {
    const engine = this.#engine;
    switch (method) {
      case 'commit':
        return engine.commit(args[0] as Parameters<Engine['commit']>[0]);
      case 'commitProjected': {
        const [changes, projection] = args as Parameters<Engine['commitProjected']>;
        return engine.commitProjected(changes, projection);
      }
      case 'stats':
        return engine.stats();
      case 'check':
        return this.#maintain(async () => engine.check(args[0] === true));
      case 'compact':
        return this.#maintain(() => this.#alone(() => engine.compact()));
      case 'rekey':
        return this.#maintain(() => this.#alone(() => engine.rekey(args[0] as Uint8Array)));
      case 'backup':
        return this.#maintain(() => this.#backUp(String(args[0]), args[1] as Uint8Array));
      case 'close':
        this.#isClosed = true;
        this.#idleCheck.stop();
        this.#idleCheckpoint.stop();
        this.#idleErasure.stop();
        this.#indexUpkeep.stop();
        await this.#maintenance.catch(() => undefined);
        engine.close();
    }
    return undefined;
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    const working = work();
    this.#exclusive = working.catch(() => undefined);
    try {
      await working;
    } finally {
      this.#exclusive = undefined;
    }
  }

  #maintain<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#maintenance.then(work);
    this.#maintenance = result.catch(() => undefined);
    return result;
  }

  async #backUp(path: string, key: Uint8Array): Promise<void> {
    const backup = this.#engine.startBackup(path, key);
    try {
      while (!backup.step()) {
        await nextTurn();
        if (this.#isClosed) throw new StoreClosedError('The store was closed during a backup.');
      }
    } catch (error) {
      backup.cancel();
      throw error;
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
