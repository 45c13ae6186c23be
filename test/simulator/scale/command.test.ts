import { expect, test } from 'vitest';
import { UsageError } from '../arguments.ts';
import { simulateStoreNodes, type ScaleArguments } from './command.ts';
import { FULL_NODES_MAX } from './limits.ts';

async function refusalOf(args: Partial<ScaleArguments>): Promise<string> {
  try {
    await simulateStoreNodes({ json: true, report: false, ...args });
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'none';
}

test('what is too large for one computer is refused, with the reason, before anything runs', async () => {
  const refusal = await refusalOf({ 'store-nodes': '10,1000', topology: 'full' });
  expect(refusal).toContain(`up to ${FULL_NODES_MAX} nodes`);
  expect(refusal).toContain('everybody is connected with everybody');
  expect(await refusalOf({ 'store-nodes': '100000' })).toContain('do not fit');
});

test('what makes no sense is refused by its name', async () => {
  expect(await refusalOf({ 'store-nodes': '10,' })).toContain('--store-nodes');
  expect(await refusalOf({ 'store-nodes': '2' })).toContain('from 3');
  expect(await refusalOf({ 'store-nodes': '10.5' })).toContain('whole number');
  expect(await refusalOf({ 'store-nodes': '10', topology: 'ring' })).toContain('mesh, full');
  expect(await refusalOf({ 'store-nodes': '10', churn: '101' })).toContain('--churn');
  expect(await refusalOf({ 'store-nodes': '10', loss: '1' })).toContain('--loss');
  expect(await refusalOf({ 'store-nodes': '10', degree: '1' })).toContain('--degree');
  expect(await refusalOf({ 'store-nodes': '10', seeds: '0' })).toContain('--seeds');
});
