import { multiaddr } from '@multiformats/multiaddr';
import { describe, expect, test } from 'vitest';
import { relayLimitsText } from '../../main/api/relay-limits.ts';
import type { RelayServerOptions } from '../../main/network/relay-server.ts';
import { deviceAt, foreignRelay, ourRelay, plainNode } from './relay-helpers.ts';

const KIB = 1024;
const MINUTE_MS = 60_000;

/** What a device says of a relay once it was called through it. */
async function seenThrough(relay: string) {
  const device = await deviceAt(0, relay);
  await device.relaysAre('connected');
  expect(device.network.relays()).toEqual([{ address: relay, state: 'connected', limits: null }]);
  device.network.acceptPairing(() => undefined);
  const [address = ''] = await device.network.reachableAt();
  const caller = await plainNode(51);
  await caller.dial(multiaddr(address));
  return device;
}

describe('a device knows after how much a relay cuts', () => {
  test.each<readonly [string, RelayServerOptions, object, string]>([
    [
      'bytes and time',
      { connectionBytes: 128n * 1024n, connectionMs: 2 * MINUTE_MS },
      { bytes: 128 * KIB, seconds: 120 },
      '128 KiB or 2 minutes',
    ],
    [
      'bytes alone, at an ample time',
      { connectionBytes: 600n * 1024n },
      { bytes: 600 * KIB, seconds: null },
      '600 KiB',
    ],
    [
      'time alone, at ample bytes',
      { connectionMs: 12_000 },
      { bytes: null, seconds: 12 },
      '12 seconds',
    ],
  ])('%s', async (_name, options, limits, text) => {
    const relay = await ourRelay(options);
    const device = await seenThrough(relay.address);
    await device.relaysAre('limiting');
    const [status] = device.network.relays();
    expect(status).toEqual({ address: relay.address, state: 'limiting', limits });
    if (status?.limits) expect(relayLimitsText(status.limits)).toBe(text);
  });

  test('of a relay that writes milliseconds for seconds it names the bytes, and no time that is a thousand times too long', async () => {
    const relay = await foreignRelay();
    const device = await seenThrough(relay);
    await device.relaysAre('limiting');
    expect(device.network.relays()[0]?.limits).toEqual({ bytes: 128 * KIB, seconds: null });
  });

  test('our own relay, and one that allows an hour and 16 MiB, are ample', async () => {
    for (const options of [
      {},
      { connectionBytes: (1n << 24n) + 8192n, connectionMs: 61 * MINUTE_MS },
    ]) {
      const relay = await ourRelay(options, Object.keys(options).length + 90);
      const device = await seenThrough(relay.address);
      expect(device.network.relays()[0]).toMatchObject({ state: 'connected', limits: null });
      await device.network.stop();
    }
  });
});

test.each([
  [{ bytes: 128 * KIB, seconds: 120 }, '128 KiB or 2 minutes'],
  [{ bytes: 1.5 * KIB * KIB, seconds: null }, '1.5 MiB'],
  [{ bytes: 1 << 20, seconds: 60 }, '1 MiB or 1 minute'],
  [{ bytes: null, seconds: 90 }, '90 seconds'],
  [{ bytes: null, seconds: 1 }, '1 second'],
  [{ bytes: null, seconds: 1_800 }, '30 minutes'],
  [{ bytes: null, seconds: 3_600 }, '1 hour'],
])('limits in words: %j', (limits, text) => {
  expect(relayLimitsText(limits)).toBe(text);
});
