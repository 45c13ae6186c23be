import { expect, test } from 'vitest';
import type { Clock } from '../../main/helpers/clock.ts';
import { JumpingClock } from '../helpers/jumping-clock.ts';
import { letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { temporaryFolder } from '../helpers/processes.ts';

const HOUR_MS = 60 * 60_000;

async function two(clock: Clock) {
  const relay = await relayHere();
  const folder = temporaryFolder();
  const desk = await OwnDevice.start('Desk', relay, { clock, folder });
  const laptop = await OwnDevice.start('Laptop', relay);
  await letIn(desk, laptop);
  await is(desk, 'up-to-date', 'Laptop');
  return { relay, folder, desk, laptop };
}

/** Resolves once the device shows the other one in this state. */
async function is(device: OwnDevice, state: string, other = 'Desk'): Promise<void> {
  const has = async () => {
    const { peers } = await device.commands.status({});
    return peers.some((peer) => peer.name === other && peer.state === state);
  };
  await device.eventually(has, `${other}: ${state}`);
}

test('all devices pause for an hour, over a restart too, and then go on by themselves', async () => {
  const clock = new JumpingClock();
  const { relay, folder, desk, laptop } = await two(clock);
  const { pausedUntil } = await desk.commands.pauseAll({ minutes: 60 });
  expect(pausedUntil).toBeGreaterThan(clock.now() + HOUR_MS - 60_000);
  await is(laptop, 'paused-there');
  await laptop.send('during the pause');

  await desk.close();
  const again = await OwnDevice.start('Desk', relay, { clock, folder });
  expect(await again.commands.status({})).toMatchObject({
    pausedUntil,
    peers: [{ state: 'paused' }],
  });
  await is(laptop, 'paused-there');
  expect(await again.texts()).toEqual([]);

  clock.jump(HOUR_MS);
  await again.hasTexts('during the pause');
  expect((await again.commands.status({})).pausedUntil).toBeNull();
  await again.close();
  const third = await OwnDevice.start('Desk', relay, { clock, folder });
  expect((await third.commands.status({})).pausedUntil).toBeNull();
});

test('who joins during a pause is paused too; one that was paused by itself stays so', async () => {
  const clock = new JumpingClock();
  const { relay, desk, laptop } = await two(clock);
  await desk.commands.pauseDevice({ device: 'Laptop' });
  expect((await desk.commands.pauseAll({})).pausedUntil).toBe('resumed');
  const phone = await OwnDevice.start('Phone', relay);
  await letIn(desk, phone);
  await is(phone, 'paused-there');
  // Said during the pause, it counts afterwards.
  await desk.commands.resumeDevice({ device: 'Laptop' });
  await desk.commands.pauseDevice({ device: 'Phone' });
  expect((await desk.commands.status({})).peers.map(({ state }) => state)).toEqual([
    'paused',
    'paused',
  ]);

  clock.jump(7 * 24 * HOUR_MS);
  expect((await desk.commands.status({})).pausedUntil).toBe('resumed');
  expect((await desk.commands.resumeAll({})).pausedUntil).toBeNull();
  const states = async () => {
    const { peers } = await desk.commands.status({});
    return Object.fromEntries(peers.map(({ name, state }) => [name, state]));
  };
  await desk.eventually(
    async () => (await states()).Laptop === 'up-to-date',
    'Laptop goes on by itself',
  );
  // Laptop may be sent the news of Phone by now; Phone is left alone.
  expect((await states()).Phone).toBe('paused');
  await laptop.close();
});
