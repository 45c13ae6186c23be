import { expect, test } from 'vitest';
import { toPeerId } from '../../main/mvds/ids.ts';
import { limitedTransport } from '../../main/sync/limited-transport.ts';
import type { Path, Session, Transport } from '../../main/sync/ports.ts';
import { filled, FULL_BUCKET, taken, waitOf } from '../../main/sync/token-bucket.ts';
import { channelPair } from '../helpers/channels.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const RATE = 100_000;

/** Lets everything run that waits for nothing but its turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

function limitedSession(path: Path, clock: ManualClock, rate: number | undefined) {
  let connect: (session: Session) => void = () => undefined;
  const inner: Transport = {
    want: () => undefined,
    retry: () => undefined,
    onSession: (listener) => (connect = listener),
  };
  const rates = { send: rate, receive: rate };
  const outer = limitedTransport(inner, clock, () => rates);
  const open = () => {
    const [own, theirs] = channelPair();
    let session: Session | undefined;
    outer.onSession((opened) => (session = opened));
    connect({ peerId: toPeerId('peer'), path, channel: own });
    if (!session) throw new Error('no session');
    return { channel: session.channel, theirs };
  };
  return { open, rates };
}

test('a bucket lets through what its rate says, and a burst of a quarter of a second', () => {
  let bucket = filled(FULL_BUCKET, RATE, 1_000);
  expect(bucket.tokens).toBe(25_000);
  expect(waitOf(bucket, RATE)).toBe(0);
  // More than there is: it passes, and the next waits for it.
  bucket = taken(bucket, 125_000);
  expect(waitOf(bucket, RATE)).toBe(1_000);
  expect(waitOf(filled(bucket, RATE, 1_999), RATE)).toBe(1);
  expect(waitOf(filled(bucket, RATE, 2_001), RATE)).toBe(0);
  // A clock that is set back by a year brings nothing and costs nothing.
  expect(waitOf(filled(bucket, RATE, -1e10), RATE)).toBe(1_000);
});

test.each(['relay', 'direct'] as const)(
  'frames by %s are held to the rate, both ways',
  async (path) => {
    const clock = new ManualClock();
    const { open, rates } = limitedSession(path, clock, RATE);
    const [one, two] = [open(), open()];
    const sent: number[] = [];
    const write = (number: number, { channel } = one) =>
      void channel.write(new Uint8Array(50_000)).then(() => sent.push(number));
    write(1);
    await turn();
    // Peers share the allowance.
    write(2, two);
    await turn();
    expect(sent).toEqual([1]);
    clock.advance(249);
    await turn();
    expect(sent).toEqual([1]);
    clock.advance(2);
    await turn();
    expect(sent).toEqual([1, 2]);

    const read: number[] = [];
    for (const number of [1, 2, 3]) void one.theirs.write(new Uint8Array([number]));
    await one.theirs.write(new Uint8Array(50_000));
    const reading = async () => {
      for (let frame = await one.channel.read(); frame; frame = await one.channel.read()) {
        read.push(frame.byteLength);
      }
    };
    void reading();
    await turn();
    expect(read).toEqual([1, 1, 1, 50_000]);
    await one.theirs.write(new Uint8Array(7));
    await turn();
    expect(read).toHaveLength(4);
    // A limit that is lifted is lifted for what waits already.
    rates.receive = undefined;
    clock.advance(1_000);
    await turn();
    expect(read.at(-1)).toBe(7);
  },
);

test('the local network is not limited, nor is anything where there is no limit', async () => {
  const clock = new ManualClock();
  for (const { open } of [
    limitedSession('lan', clock, 16_000),
    limitedSession('relay', clock, undefined),
  ]) {
    const { channel, theirs } = open();
    for (let frame = 0; frame < 20; frame += 1) {
      void channel.write(new Uint8Array(100_000));
      expect((await theirs.read())?.byteLength).toBe(100_000);
    }
  }
});

test('a session that ends waits for nothing, and its last word goes out still', async () => {
  const clock = new ManualClock();
  for (const rate of [RATE, undefined]) {
    const { open } = limitedSession('relay', clock, rate);
    const { channel, theirs } = open();
    await channel.write(new Uint8Array(100_000));
    const last = channel.write(new Uint8Array(1));
    await channel.close();
    await last;
    await expect(channel.write(new Uint8Array(2))).rejects.toThrow('ended');
    const sizes = [await theirs.read(), await theirs.read(), await theirs.read()];
    expect(sizes.map((frame) => frame?.byteLength)).toEqual([100_000, 1, undefined]);
  }
});
