import { expect, test } from 'vitest';
import type { FrameChannel } from '../../main/helpers/frame-channel.ts';
import { INBOX_BYTES_MAX, INBOX_GROUP_BYTES } from '../../main/sync/constants.ts';
import { FrameInbox } from '../../main/sync/frame-inbox.ts';

/** A channel that gives frames of these sizes, the index as their first byte, and then ends as `end` does. */
function channelOf(sizes: readonly number[], end: () => undefined = () => undefined) {
  let read = 0;
  const channel: FrameChannel = {
    read: async () => {
      const size = sizes[read];
      if (size === undefined) {
        end();
        return;
      }
      read += 1;
      return new Uint8Array(size).fill(read - 1, 0, 1);
    },
    write: async () => undefined,
    close: async () => undefined,
  };
  return { channel, read: () => read };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

async function takeAll(inbox: FrameInbox<Uint8Array>): Promise<number[][]> {
  const groups: number[][] = [];
  for (;;) {
    const group = await inbox.take();
    if (!group) return groups;
    groups.push(group.map((frame) => frame[0] ?? -1));
  }
}

test('frames that came meanwhile are taken together, in order, and none is lost at the end', async () => {
  const { channel } = channelOf([10, 20, 30]);
  const inbox = new FrameInbox(channel, (frame) => frame);
  await inbox.fill();
  expect(await takeAll(inbox)).toEqual([[0, 1, 2]]);
});

test('a frame that comes alone is taken at once', async () => {
  const { channel } = channelOf([10]);
  const inbox = new FrameInbox(channel, (frame) => frame);
  const taken = inbox.take();
  await inbox.fill();
  expect((await taken)?.length).toBe(1);
  expect(await inbox.take()).toBeUndefined();
});

test('a group has a limit, and a longer frame is a group by itself', async () => {
  const half = INBOX_GROUP_BYTES / 2;
  const { channel } = channelOf([half, half, half, INBOX_GROUP_BYTES * 2, 10]);
  const inbox = new FrameInbox(channel, (frame) => frame);
  const filling = inbox.fill();
  await turn();
  expect(await takeAll(inbox)).toEqual([[0, 1], [2], [3], [4]]);
  await filling;
});

test('no more is read ahead than the limit and a frame', async () => {
  const size = 100_000;
  const { channel, read } = channelOf(Array.from({ length: 100 }, () => size));
  const inbox = new FrameInbox(channel, (frame) => frame);
  const filling = inbox.fill();
  await turn();
  expect(read()).toBe(Math.floor(INBOX_BYTES_MAX / size) + 1);
  expect((await takeAll(inbox)).flat()).toEqual(Array.from({ length: 100 }, (_, index) => index));
  await filling;
});

test('a channel that fails gives what came before it', async () => {
  const { channel } = channelOf([10, 20], () => {
    throw new Error('cut');
  });
  const inbox = new FrameInbox(channel, (frame) => frame);
  await expect(inbox.fill()).rejects.toThrow('cut');
  expect(await takeAll(inbox)).toEqual([[0, 1]]);
});

test('where nobody takes any more, reading ahead ends', async () => {
  const { channel, read } = channelOf(Array.from({ length: 100 }, () => INBOX_BYTES_MAX));
  const inbox = new FrameInbox(channel, (frame) => frame);
  const filling = inbox.fill();
  await turn();
  inbox.drop();
  await filling;
  expect(read()).toBe(2);
  expect(await inbox.take()).toBeUndefined();
});

test('a frame is decoded as soon as it is read, before anybody takes it', async () => {
  const decoded: number[] = [];
  const { channel } = channelOf([10, 20]);
  const inbox = new FrameInbox(channel, (frame) => {
    decoded.push(frame.byteLength);
    return frame;
  });
  await inbox.fill();
  expect(decoded).toEqual([10, 20]);
});
