import { expect, test } from 'vitest';
import { bytesAllowed, transferOntoDirect } from '../device/direct-transfer.ts';

const MESSAGES = 50_000;

test('50,000 messages, on the way of which the session moves from the relay to a direct path', async () => {
  const transfer = await transferOntoDirect(MESSAGES);
  process.stdout.write(`${JSON.stringify(transfer)}, allowed ${bytesAllowed(transfer)}\n`);
  const { held, missing, bytes } = transfer;
  expect([transfer.paths, transfer.pathHere]).toEqual([['relay', 'direct'], 'direct']);
  expect(held[0]).toBe(held[1]);
  expect(missing).toBeGreaterThan(MESSAGES);
  expect(bytes.relay + bytes.direct).toBeLessThan(bytesAllowed(transfer));
  expect(transfer.longestPauseMs).toBeLessThan(2_000);
}, 600_000);
