import { expect, test } from 'vitest';
import { letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';

const TIMEOUT_MS = 60_000;

test(
  'a newcomer that looks like a device of the person is marked before it is let in, and after that in every list',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('Laptop', relay);
    // Its second letter is a Cyrillic one.
    const b = await OwnDevice.start('L\u0430ptop', relay);
    const c = await OwnDevice.start('Phone', relay);
    const asked: unknown[] = [];
    a.onEvent((event) => {
      if (event.kind === 'pairing' && event.pairing.kind === 'approving') {
        asked.push(event.pairing.similarTo);
      }
    });
    await letIn(a, b);
    await letIn(a, c);
    const laptop = { id: a.id, name: 'Laptop' };
    const other = { id: b.id, name: 'L\u0430ptop' };
    expect(asked).toEqual([[laptop], []]);
    const devices = await a.commands.devices({});
    expect(devices.map(({ id, similarTo }) => [id, similarTo])).toEqual([
      [a.id, [other]],
      [b.id, [laptop]],
      [c.id, []],
    ]);
    const { peers } = await a.commands.status({});
    expect(peers.find(({ id }) => id === b.id)?.similarTo).toEqual([laptop]);
    await a.commands.renameDevice({ device: b.id, name: 'Old laptop' });
    const after = await a.commands.devices({});
    expect(after.flatMap(({ similarTo }) => similarTo)).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'a device whose name shows nothing asks to join under a name that does, and nobody can give it such a name',
  async () => {
    const relay = await relayHere();
    const a = await OwnDevice.start('Desk', relay);
    const b = await OwnDevice.start('\u3164\u2800', relay);
    const names: string[] = [];
    a.onEvent((event) => {
      if (event.kind === 'pairing' && event.pairing.kind === 'approving') {
        names.push(event.pairing.name);
      }
    });
    await letIn(a, b);
    expect(names).toEqual(['A device without a name']);
    for (const name of ['', ' ', '\u3164', '\u2800', '\u115f', '\uffa0']) {
      await expect(a.commands.renameDevice({ device: b.id, name })).rejects.toMatchObject({
        code: 'invalid-name',
      });
      const c = await OwnDevice.start('C', relay);
      await expect(c.commands.createFirstDevice({ name })).rejects.toMatchObject({
        code: 'invalid-name',
      });
      await expect(c.commands.join({ link: 'reunion:x', name })).rejects.toMatchObject({
        code: 'invalid-name',
      });
    }
  },
  TIMEOUT_MS,
);

test(
  'two devices show the same twelve words, and others with a third',
  async () => {
    const relay = await relayHere();
    const [a, b, c] = [
      await OwnDevice.start('A', relay),
      await OwnDevice.start('B', relay),
      await OwnDevice.start('C', relay),
    ];
    await letIn(a, b);
    await letIn(a, c);
    const { device, words } = await a.commands.compareDevice({ device: 'B' });
    expect(device).toEqual({ id: b.id, name: 'B' });
    expect(words).toHaveLength(12);
    expect((await b.commands.compareDevice({ device: a.id })).words).toEqual(words);
    expect((await a.commands.compareDevice({ device: 'C' })).words).not.toEqual(words);
    for (const own of ['A', a.id, 'nobody']) {
      await expect(a.commands.compareDevice({ device: own })).rejects.toMatchObject({
        code: 'not-found',
      });
    }
  },
  TIMEOUT_MS,
);
