import { expect, test } from 'vitest';
import { Background } from '../../main/helpers/background.ts';

/** A background, what it was told of failures, and work that ends when told. */
function started() {
  const errors: unknown[] = [];
  const background = new Background((error) => errors.push(error));
  const work = Promise.withResolvers<undefined>();
  let hasEnded = false;
  const end = async () => {
    await background.ended();
    hasEnded = true;
  };
  return { background, errors, work, end, hasEnded: () => hasEnded };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test.each(['run', 'track'] as const)(
  '%s: the end waits for the work, and for work that this begins',
  async (way) => {
    const { background, errors, work, end, hasEnded } = started();
    const next = Promise.withResolvers<undefined>();
    void background[way](work.promise.then(() => background.run(next.promise)));
    const ended = end();
    await settled();
    expect(hasEnded()).toBe(false);
    work.resolve(undefined);
    await settled();
    expect(hasEnded()).toBe(false);
    next.resolve(undefined);
    await ended;
    expect(errors).toEqual([]);
  },
);

test('whoever waits for tracked work gets what it is rejected with, and nobody else', async () => {
  const { background, errors, work, end } = started();
  const tracked = background.track(work.promise);
  work.reject(new Error('failed'));
  await expect(tracked).rejects.toThrow('failed');
  await end();
  expect(errors).toEqual([]);
});

test('what nobody waits for is reported', async () => {
  const { background, errors, work, end } = started();
  background.run(work.promise);
  work.reject(new Error('failed'));
  await end();
  expect(errors).toEqual([new Error('failed')]);
});
