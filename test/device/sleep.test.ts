import { expect, test } from 'vitest';
import { JumpingClock } from '../helpers/jumping-clock.ts';
import { letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';

test('a computer that wakes drops what has not survived, and meets the others again at once', async () => {
  const relay = await relayHere();
  const clock = new JumpingClock();
  const desk = await OwnDevice.start('Desk', relay, { clock });
  const laptop = await OwnDevice.start('Laptop', relay);
  await letIn(desk, laptop);
  const stateOf = async () => (await desk.commands.status({})).peers[0]?.state;
  const isLevel = async () => (await stateOf()) === 'up-to-date';
  await desk.eventually(isLevel, 'up to date');
  const states: (string | undefined)[] = [];
  desk.onEvent((event) => {
    if (event.kind === 'status') states.push(event.status.peers[0]?.state);
  });

  // A nap: the other side has waited, and nothing is given up.
  desk.tell('suspend');
  desk.tell('resume');
  await laptop.send('after the nap');
  await desk.hasTexts('after the nap');
  await desk.eventually(isLevel, 'up to date after the nap');
  expect(states).not.toContain('offline');

  desk.tell('suspend');
  clock.jump(60 * 60_000);
  desk.tell('resume');
  const wasAway = async () => states.includes('offline') || states.includes('connecting');
  await desk.eventually(wasAway, 'the connection of before is dropped');
  await laptop.send('after the sleep');
  await desk.hasTexts('after the nap', 'after the sleep');
  for (const event of ['on-battery', 'lock', 'unlock', 'network-changed', 'on-mains'] as const) {
    desk.tell(event);
  }
  await laptop.send('and on');
  await desk.hasTexts('after the nap', 'after the sleep', 'and on');
});
