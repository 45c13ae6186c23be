import { expect, test } from 'vitest';
import { conversationGroup, listIdOfEntry } from '../../main/identity/device-list.ts';
import { daysAhead, letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { messagesOf } from '../helpers/stored.ts';

/** The epochs that the conversations of a device which is not running are sealed under. */
async function epochsOf(folder: string): Promise<ReadonlySet<string>> {
  const messages = await messagesOf(folder);
  const list = messages.map(({ body }) => listIdOfEntry(body)).find((id) => id !== undefined);
  const sealed = messages.filter(({ groupId }) => list && groupId === conversationGroup(list));
  return new Set(sealed.map(({ body }) => Buffer.from(body.subarray(1, 17)).toString('hex')));
}

test('a device that was away for 90 days and three rotations of the key catches up, and is read by the others', async () => {
  const relay = await relayHere();
  const a = await OwnDevice.start('A', relay);
  const b = await OwnDevice.start('B', relay);
  const c = await OwnDevice.start('C', relay);
  await letIn(a, b);
  await letIn(a, c);
  await a.send('before');
  await c.hasTexts('before');
  await c.close();

  const expected = ['before'];
  for (const [number, remover] of [a, b, a].entries()) {
    const guest = await OwnDevice.start(`Guest ${number}`, relay);
    await letIn(a, guest);
    await b.eventually(
      async () => (await b.commands.devices({})).some(({ id }) => id === guest.id),
      'B knows of the guest',
    );
    await remover.commands.removeDevice({ device: guest.id });
    await guest.close();
    await a.eventually(
      async () =>
        (await a.commands.devices({})).some(
          ({ id, removed }) => id === guest.id && removed !== null,
        ),
      'A knows of the removal',
    );
    expected.push(`after rotation ${number}`);
    await a.send(`after rotation ${number}`);
    await b.hasTexts(...expected);
  }
  await a.close();
  await b.close();

  // What it comes back to is sealed under the key that it had, and three that it never saw.
  expect((await epochsOf(c.folder)).size).toBe(1);
  expect((await epochsOf(b.folder)).size).toBe(4);

  const clock = daysAhead(90);
  const back = await OwnDevice.start(undefined, relay, { folder: c.folder, clock });
  // Written before it has heard of anything that happened meanwhile.
  await back.send('by the one that was away');
  expect(await back.texts()).toEqual(['before', 'by the one that was away']);
  const again = await OwnDevice.start(undefined, relay, { folder: b.folder, clock });
  expected.push('by the one that was away');
  await back.hasTexts(...expected);
  await again.hasTexts(...expected);
  await again.send('under the newest key');
  await back.hasTexts(...expected, 'under the newest key');
  expect((await back.commands.devices({})).filter(({ removed }) => removed !== null)).toHaveLength(
    3,
  );
}, 120_000);
