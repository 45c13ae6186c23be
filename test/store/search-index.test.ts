import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProjectionChanges } from '../../main/conversations/ports.ts';
import type { BareEngine } from './bare-engine.ts';
import { checkIndex, openBare } from './bare-engine.ts';
import { testFolder } from './folder.ts';
import { ALICE, deletionOf, entry, messageId } from './samples.ts';

const TEXTS = [
  ...['a red apple', 'apples and pears', 'Äpfel und Birnen', 'личный йод', '我们今天去北京大学'],
  ...['北京 apple', 'ข้อความส่วนตัว', 'apfel', '', '👍', 'naïve naive', 'Προσωπικά μηνύματα'],
];
const QUERIES = [
  ...['a', 'ap', 'app', 'appl', 'apple', 'apple ', 'red a', 'й', 'йод', '北', '北京', '京大'],
  ...['ส่วน', 'naive', 'apfel', 'b', 'μ', 'μην', 'nothing'],
];

const ALL = { milliseconds: Infinity, entries: 1_000 };

function found({ engine }: BareEngine): unknown {
  return QUERIES.map((text) => {
    const { hits, unindexed } = engine.conversations.search({ text, limit: 1_000 });
    expect(unindexed).toBe(0);
    return hits.map(({ entry: { id } }) => id).sort();
  });
}

type Step =
  | { readonly kind: 'put'; readonly texts: readonly string[] }
  | { readonly kind: 'edit'; readonly target: number; readonly text: string }
  | { readonly kind: 'delete' | 'unknown'; readonly target: number }
  | { readonly kind: 'index'; readonly entries: number }
  | { readonly kind: 'merge' | 'erase' | 'reopen' | 'undo' | 'reconsider' };

const text = fc.constantFrom(...TEXTS);
/** Among those put, and some that never come. */
const target = fc.nat(30);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('put'),
      texts: fc.array(text, { minLength: 1, maxLength: 5 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('edit'),
      target,
      text: text.filter((one) => one !== ''),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete'), target }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('index'), entries: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unknown'), target }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('merge', 'erase', 'reopen', 'undo', 'reconsider'),
    }),
  },
);

/** Runs steps on a store, and keeps count of what was put. */
class Run {
  opened: BareEngine;
  readonly #folder: string;
  #puts = 0;
  #order = 0;
  #kinds = 100;

  constructor(opened: BareEngine, folder: string) {
    this.opened = opened;
    this.#folder = folder;
  }

  async take(one: Step): Promise<void> {
    const { engine } = this.opened;
    const { index } = engine.conversations;
    switch (one.kind) {
      case 'put':
        this.#apply({ putEntries: one.texts.map((said) => entry((this.#puts += 1), said)) });
        return;
      case 'edit': {
        const said = { ...this.#said(), author: ALICE, writtenAt: this.#order };
        this.#apply({ edits: [{ ...said, target: messageId(one.target), text: one.text }] });
        return;
      }
      case 'delete':
        this.#apply({ deletions: [deletionOf(one.target, this.#said())] });
        return;
      case 'unknown': {
        // It takes a number, and gives it back once it is known.
        const said = this.#said();
        const { eventId: id, order } = said;
        this.#apply({
          putEntries: [{ ...entry('', '', { order, unsupported: true }), id }],
          unsupported: [{ ...said, sequence: this.#order }],
        });
        return;
      }
      case 'reconsider':
        engine.conversations.reconsider((this.#kinds += 1));
        return;
      case 'index':
        index.advance({ ...ALL, entries: one.entries });
        return;
      case 'merge':
        index.mergeStep(0);
        return;
      case 'erase':
        engine.eraseTraces();
        return;
      case 'undo':
        this.#undone();
        return;
      case 'reopen':
        engine.close();
        this.opened = await openBare(this.#folder);
    }
  }

  /** A transaction that fails after the index has moved. */
  #undone(): void {
    const { engine, connection } = this.opened;
    const failing = (): void =>
      connection.transaction(() => {
        engine.conversations.index.advance(ALL);
        throw new Error('undone');
      });
    expect(failing).toThrow('undone');
  }

  #said(): { readonly order: number; readonly eventId: ReturnType<typeof messageId> } {
    this.#order += 1;
    return { order: 1_000 + this.#order, eventId: messageId(`event ${this.#order}`) };
  }

  #apply(changes: Omit<ProjectionChanges, 'projectedThrough'>): void {
    this.opened.engine.conversations.apply({ ...changes, projectedThrough: 1 });
  }
}

test('a finished index finds what an index made anew finds, whatever happened while it was behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 40 }), async (steps) => {
      const folder = testFolder();
      const run = new Run(await openBare(folder), folder);
      try {
        for (const one of steps) {
          await run.take(one);
          checkIndex(run.opened);
        }
        const { connection, engine } = run.opened;
        expect(engine.conversations.index.advance(ALL)).toBe(0);
        checkIndex(run.opened);
        const finished = found(run.opened);
        connection.transaction(() => engine.conversations.index.clear());
        expect(engine.conversations.index.advance(ALL)).toBe(0);
        expect(finished).toEqual(found(run.opened));
        expect(engine.check(true)).toEqual([]);
      } finally {
        run.opened.engine.close();
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);

test('an entry that gets the number of one that was taken out is indexed', async () => {
  const { engine } = await openBare(testFolder());
  const unknown = { order: 1, eventId: messageId('unknown') };
  engine.conversations.apply({
    putEntries: [entry('unknown', '', { unsupported: true })],
    unsupported: [{ ...unknown, sequence: 1 }],
    projectedThrough: 1,
  });
  expect(engine.conversations.index.advance(ALL)).toBe(0);
  engine.conversations.reconsider(100);
  engine.conversations.apply({ putEntries: [entry('unknown', 'known')], projectedThrough: 1 });
  expect(engine.conversations.search({ text: 'known', limit: 9 }).hits.length).toBe(1);
  engine.close();
});

test('a step stops at its time, and goes on where it stopped', async () => {
  const { engine } = await openBare(testFolder());
  const putEntries = Array.from({ length: 400 }, (_, at) => entry(at, `word${at} and more`));
  engine.conversations.apply({ putEntries, projectedThrough: 1 });
  const { index } = engine.conversations;
  expect(index.unindexed()).toBe(400);
  // At the first look at the clock it is over.
  expect(index.advance({ entries: 400, milliseconds: 0 })).toBe(384);
  expect(index.advance({ entries: 40, milliseconds: Infinity })).toBe(344);
  const { hits, unindexed } = engine.conversations.search({ text: 'word55 ', limit: 9 });
  expect(hits.map((hit) => hit.entry.order)).toEqual([55]);
  expect(unindexed).toBe(344);
  expect(engine.conversations.search({ text: 'word56 ', limit: 9 }).hits).toEqual([]);
  engine.close();
});

test('what was written just now is found at once, and a long rest is told', async () => {
  const { engine } = await openBare(testFolder());
  const texts = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => entry(from + at, `number${from + at}`));
  engine.conversations.apply({ putEntries: texts(0, 20), projectedThrough: 1 });
  expect(engine.conversations.search({ text: 'number19', limit: 9 })).toMatchObject({
    hits: [{ entry: { order: 19 } }],
    unindexed: 0,
  });
  engine.conversations.apply({ putEntries: texts(20, 1_000), projectedThrough: 2 });
  expect(engine.conversations.search({ text: 'number20 ', limit: 9 })).toEqual({
    hits: [],
    unindexed: 1_000,
  });
  engine.close();
});
