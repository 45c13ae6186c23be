import { expect, test } from 'vitest';
import { letIn, OwnDevice } from '../helpers/own-devices.ts';
import { foreignRelay } from '../network/relay-helpers.ts';

/** Several times the 128 KiB that the relay lets through one connection. */
const TEXTS = 200;
const TEXT_LENGTH = 4_000;

test('a relay that is not ours, and cuts every 128 KiB, is enough to pair and to get everything', async () => {
  let connections = 0;
  const relay = await foreignRelay(95, () => (connections += 1));
  const [a, b] = [await OwnDevice.start('A', relay), await OwnDevice.start('B', relay)];
  const texts = Array.from({ length: TEXTS }, (_, index) => textNumber(index));
  for (const text of texts) await a.send(text);
  await letIn(a, b);
  await b.eventually(async () => (await b.texts()).length === TEXTS, 'all texts');
  expect(await b.texts()).toEqual(texts);
  // The first one was cut.
  expect(connections).toBeGreaterThan(1);
  const { relays } = await b.commands.status({});
  // Its duration is written in milliseconds: no time is named rather than a wrong one.
  const limits = { bytes: 128 * 1024, seconds: null };
  expect(relays).toEqual([{ address: relay, state: 'limiting', limits }]);

  // What is written later arrives as well, and both sides know of each other that they have all.
  await b.send('and back');
  await a.eventually(async () => (await a.texts()).length === TEXTS + 1, 'the answer');
  for (const device of [a, b]) {
    await device.eventually(async () => {
      const { peers } = await device.commands.status({});
      return peers.every(({ state }) => state === 'up-to-date');
    }, 'in step');
  }
}, 90_000);

/** Letters that no compression would make few of. */
function textNumber(index: number): string {
  const letters = Array.from({ length: TEXT_LENGTH }, (_, at) =>
    String.fromCharCode(97 + ((index * 7 + at * at * 13 + (at >> 3)) % 26)),
  );
  return letters.join('');
}
