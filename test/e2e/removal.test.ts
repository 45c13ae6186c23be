import { cpSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { DeviceRecord } from '../../main/api/types.ts';
import { pair, reunion, startDevice, startRelay, temporaryFolder } from '../helpers/processes.ts';
import { apiOf, eventually, textsOf } from '../helpers/watch.ts';

const TIMEOUT_MS = 180_000;

async function devicesOf(folder: string): Promise<readonly DeviceRecord[]> {
  const { stdout } = await reunion(['devices', '--data', folder, '--json']);
  return JSON.parse(stdout) as DeviceRecord[];
}

async function threeDevices() {
  const relay = await startRelay();
  const [a, b, c] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  await startDevice(a, ['--name', 'A', '--web', 'off', '--relay', relay.address]);
  await startDevice(b, ['--name', 'B', '--web', 'off']);
  const third = await startDevice(c, ['--name', 'C', '--web', 'off']);
  await pair(a, b);
  await pair(a, c);
  const [apiA, apiB, apiC] = [await apiOf(a), await apiOf(b), await apiOf(c)];
  for (const api of [apiA, apiB, apiC]) {
    const inStep = async () => {
      const { peers } = await api.call('status', {});
      return peers.length === 2 && peers.every(({ state }) => state === 'up-to-date');
    };
    await eventually(api, inStep, 'three in step');
  }
  return { a, b, c, third, apiA, apiB, apiC };
}

test(
  'a device is renamed and removed from the command line, and all three know of it',
  async () => {
    const { a, b, c, apiA, apiB, apiC } = await threeDevices();

    expect(await reunion(['devices', 'rename', '--data', b, 'C', 'Phone'])).toMatchObject({
      code: 0,
      stdout: 'renamed',
    });
    for (const api of [apiA, apiC]) {
      const isPhone = async () =>
        (await api.call('devices', {})).some(({ name }) => name === 'Phone');
      await eventually(api, isPhone, 'C is called Phone');
    }
    expect((await apiC.call('status', {})).device.name).toBe('Phone');

    // Nobody has said yes.
    const asked = await reunion(['devices', 'remove', '--data', a, 'Phone']);
    expect(asked).toMatchObject({ code: 1 });
    expect(asked.stderr).toContain('Nothing was removed');
    expect((await devicesOf(a)).filter(({ removed }) => removed)).toEqual([]);
    expect(await reunion(['devices', 'remove', '--data', a, 'Tablet', '--yes'])).toMatchObject({
      code: 1,
    });

    expect(await reunion(['devices', 'remove', '--data', a, 'Phone', '--yes'])).toMatchObject({
      code: 0,
      stdout: 'removed',
    });
    const isRemoved = async () => (await apiC.call('status', {})).membership === 'removed';
    await eventually(apiC, isRemoved, 'C knows that it was removed');
    for (const [folder, api] of [
      [a, apiA],
      [b, apiB],
      [c, apiC],
    ] as const) {
      const knows = async () =>
        (await api.call('devices', {})).some(({ removed }) => removed?.by.name === 'A');
      await eventually(api, knows, 'the removal is known');
      const gone = (await devicesOf(folder)).find(({ removed }) => removed !== null);
      expect(gone).toMatchObject({
        name: 'Phone',
        own: folder === c,
        removed: { by: { name: 'A' } },
      });
    }
    expect((await reunion(['status', '--data', c])).stdout).toContain('was removed');
    expect(await reunion(['devices', 'rename', '--data', c, 'A', 'Mine'])).toMatchObject({
      code: 1,
    });
    await reunion(['send', '--data', a, '--conversation', 'Notes', 'after the removal']);
    await eventually(apiB, async () => (await textsOf(apiB, 'Notes')).length === 1, 'B has it');
    expect(await textsOf(apiC, 'Notes')).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'a removed device that goes back to everything it ever had is let in by nobody',
  async () => {
    const { a, b, c, third, apiA, apiB } = await threeDevices();
    await third.process.kill('SIGTERM');
    const [before, kept] = [temporaryFolder(), temporaryFolder()];
    for (const copy of [before, kept]) cpSync(c, copy, { recursive: true });
    await reunion(['devices', 'remove', '--data', a, 'C', '--yes']);
    const isKnown = async () => (await apiB.call('devices', {})).some(({ removed }) => removed);
    await eventually(apiB, isKnown, 'B knows of the removal');
    await reunion(['send', '--data', b, '--conversation', 'Notes', 'not for C']);
    await eventually(apiA, async () => (await textsOf(apiA, 'Notes')).length === 1, 'A has it');

    // It takes itself for a member, however often it goes back, dials both, and is told each time.
    for (const folder of [before, temporaryFolder()]) {
      if (folder !== before) cpSync(kept, folder, { recursive: true });
      const again = await startDevice(folder, ['--web', 'off']);
      const apiC = await apiOf(folder);
      const knows = async () => (await apiC.call('status', {})).membership === 'removed';
      await eventually(apiC, knows, 'C knows that it was removed');
      expect(await textsOf(apiC, 'Notes')).toEqual([]);
      const refused = await reunion([
        'send',
        '--data',
        folder,
        '--conversation',
        'Notes',
        'from C',
      ]);
      expect(refused).toMatchObject({ code: 1 });
      expect(refused.stderr).toContain('removed');
      await again.process.kill('SIGTERM');
    }
    for (const api of [apiA, apiB]) expect(await textsOf(api, 'Notes')).toEqual(['not for C']);

    // It can be erased, which no device can that belongs to the others.
    expect(await reunion(['devices', 'erase', '--data', a, '--yes'])).toMatchObject({ code: 1 });
    const last = await startDevice(before, ['--web', 'off']);
    expect((await reunion(['devices', 'erase', '--data', before])).stderr).toContain(
      'Nothing was erased',
    );
    expect(await reunion(['devices', 'erase', '--data', before, '--yes'])).toMatchObject({
      code: 0,
      stdout: 'erased',
    });
    expect(await last.process.finished).toMatchObject({ code: 0 });
    expect(readdirSync(before).filter((file) => file !== 'lock')).toEqual([]);
  },
  TIMEOUT_MS,
);

test('a name that is given at a start is what the others call the device from then on, and is said once', async () => {
  const folder = temporaryFolder();
  const first = await startDevice(folder, ['--name', 'Desk', '--web', 'off']);
  await reunion(['send', '--data', folder, '--conversation', 'Notes', 'makes it a first device']);
  await first.process.kill('SIGTERM');
  const given = `\u202eSte${'u'.repeat(150)}dy `;
  const held: number[] = [];
  for (let start = 0; start < 2; start += 1) {
    const again = await startDevice(folder, ['--name', given, '--web', 'off']);
    const api = await apiOf(folder);
    const { device, storage } = await api.call('status', {});
    expect(device.name).toBe(given.slice(1, 101));
    expect((await api.call('devices', {})).map(({ name }) => name)).toEqual([device.name]);
    held.push(storage.messages);
    await again.process.kill('SIGTERM');
  }
  expect(held[1]).toBe(held[0]);
}, 60_000);
