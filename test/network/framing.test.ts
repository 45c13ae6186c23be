import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import type { Stream } from '@libp2p/interface';
import { createLibp2p } from 'libp2p';
import { expect, onTestFinished, test } from 'vitest';
import { frameChannel, type OversizedFrames } from '../../main/network/framing.ts';
import { toFrame } from '../../main/mvds/frames.ts';

const FRAME_MAX = 1_000;
const PROTOCOL = '/reunion/framing/1.0.0';

/** A channel at one end of a stream between two nodes, and the stream at the other. */
async function ends(oversized?: OversizedFrames) {
  const node = (listen: string[]) =>
    createLibp2p({
      addresses: { listen },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionMonitor: { enabled: false },
    });
  const [one, other] = await Promise.all([node([]), node(['/ip4/127.0.0.1/tcp/0'])]);
  onTestFinished(async () => {
    await Promise.all([one.stop(), other.stop()]);
  });
  const accepted = Promise.withResolvers<Stream>();
  await other.handle(PROTOCOL, (stream) => accepted.resolve(stream));
  const stream = await one.dialProtocol(other.getMultiaddrs(), PROTOCOL);
  const channel = frameChannel(await accepted.promise, FRAME_MAX, oversized);
  /** Writes as the stream has room. */
  const write = async (bytes: Uint8Array, step = 16_000): Promise<void> => {
    for (let at = 0; at < bytes.length; at += step) {
      if (!stream.send(bytes.subarray(at, at + step))) await stream.onDrain();
    }
  };
  return { channel, stream, write };
}

const text = (channel: { read(): Promise<Uint8Array | undefined> }) =>
  channel.read().then((frame) => frame && new TextDecoder().decode(frame));
const frame = (body: string): Uint8Array => toFrame(new TextEncoder().encode(body));
const huge = (bytes: number): Uint8Array => toFrame(new Uint8Array(bytes).fill(65));

test.each([100_000, 333])(
  'a frame that is too long is skipped and told of, in pieces of %i bytes, and those around it are read',
  async (step) => {
    const skipped: number[] = [];
    const { channel, write } = await ends({
      bytesMax: 3_000_000,
      onSkipped: (bytes) => skipped.push(bytes),
    });
    const parts = [
      frame('before'),
      huge(FRAME_MAX + 1),
      frame('between'),
      huge(200_000),
      frame(''),
    ];
    await write(new Uint8Array(Buffer.concat([...parts, frame('after')])), step);
    expect([await text(channel), await text(channel)]).toEqual(['before', 'between']);
    expect([await text(channel), await text(channel)]).toEqual(['', 'after']);
    expect(skipped).toEqual([FRAME_MAX + 1, 200_000]);
  },
);

test('a channel that has skipped as much as it may ends at the next one, before its body has come', async () => {
  const skipped: number[] = [];
  const { channel, stream, write } = await ends({
    bytesMax: 300_000,
    onSkipped: (bytes) => skipped.push(bytes),
  });
  await write(huge(200_000));
  await write(frame('still read'));
  expect(await text(channel)).toBe('still read');
  const ended = new Promise((resolve) => stream.addEventListener('close', resolve));
  stream.send(huge(100_001).subarray(0, 100));
  expect(await channel.read()).toBeUndefined();
  await ended;
  expect(skipped).toEqual([200_000]);
});

test('a channel that skips nothing ends at the first one', async () => {
  const { channel, stream } = await ends();
  stream.send(huge(FRAME_MAX + 1).subarray(0, 100));
  expect(await channel.read()).toBeUndefined();
});
