import { expect, test } from 'vitest';
import { relayOf } from './direct-helpers.ts';
import { DirectDevice } from './direct-processes.ts';

async function twoProcesses(path: 'relay' | 'direct'): Promise<[DirectDevice, DirectDevice]> {
  const { address: relay } = await relayOf();
  const devices = [
    new DirectDevice({ own: 0, other: 1, relay, path }),
    new DirectDevice({ own: 1, other: 0, relay, path }),
  ] as const;
  await Promise.all(devices.map((device) => device.prints(path)));
  return [...devices];
}

async function twoOnLan(): Promise<[DirectDevice, DirectDevice]> {
  const one = new DirectDevice({ own: 0, other: 1, path: 'lan' });
  const [, otherAt = ''] = (await one.prints('at ')).split(' ');
  const other = new DirectDevice({ own: 1, other: 0, path: 'lan', otherAt });
  await Promise.all([one.prints('lan'), other.prints('lan')]);
  return [one, other];
}

test('a process that had direct connections ends by itself once it has stopped', async () => {
  const devices = await twoProcesses('direct');
  const began = performance.now();
  for (const { child } of devices) child.kill('SIGTERM');
  expect(await Promise.all(devices.map(({ exited }) => exited))).toEqual([0, 0]);
  expect(performance.now() - began).toBeLessThan(8_000);
}, 30_000);

test.each(['lan', 'relay', 'direct'] as const)(
  'a peer that falls silent is noticed within 20 seconds: %s',
  async (path) => {
    const [one, other] = path === 'lan' ? await twoOnLan() : await twoProcesses(path);
    const before = one.lines.length;
    other.child.kill('SIGSTOP');
    const began = performance.now();
    await one.prints('ended', before);
    expect(performance.now() - began).toBeLessThan(20_000);
  },
  40_000,
);
