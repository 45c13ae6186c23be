import { expect, it } from 'vitest';
import { TestDevices } from './devices.ts';
import type { Device } from './devices.ts';

const COUNT = 2_000;

const text = (at: number) => `${at} ${'Grüße aus Köln, 明日 um drei. '.repeat(8)}`;

const bytesOf = ({ orchestrator }: Device) => {
  const { bytesSent, bytesReceived } = orchestrator.totals();
  return bytesSent + bytesReceived;
};

it('a backlog costs at most 20 bytes a message beyond its body, in both directions together', async () => {
  const devices = new TestDevices();
  const [a, b] = [await devices.open('a', ['b']), await devices.open('b', ['a'])];
  await devices.pass(2_000);
  devices.network.setReachable(b.peerId, false);
  await devices.pass(2_000);
  const before = bytesOf(b);
  let bodies = 0;
  for (let at = 0; at < COUNT; at += 1) {
    const { body } = await a.write(text(at));
    bodies += body.byteLength;
  }
  devices.network.setReachable(b.peerId, true);
  for (let second = 0; second < 30 && (await b.texts()).length < COUNT; second += 1) {
    await devices.pass(1_000);
  }
  await devices.pass(2_000);
  expect([(await b.texts()).length, a.of(b).state.kind]).toEqual([COUNT, 'up-to-date']);
  expect((bytesOf(b) - before - bodies) / COUNT).toBeLessThan(20);
});

it('a live message costs at most 150 bytes beyond its body, with its acknowledgement and the status', async () => {
  const devices = new TestDevices();
  const [a, b] = [await devices.open('a', ['b']), await devices.open('b', ['a'])];
  await devices.pass(2_000);
  await a.write('vorher');
  await devices.pass(5_000);
  const before = bytesOf(b);
  const { body } = await a.write(text(1));
  await devices.pass(5_000);
  expect(a.of(b).state.kind).toBe('up-to-date');
  expect(bytesOf(b) - before - body.byteLength).toBeLessThan(150);
});
