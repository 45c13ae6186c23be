import { expect, test } from 'vitest';
import { relayOf } from './direct-helpers.ts';
import { DirectDevice } from './direct-processes.ts';

test('a process that had direct connections ends by itself once it has stopped', async () => {
  const relay = await relayOf();
  const devices = [
    new DirectDevice(0, 1, relay.address, 'direct'),
    new DirectDevice(1, 0, relay.address, 'direct'),
  ];
  await Promise.all(devices.map((device) => device.prints('direct')));
  const began = performance.now();
  for (const { child } of devices) child.kill('SIGTERM');
  expect(await Promise.all(devices.map(({ exited }) => exited))).toEqual([0, 0]);
  expect(performance.now() - began).toBeLessThan(8_000);
}, 30_000);

test.each(['relay', 'direct'] as const)(
  'a peer that falls silent is noticed within 20 seconds: by %s',
  async (path) => {
    const relay = await relayOf();
    const one = new DirectDevice(0, 1, relay.address, path);
    const other = new DirectDevice(1, 0, relay.address, path);
    await Promise.all([one.prints(path), other.prints(path)]);
    const before = one.lines.length;
    other.child.kill('SIGSTOP');
    const began = performance.now();
    await one.prints('ended', before);
    expect(performance.now() - began).toBeLessThan(20_000);
  },
  40_000,
);
