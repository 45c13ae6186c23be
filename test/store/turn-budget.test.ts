import { expect, test } from 'vitest';
import { TurnBudget } from '../../main/store/turn-budget.ts';

/** Longer than a turn's budget. */
const LONG_MS = 12;

function work(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

test('short calls run at once', async () => {
  const budget = new TurnBudget();
  let ran = 0;
  const make = async (): Promise<void> => {
    await budget.room(false);
    ran += 1;
  };
  const made = Promise.all([make(), make(), make()]);
  await Promise.resolve();
  expect(ran).toBe(3);
  await made;
});

test('once the turn is used up the others wait, what a person waits for at their head', async () => {
  const budget = new TurnBudget();
  const ran: string[] = [];
  const make = async (name: string, isUrgent: boolean, ms: number): Promise<void> => {
    await budget.room(isUrgent);
    ran.push(name);
    work(ms);
  };
  await make('first', false, LONG_MS);
  const others = [make('b', false, LONG_MS), make('c', false, 0), make('urgent', true, 0)];
  expect(ran).toEqual(['first']);
  await Promise.all(others);
  expect(ran).toEqual(['first', 'urgent', 'b', 'c']);
});

test('calls that a person waits for do not keep all others from their turn', async () => {
  const budget = new TurnBudget();
  const ran: string[] = [];
  const make = async (name: string, isUrgent: boolean): Promise<void> => {
    await budget.room(isUrgent);
    ran.push(name);
    work(LONG_MS);
  };
  await make('first', false);
  const urgent = ['1', '2', '3', '4'].map((name) => make(name, true));
  await Promise.all([make('other', false), ...urgent]);
  expect(ran.indexOf('other')).toBe(2);
});
