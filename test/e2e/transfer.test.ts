import { expect, test } from 'vitest';
import { bytesAllowed, transferWithKills } from './transfer.ts';

test('a first transfer that is killed on either side goes on where it stopped, and ends equal', async () => {
  const transfer = await transferWithKills(20_000, [0.3, 0.6]);
  expect(transfer.held[0]).toBeGreaterThan(20_000);
  expect(transfer.held[1]).toBe(transfer.held[0]);
  // Sending again what is stored would cost 0.3 and 0.6 of it more.
  expect(transfer.received).toBeLessThan(bytesAllowed(transfer));
}, 240_000);
