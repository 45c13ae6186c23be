import { expect, test } from 'vitest';
import { bytesAllowed, transferWithKills } from '../e2e/transfer.ts';

const MESSAGES = 100_000;

test('100,000 messages, killed at each tenth of the way, on one side and the other in turns', async () => {
  const tenths = Array.from({ length: 9 }, (_, at) => (at + 1) / 10);
  const transfer = await transferWithKills(MESSAGES, tenths);
  process.stdout.write(`${JSON.stringify(transfer)}, allowed ${bytesAllowed(transfer)}\n`);
  expect(transfer.held[0]).toBeGreaterThan(MESSAGES);
  expect(transfer.held[1]).toBe(transfer.held[0]);
  expect(transfer.received).toBeLessThan(bytesAllowed(transfer));
}, 1_800_000);
