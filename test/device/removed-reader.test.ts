import { cpSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/processes.ts';
import { letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { inStoreOf, messagesOf } from '../helpers/stored.ts';

test('a removed device that keeps all it ever had, and gets everything that is stored later, reads nothing of it', async () => {
  const relay = await relayHere();
  const a = await OwnDevice.start('A', relay);
  const b = await OwnDevice.start('B', relay);
  const c = await OwnDevice.start('C', relay);
  await letIn(a, b);
  await letIn(a, c);
  await a.send('while C belongs to them');
  for (const device of [b, c]) await device.hasTexts('while C belongs to them');
  await c.close();
  const kept = temporaryFolder();
  cpSync(c.folder, kept, { recursive: true });

  await a.commands.removeDevice({ device: c.id });
  await b.eventually(
    async () => (await b.commands.devices({})).some(({ removed }) => removed !== null),
    'B knows of the removal',
  );
  await a.send('by A, after the removal');
  await b.hasTexts('while C belongs to them', 'by A, after the removal');
  await b.send('by B, after the removal');
  const all = ['while C belongs to them', 'by A, after the removal', 'by B, after the removal'];
  await a.hasTexts(...all);
  await a.close();
  await b.close();

  // As if a mailbox, or whoever copied a disk, had handed it over: sealed bodies, device list and key entries.
  const stored = await messagesOf(b.folder);
  for (const folder of [kept, c.folder]) {
    await inStoreOf(folder, ({ sync }) =>
      sync.commit({
        addMessages: stored.map((message) => ({ message, delivered: true, source: undefined })),
      }),
    );
    const removed = await OwnDevice.start(undefined, relay, { folder });
    expect((await removed.commands.status({})).membership).toBe('removed');
    expect(await removed.texts()).toEqual(['while C belongs to them']);
    await expect(removed.send('from beyond')).rejects.toMatchObject({ code: 'device-removed' });
    await removed.close();
  }
  // The same for a device that still belongs to them shows that it is the key that is missing, and nothing else.
  const again = await OwnDevice.start(undefined, relay, { folder: b.folder });
  expect(await again.texts()).toEqual(all);
}, 120_000);
