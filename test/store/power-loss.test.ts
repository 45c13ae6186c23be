import { expect, test } from 'vitest';
import { KEY } from './open.ts';
import { cutPower, record } from './power-loss.ts';

const IMAGES = 15;
const SEED = 20_261_123;

test.each([
  ['plain', undefined],
  ['encrypted', KEY],
])('every acknowledged commit survives the loss of power, %s', async (_, key) => {
  const { losses, damages } = await cutPower(await record(SEED, key), IMAGES, SEED);
  expect({ losses, damages }).toEqual({ losses: [], damages: [] });
});

test('a disk that does not synchronize is found out', async () => {
  const { losses, damages } = await cutPower(await record(SEED, undefined), IMAGES, SEED, true);
  expect(losses.length + damages.length).toBeGreaterThan(IMAGES / 3);
});
