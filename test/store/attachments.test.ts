import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { openTestStore } from './open.ts';

const content = (name: string): Uint8Array => new TextEncoder().encode(`content of ${name}`);
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const nameOf = (name: string): string => hash(content(name));

test('an attachment fills up chunk by chunk, in any order, and is read in order', async () => {
  const { attachments } = await openTestStore({ inThread: true });
  const id = nameOf('file');
  expect(await attachments.state(id)).toBeUndefined();
  expect(await attachments.putChunk(content('a'))).toBe(false);
  const chunks = ['a', 'b', 'a', 'c'].map(nameOf);
  await attachments.add({ id, bytes: 99, chunks });
  expect(await attachments.state(id)).toEqual({ bytes: 99, chunks: 4, present: 0 });
  expect(await attachments.putChunk(content('c'))).toBe(true);
  expect(await attachments.putChunk(content('a'))).toBe(true);
  await attachments.add({ id, bytes: 1, chunks: [] });
  // A chunk that occurs twice is kept once and counts twice.
  expect(await attachments.state(id)).toEqual({ bytes: 99, chunks: 4, present: 3 });
  expect(await attachments.missing(id, 10)).toEqual([nameOf('b')]);
  expect(await attachments.missing(id, 0)).toEqual([]);
  expect(await attachments.chunk(id, 2)).toEqual(content('a'));
  expect(await attachments.chunk(id, 1)).toBeUndefined();
  expect(await attachments.chunk(id, 4)).toBeUndefined();
});

test('removing keeps the chunks that another attachment has', async () => {
  const { attachments } = await openTestStore();
  const [one, two] = [nameOf('one'), nameOf('two')];
  await attachments.add({ id: one, bytes: 2, chunks: ['a', 'b'].map(nameOf) });
  await attachments.add({ id: two, bytes: 2, chunks: ['b', 'c'].map(nameOf) });
  for (const name of ['a', 'b', 'c']) await attachments.putChunk(content(name));
  await attachments.remove(one);
  await attachments.remove(one);
  expect(await attachments.state(one)).toBeUndefined();
  expect(await attachments.state(two)).toMatchObject({ present: 2 });
  expect(await attachments.putChunk(content('a'))).toBe(false);
});
