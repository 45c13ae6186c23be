import { expect, test } from 'vitest';
import { SEED } from './seed.ts';
import { KEY } from '../store/open.ts';
import { cutPower, record } from '../store/power-loss.ts';

/** Of each recording, half of which are of an encrypted store. */
const IMAGES = 75;
const RECORDINGS = 8;

test.each(Array.from({ length: RECORDINGS }, (_, index) => SEED + index))(
  `every acknowledged commit survives the loss of power: ${IMAGES} images, seed %i`,
  async (seed) => {
    const recording = await record(seed, seed % 2 === 0 ? KEY : undefined);
    const { losses, damages } = await cutPower(recording, IMAGES, seed);
    expect({ losses, damages }).toEqual({ losses: [], damages: [] });
  },
);

test('a disk that does not synchronize is found out', async () => {
  const { losses, damages } = await cutPower(await record(SEED, undefined), IMAGES, SEED, true);
  console.log(
    `without synchronization, ${IMAGES} images: ${losses.length} lose something, ${damages.length} are damaged`,
  );
  expect(losses.length + damages.length).toBeGreaterThan(IMAGES / 3);
});
