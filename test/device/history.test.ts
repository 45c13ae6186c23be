import { expect, test } from 'vitest';
import type { PeerState, PeerStatus, Status } from '../../main/api/types.ts';
import { FirstTransfer } from '../../main/device/first-transfer.ts';
import { openTestStore } from '../store/open.ts';
import { daysAhead, letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';

/** What a device in step shows; it has said how far it is on the way there. */
async function inStep(device: OwnDevice): Promise<readonly string[]> {
  const isInStep = async () => {
    const { peers } = await device.commands.status({});
    return peers.length > 0 && peers.every(({ state }) => state === 'up-to-date');
  };
  await device.eventually(isInStep, 'in step');
  return device.texts();
}

test('a new device asks for all of the history, for the last days of it, or for none; and later for more', async () => {
  const relay = await relayHere();
  const old = await OwnDevice.start('A', relay, { clock: daysAhead(-40) });
  await old.send('40 days ago');
  await old.close();
  const less = await OwnDevice.start(undefined, relay, {
    folder: old.folder,
    clock: daysAhead(-3),
  });
  await less.send('3 days ago');
  await less.close();
  const a = await OwnDevice.start(undefined, relay, { folder: old.folder });

  const all = await OwnDevice.start('All', relay);
  await letIn(a, all);
  expect(await inStep(all)).toEqual(['40 days ago', '3 days ago']);
  const some = await OwnDevice.start('Some', relay);
  await letIn(a, some, { days: 7 });
  const none = await OwnDevice.start('None', relay);
  await letIn(a, none, 'none');
  expect(await inStep(some)).toEqual(['3 days ago']);
  expect(await inStep(none)).toEqual([]);
  expect((await all.commands.status({})).historySince).toBeNull();

  // From then on each gets everything, whoever writes it.
  await none.send('today');
  await some.hasTexts('3 days ago', 'today');
  await all.hasTexts('40 days ago', '3 days ago', 'today');
  expect(await inStep(a)).toEqual(['40 days ago', '3 days ago', 'today']);

  // Nobody is said to hold what it did not ask for.
  const { messages } = await a.commands.messages({ conversation: 'Notes', limit: 10 });
  const held = await a.commands.messageHolders({ messageIds: messages.map(({ id }) => id) });
  const holders = messages.map(
    ({ id }) => held.find(({ messageId }) => messageId === id)?.devices.length,
  );
  expect(holders).toEqual([2, 3, 4]);

  await none.commands.setHistory({ history: { days: 7 } });
  await none.hasTexts('3 days ago', 'today');
  await none.commands.setHistory({ history: 'all' });
  await none.hasTexts('40 days ago', '3 days ago', 'today');
  expect(await inStep(a)).toHaveLength(3);
}, 120_000);

test('the first transfer is counted from the joining until in step with one of the others, across restarts', async () => {
  const { settings } = await openTestStore();
  const peer = (state: PeerState, toReceive: number | null) =>
    ({ state, toReceive }) as unknown as PeerStatus;
  const before = await FirstTransfer.open(settings);
  expect(before.progress(10, [])).toBeNull();
  await before.begin(10);
  expect(before.progress(10, [peer('offline', null)])).toEqual({ received: 0, total: null });
  expect(before.progress(12, [peer('transferring', 5), peer('transferring', 8)])).toEqual({
    received: 2,
    total: 10,
  });
  const restarted = await FirstTransfer.open(settings);
  expect(restarted.progress(16, [peer('transferring', 4)])).toEqual({ received: 6, total: 10 });
  await restarted.follow([peer('transferring', 1), peer('offline', null)]);
  expect(restarted.progress(20, [])).not.toBeNull();
  await restarted.follow([peer('up-to-date', 0)]);
  expect(restarted.progress(20, [peer('up-to-date', 0)])).toBeNull();
  expect((await FirstTransfer.open(settings)).progress(20, [])).toBeNull();
});

test('a device that joins says how far the first transfer is, and that it is over', async () => {
  const relay = await relayHere();
  const a = await OwnDevice.start('A', relay);
  for (let at = 0; at < 50; at += 1) await a.send(`message ${at}`);
  const b = await OwnDevice.start('B', relay);
  const told: Status['firstTransfer'][] = [];
  b.onEvent((event) => {
    if (event.kind === 'status') told.push(event.status.firstTransfer);
  });
  await letIn(a, b);
  expect(await inStep(b)).toHaveLength(50);
  await b.eventually(
    async () => (await b.commands.status({})).firstTransfer === null,
    'the first transfer is over',
  );
  const shown = told.filter((progress) => progress !== null);
  expect(shown.length).toBeGreaterThan(0);
  for (const { received, total } of shown)
    expect(total ?? received).toBeGreaterThanOrEqual(received);
}, 60_000);
