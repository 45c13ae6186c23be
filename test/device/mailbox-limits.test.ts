import { expect, test } from 'vitest';
import { conversationGroup } from '../../main/identity/device-list.ts';
import type { DeviceListId } from '../../main/identity/device-list.ts';
import { JumpingClock } from '../helpers/jumping-clock.ts';
import { letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { inStoreOf, messagesOf } from '../helpers/stored.ts';

const TIMEOUT_MS = 90_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
const BIG = 'x'.repeat(100_000);

async function deviceAndMailbox(clock: JumpingClock) {
  const relay = await relayHere();
  const a = await OwnDevice.start('A', relay, { clock });
  const box = await OwnDevice.start('Box', relay, { clock });
  await letIn(a, box, 'all', 'mailbox');
  return { relay, a, box };
}

async function inStep(one: OwnDevice, other: string): Promise<void> {
  const isInStep = async () => {
    const { peers } = await one.commands.status({});
    const peer = peers.find(({ name }) => name === other);
    return peer?.state === 'up-to-date' && peer.toSend === 0;
  };
  await one.eventually(isInStep, `in step with ${other}`);
}

/** How many messages of the conversations a device holds with their bodies, once it is stopped. */
async function textsHeld(device: OwnDevice): Promise<number> {
  await device.close();
  const id = await inStoreOf(device.folder, ({ settings }) => settings.get('device-list'));
  const messages = await messagesOf(device.folder);
  const group = conversationGroup(id as DeviceListId);
  return messages.filter(({ groupId }) => groupId === group).length;
}

test(
  'a mailbox keeps the last days, the device everything, and both are in step',
  async () => {
    const clock = new JumpingClock();
    const { a, box } = await deviceAndMailbox(clock);
    await a.send('old');
    await inStep(a, 'Box');
    const { mailboxLimits } = await box.commands.setMailboxLimits({ days: 7, megabytes: null });
    expect(mailboxLimits).toEqual({ days: 7, megabytes: null });
    clock.jump(9 * DAY_MS);
    await a.send('new');
    await inStep(a, 'Box');
    // The limit moves by itself, once an hour; to wait for that is for the clock.
    await box.eventually(
      async () => ((await box.commands.status({})).historySince ?? 0) > clock.now() - 9 * DAY_MS,
      'the mailbox keeps less',
    );
    await inStep(a, 'Box');
    await a.hasTexts('old', 'new');
    expect(await textsHeld(box)).toBe(1);
  },
  TIMEOUT_MS,
);

test(
  'a mailbox keeps so many megabytes, the newest, and a device gets the rest from the others',
  async () => {
    const clock = new JumpingClock();
    const { relay, a, box } = await deviceAndMailbox(clock);
    for (let index = 0; index < 15; index += 1) await a.send(`${index} ${BIG}`);
    await inStep(a, 'Box');
    await box.commands.setMailboxLimits({ days: null, megabytes: 1 });
    await a.send('newest');
    await inStep(a, 'Box');
    const b = await OwnDevice.start('B', relay, { clock });
    await letIn(a, b);
    const all = [...Array.from({ length: 15 }, (_, index) => `${index} ${BIG}`), 'newest'];
    await b.hasTexts(...all);
    await inStep(b, 'Box');
    const held = await textsHeld(box);
    expect(held).toBeGreaterThan(7);
    expect(held).toBeLessThanOrEqual(10);
    await a.hasTexts(...all);
  },
  TIMEOUT_MS,
);

test('only a mailbox has limits', async () => {
  const a = await OwnDevice.start('A', '', { relays: [] });
  await a.send('hello');
  await expect(a.commands.setMailboxLimits({ days: 1, megabytes: null })).rejects.toMatchObject({
    code: 'not-mailbox',
  });
  expect((await a.commands.status({})).mailboxLimits).toBeNull();
});
