import { expect, test } from 'vitest';
import { relayOf } from './direct-helpers.ts';
import { DirectDevice } from './direct-processes.ts';

test('a process that had direct connections ends by itself once it has stopped', async () => {
  const relay = await relayOf();
  const devices = [new DirectDevice(0, 1, relay.address), new DirectDevice(1, 0, relay.address)];
  await Promise.all(devices.map((device) => device.prints('direct')));
  const began = performance.now();
  for (const { child } of devices) child.kill('SIGTERM');
  expect(await Promise.all(devices.map(({ exited }) => exited))).toEqual([0, 0]);
  expect(performance.now() - began).toBeLessThan(8_000);
}, 30_000);
