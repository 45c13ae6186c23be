import type { Engine } from './engine.ts';
import { StoreClosedError, StoreDamagedError } from './errors.ts';
import { IdleCheck } from './idle-check.ts';

/** The parts of the engine that are called from outside, each with the methods that may be. */
const CALLABLE = {
  messages: [
    'held',
    'read',
    'arrivedAfter',
    'positions',
    'waitingFor',
    'heads',
    'count',
    'lastSequence',
  ],
  records: ['records', 'recordsAbout', 'due', 'counts', 'epoch', 'cursors'],
  conversations: [
    'projectedThrough',
    'apply',
    'clear',
    'conversations',
    'conversation',
    'conversationsNamed',
    'entries',
    'entry',
    'highestOrder',
    'search',
  ],
  settings: ['get', 'set'],
  activity: ['add', 'newest'],
  attachments: ['add', 'state', 'putChunk', 'chunk', 'missing', 'remove'],
} as const;

export type CallableTable = keyof typeof CALLABLE;

/** One request to the engine, in whichever thread it lives. */
export type StoreCall =
  | { readonly table: CallableTable; readonly method: string; readonly args: readonly unknown[] }
  | { readonly table: 'store'; readonly method: StoreMethod; readonly args: readonly unknown[] };

export type StoreMethod = 'commit' | 'stats' | 'check' | 'compact' | 'backup' | 'close';

/**
 * What calls may take of one turn of the event loop together, milliseconds. Callers that await one call after another go
 * on in microtasks, which would hold off timers, sockets and windows for as long as there is work.
 */
const TURN_BUDGET_MS = 10;

/** Runs calls on the engine, long ones in steps, and upkeep in between. */
export class StoreService {
  readonly #engine: Engine;
  readonly #turn = new TurnBudget();
  readonly #idleCheck: IdleCheck;
  #upkeep: NodeJS.Immediate | undefined;
  #isClosed = false;
  /** While it is there, the engine is nobody else's: see `Engine.compact`. */
  #exclusive: Promise<unknown> | undefined;
  /** Maintenance runs one at a time. */
  #maintenance: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine, idleMs?: number) {
    this.#engine = engine;
    this.#idleCheck = new IdleCheck(engine, idleMs);
  }

  async call({ table, method, args }: StoreCall): Promise<unknown> {
    await this.#turn.room();
    while (this.#exclusive) await this.#exclusive;
    if (this.#isClosed) throw new StoreClosedError('The store is closed.');
    try {
      if (table === 'store') return await this.#callStore(method, args);
      const names: readonly string[] = CALLABLE[table];
      if (!names.includes(method)) throw new TypeError(`the store has no ${table}.${method}`);
      const part: object = this.#engine[table];
      const found: unknown = Reflect.get(part, method);
      if (typeof found !== 'function') throw new TypeError(`the store has no ${table}.${method}`);
      return Reflect.apply(found, part, args) as unknown;
    } catch (error) {
      if (error instanceof StoreDamagedError) this.#engine.reportDamage();
      throw error;
    } finally {
      this.#idleCheck.restart();
      this.#scheduleUpkeep();
    }
  }

  async #callStore(method: StoreMethod, args: readonly unknown[]): Promise<unknown> {
    const engine = this.#engine;
    switch (method) {
      case 'commit':
        return engine.commit(args[0] as Parameters<Engine['commit']>[0]);
      case 'stats':
        return engine.stats();
      case 'check':
        return this.#maintain(async () => engine.check(args[0] === true));
      case 'compact':
        return this.#maintain(() => this.#compact());
      case 'backup':
        return this.#maintain(() => this.#backUp(String(args[0])));
      case 'close':
        this.#isClosed = true;
        this.#idleCheck.stop();
        if (this.#upkeep !== undefined) clearImmediate(this.#upkeep);
        await this.#maintenance.catch(() => undefined);
        engine.close();
    }
    return undefined;
  }

  async #compact(): Promise<void> {
    const compacted = this.#engine.compact();
    this.#exclusive = compacted.catch(() => undefined);
    try {
      await compacted;
    } finally {
      this.#exclusive = undefined;
    }
  }

  #maintain<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#maintenance.then(work);
    this.#maintenance = result.catch(() => undefined);
    return result;
  }

  async #backUp(path: string): Promise<void> {
    const backup = this.#engine.startBackup(path);
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

  #scheduleUpkeep(): void {
    const isDue = !this.#isClosed && this.#engine.conversations.index.isMergeDue();
    if (!isDue || this.#upkeep !== undefined) return;
    this.#upkeep = setImmediate(() => {
      this.#upkeep = undefined;
      // The next call asks for it again.
      if (this.#exclusive) return;
      try {
        this.#engine.conversations.index.mergeStep();
      } catch {
        // The next call that writes meets the same failure, and tells its caller.
        return;
      }
      this.#scheduleUpkeep();
    });
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets calls run, in the order they were made, until their share of the turn is used up; the rest wait for the next. */
class TurnBudget {
  #began: number | undefined;
  #next: Promise<void> | undefined;

  async room(): Promise<void> {
    while (this.#next && performance.now() - (this.#began ?? 0) > TURN_BUDGET_MS) await this.#next;
    if (this.#next) return;
    this.#began = performance.now();
    this.#next = nextTurn().then(() => {
      this.#next = undefined;
    });
  }
}
