import { expect, it } from 'vitest';
import { toPeerId } from '../../main/mvds/ids.ts';
import { channelPair } from '../helpers/channels.ts';
import { HandTransport, TestDevices } from './devices.ts';
import type { Device } from './devices.ts';

async function pair() {
  const devices = new TestDevices();
  const [a, b] = [await devices.open('a', ['b']), await devices.open('b', ['a'])];
  await devices.pass(1_000);
  return { devices, a, b };
}

const totalsOf = ({ orchestrator }: Device) => orchestrator.totals();

it('totals count the messages of every session, each where it went out and where it came in', async () => {
  const { devices, a, b } = await pair();
  await a.write('Moien, wéi geet et?');
  await b.write('おはよう');
  await devices.pass(2_000);
  await b.write('noch eine');
  await devices.pass(2_000);
  expect(totalsOf(a)).toMatchObject({ messagesSent: 1, messagesReceived: 2, sessions: 1 });
  expect(totalsOf(b)).toMatchObject({ messagesSent: 2, messagesReceived: 1, sessions: 1 });
  expect(totalsOf(a).bytesSent).toBe(totalsOf(b).bytesReceived);
  expect(totalsOf(b).bytesSent).toBe(totalsOf(a).bytesReceived);
  expect(totalsOf(a).bytesSent).toBe(a.of(b).bytesSent);
});

it('totals go on where the numbers of a session begin anew', async () => {
  const { devices, a, b } = await pair();
  await a.write('x'.repeat(40_000));
  await devices.pass(2_000);
  const first = a.of(b).bytesSent;
  devices.network.setReachable(b.peerId, false);
  await devices.pass(2_000);
  devices.network.setReachable(b.peerId, true);
  await devices.pass(5_000);
  expect(a.of(b).state.kind).toBe('up-to-date');
  expect(a.of(b).bytesSent).toBeLessThan(first);
  expect(totalsOf(a).bytesSent).toBe(first + a.of(b).bytesSent);
  expect(totalsOf(a).sessions).toBe(2);
});

it('totals do not fall when the group drops a peer', async () => {
  const { devices, a, b } = await pair();
  await a.write('stays counted');
  await devices.pass(2_000);
  const before = totalsOf(a);
  a.group.drop(b.peerId);
  await devices.pass(2_000);
  expect(a.of(b).state.kind).toBe('removed');
  expect(totalsOf(a)).toEqual(before);
});

it('totals count sessions that end by a fault, by what the fault is', async () => {
  const devices = new TestDevices();
  const transport = new HandTransport();
  const a = await devices.open('a', ['b'], { transport });
  const peerId = toPeerId('b');
  const session = (frames: readonly Uint8Array[]) => {
    const [own, theirs] = channelPair();
    transport.session({ peerId, path: 'lan', channel: own });
    return Promise.all(frames.map((frame) => theirs.write(frame))).then(() => theirs.close());
  };
  await session([]);
  await devices.pass(2_000);
  await session([new Uint8Array([0xff, 0xff, 0xff])]);
  await devices.pass(2_000);
  expect(Object.fromEntries(totalsOf(a).failures)).toEqual({ refused: 1, protocol: 1 });
  expect(totalsOf(a)).toMatchObject({ sessions: 2, bytesReceived: 3 });
});
