import { expect, test } from 'vitest';
import {
  ADMITTED_ENTRIES_MAX,
  receiveAdmitted,
  sendAdmitted,
} from '../../main/identity/admitted-entries.ts';
import type { AdmittedEntries } from '../../main/identity/admitted-entries.ts';
import type { FrameChannel } from '../../main/helpers/frame-channel.ts';
import { KEY_ENTRY_BYTES_MAX } from '../../main/identity/key-entry.ts';
import { PAIR_FRAME_BYTES_MAX } from '../../main/network/constants.ts';
import { PairReply } from '../../main/proto/pairing.ts';
import { channelPair } from '../helpers/channels.ts';

function entries(count: number, bytes: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => new Uint8Array(bytes).fill(index));
}

/** What arrives of the entries, and the sizes of the frames they came in. */
async function sent(all: AdmittedEntries) {
  const [here, there] = channelPair();
  const sizes: number[] = [];
  const measuring: FrameChannel = {
    ...here,
    write: async (frame) => {
      sizes.push(frame.byteLength);
      await here.write(frame);
    },
  };
  await sendAdmitted(measuring, all);
  const { admitted } = PairReply.decode((await there.read()) ?? new Uint8Array());
  if (!admitted) throw new Error('nothing was sent');
  return { sizes, received: await receiveAdmitted(there, admitted) };
}

test.each<[string, AdmittedEntries]>([
  ['a first device', { deviceList: entries(2, 250), contentKeys: entries(1, 400) }],
  ['a mailbox', { deviceList: entries(3, 250), contentKeys: [] }],
  [
    'a list and a log of many years',
    { deviceList: entries(2_000, 300), contentKeys: entries(300, 1_200) },
  ],
  [
    'entries as large as they may be',
    { deviceList: entries(5, 4_096), contentKeys: entries(7, KEY_ENTRY_BYTES_MAX) },
  ],
])('the entries of %s arrive in frames that a pairing channel takes', async (_of, all) => {
  const { sizes, received } = await sent(all);
  expect(received).toEqual(all);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(PAIR_FRAME_BYTES_MAX);
});

test('parts that never end, or hold nothing, are not read for ever', async () => {
  for (const deviceList of [entries(1_000, 1), []]) {
    let reads = 0;
    const part = { deviceList, contentKeys: [], more: true };
    const channel: FrameChannel = {
      read: async () => {
        reads += 1;
        return PairReply.encode({ admitted: part });
      },
      write: async () => undefined,
      close: async () => undefined,
    };
    expect(await receiveAdmitted(channel, part)).toBeUndefined();
    expect(reads).toBeLessThanOrEqual(ADMITTED_ENTRIES_MAX / 1_000 + 1);
  }
});
