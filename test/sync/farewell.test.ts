import { expect, it } from 'vitest';
import { TestDevices } from './devices.ts';

it('a peer that is dropped is told what it is to be told last, and nothing else', async () => {
  const devices = new TestDevices();
  const elsewhere = await devices.open('c', []);
  const last = await elsewhere.write('you were removed');
  const a = await devices.open('a', ['b'], { farewell: async () => [last] });
  const b = await devices.open('b', ['a']);
  await devices.pass(1_000);
  expect(b.of(a).state.kind).toBe('up-to-date');
  a.group.drop(b.peerId);
  await a.write('not for b');
  await devices.pass(5_000);
  expect(await b.texts()).toEqual(['you were removed']);
  expect(a.of(b).state.kind).toBe('removed');
});

it('where that fails the peer is dropped all the same', async () => {
  const devices = new TestDevices();
  const farewell = () => Promise.reject(new Error('disk'));
  const a = await devices.open('a', ['b'], { farewell });
  const b = await devices.open('b', ['a']);
  await devices.pass(1_000);
  a.group.drop(b.peerId);
  await devices.pass(5_000);
  expect(a.of(b).state.kind).toBe('removed');
  expect(a.errors).toEqual([new Error('disk')]);
  await a.write('not for b');
  await devices.pass(5_000);
  expect(await b.texts()).toEqual([]);
});
