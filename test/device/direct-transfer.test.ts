import { expect, test } from 'vitest';
import { bytesAllowed, transferOntoDirect } from './direct-transfer.ts';

// That it does not stall meanwhile is measured on a quiet machine: test/faults/direct-transfer.test.ts.
test('a transfer moves from the relay to a direct path in its middle', async () => {
  const messages = 6_000;
  const transfer = await transferOntoDirect(messages);
  const { held, missing, atMove, bytes } = transfer;
  expect([transfer.paths, transfer.pathHere]).toEqual([['relay', 'direct'], 'direct']);
  expect(atMove).toBeLessThan(missing - messages / 5);
  expect(bytes.relay).toBeGreaterThan(0);
  expect(held[0]).toBe(held[1]);
  expect(missing).toBeGreaterThan(messages);
  expect(bytes.relay + bytes.direct).toBeLessThan(bytesAllowed(transfer));
}, 120_000);
