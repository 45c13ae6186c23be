import { expect, onTestFinished, test } from 'vitest';
import { startRelayServer } from '../../main/network/relay-server.ts';
import { JumpingClock } from '../helpers/jumping-clock.ts';
import { keysOf } from '../helpers/identities.ts';
import { inStep, letIn, OwnDevice } from '../helpers/own-devices.ts';

const TIMEOUT_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

async function relayAt(number: number) {
  const server = await startRelayServer(keysOf(number).seed, ['/ip4/127.0.0.1/tcp/0']);
  onTestFinished(() => server.stop());
  return { server, address: server.addresses[0] ?? '' };
}

const connected = (device: OwnDevice) =>
  device.eventually(
    async () => (await device.commands.status({})).peers.every(({ path }) => path !== null),
    'connected',
  );

test(
  'tells how each device is reached, how far its clock is off, and what to do about that',
  async () => {
    const { address } = await relayAt(90);
    const a = await OwnDevice.start('A', address);
    const clock = new JumpingClock();
    const b = await OwnDevice.start('B', address, { clock });
    await letIn(a, b);
    // A jump in the middle of a transfer looks like a peer that has fallen silent.
    await inStep(a, b);
    clock.jump(DAY_MS);
    await connected(a);
    const { version, relays, devices, advice, addresses } = await a.commands.diagnose({});
    expect(version).toMatch(/^\d+\.\d+\.\d+$/u);
    expect(relays).toMatchObject([{ address, state: 'connected' }]);
    expect(addresses.some((own) => own.includes('/p2p-circuit'))).toBe(true);
    expect(devices).toMatchObject([{ id: b.id, name: 'B', path: 'relay', tried: [] }]);
    expect(Math.abs((devices[0]?.clockAhead ?? 0) - DAY_MS)).toBeLessThan(10_000);
    expect(devices[0]?.roundTrip).toBeGreaterThanOrEqual(0);
    expect(advice).toHaveLength(1);
    expect(advice[0]).toMatch(/^The clock of “B” is \d+ s ahead of/u);
  },
  TIMEOUT_MS,
);

test(
  'names a relay that cuts, after how much, and what helps',
  async () => {
    const server = await startRelayServer(keysOf(90).seed, ['/ip4/127.0.0.1/tcp/0'], {
      connectionBytes: 1n << 20n,
      connectionMs: 120_000,
    });
    onTestFinished(() => server.stop());
    const [address = ''] = server.addresses;
    const a = await OwnDevice.start('A', address);
    const b = await OwnDevice.start('B', address);
    await letIn(a, b);
    await inStep(a, b);
    for (const device of [a, b]) {
      const { relays, advice } = await device.commands.diagnose({});
      const limits = { bytes: 1 << 20, seconds: 120 };
      expect(relays).toEqual([{ address, state: 'limiting', limits }]);
      expect(advice).toHaveLength(1);
      expect(advice[0]).toMatch(/cuts every connection after 1 MiB or 2 minutes: /u);
      expect(advice[0]).toMatch(/`reunion relay`.*owner.*directly/u);
    }
  },
  TIMEOUT_MS,
);

test(
  'tells of a device that is off what was tried, and of a relay that is gone',
  async () => {
    const { server, address } = await relayAt(90);
    const a = await OwnDevice.start('A', address);
    const b = await OwnDevice.start('B', address, { listen: ['/ip4/127.0.0.1/tcp/0'] });
    await letIn(a, b);
    await connected(a);
    await b.close();
    await a.eventually(
      async () => (await a.commands.status({})).peers.every(({ path }) => path === null),
      'B is gone',
    );
    const off = (await a.commands.diagnose({})).devices[0];
    expect(off?.path).toBeNull();
    expect(off?.tried.map(({ way }) => way)).toContain('relay');
    const relayed = off?.tried.find(({ way }) => way === 'relay');
    expect(relayed?.outcome).toMatch(/not at this relay|could not reach/u);
    expect(relayed?.cure).toMatch(/Start Reunion|still lists/u);

    await server.stop();
    const without = await a.commands.diagnose({});
    expect(without.advice[0]).toMatch(/None of the relays can be used/u);
    const dead = without.devices[0]?.tried.find(({ way }) => way === 'relay');
    expect(dead?.outcome).toBe('nothing listens there');
  },
  TIMEOUT_MS,
);

test('says what is missing where there is no relay and nobody else', async () => {
  const a = await OwnDevice.start('A', '', { relays: [] });
  const { advice, devices, addresses } = await a.commands.diagnose({});
  expect(devices).toEqual([]);
  expect(addresses).toEqual([]);
  expect(advice).toEqual([expect.stringMatching(/^No relay is in use/u)]);
});
