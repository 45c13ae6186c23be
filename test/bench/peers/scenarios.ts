import type { BodyKind } from '../bodies.ts';
import type { Workload } from './replica.ts';

export const SCENARIOS = ['cold', 'unchanged', '1 % apart', '1 % scattered', 'restart'] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** What is written before a scenario, on which side, and how many messages both hold at its end. */
export interface Step {
  readonly scenario: Scenario;
  readonly writes: readonly Workload[];
  readonly expected: number;
}

/** The share of messages that each side has written alone: together they are 1 % apart. */
const APART = 0.005;

/** What is done in turn, over the same two stores. */
export function stepsOf(messages: number, kind: BodyKind): readonly Step[] {
  const each = Math.max(1, Math.round(messages * APART));
  // New on one side alone, and spread over the first half of the history.
  const stride = Math.max(1, Math.floor(messages / (2 * each) / 2));
  const apart = messages + 2 * each;
  const scattered = apart + 2 * each;
  const first = { kind, side: 'a', from: 0, count: messages, stride: 1 } as const;
  return [
    { scenario: 'cold', writes: [first], expected: messages },
    { scenario: 'unchanged', writes: [], expected: messages },
    {
      scenario: '1 % apart',
      writes: [
        { kind, side: 'a', from: messages, count: each, stride: 1 },
        { kind, side: 'b', from: 0, count: each, stride: 1 },
      ],
      expected: apart,
    },
    {
      scenario: '1 % scattered',
      writes: [{ kind, side: 'b', from: each, count: 2 * each, stride }],
      expected: scattered,
    },
    { scenario: 'restart', writes: [], expected: scattered },
  ];
}
