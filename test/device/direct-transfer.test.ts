import { expect, test } from 'vitest';
import { bytesAllowed, transferOntoDirect } from './direct-transfer.ts';

test('a transfer moves from the relay to a direct path in its middle', async () => {
  const messages = 8_000;
  const transfer = await transferOntoDirect(messages);
  const { held, missing, atMove, bytes } = transfer;
  expect([transfer.paths, transfer.pathHere]).toEqual([['relay', 'direct'], 'direct']);
  expect(atMove).toBeLessThan(0.9 * messages);
  expect(bytes.relay).toBeGreaterThan(0);
  expect(held[0]).toBe(held[1]);
  expect(missing).toBeGreaterThan(messages);
  expect(bytes.relay + bytes.direct).toBeLessThan(bytesAllowed(transfer));
  expect(transfer.longestPauseMs).toBeLessThan(2_000);
}, 120_000);
