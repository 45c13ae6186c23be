import { describe, expect, it } from 'vitest';
import type { FrameChannel } from '../../main/helpers/frame-channel.ts';
import { decodePayload } from '../../main/mvds/codec.ts';
import { EPOCH_MS } from '../../main/sync/constants.ts';
import { channelPair } from '../helpers/channels.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { A, B, inStep, Side } from './side.ts';

function idsIn(frame: Uint8Array): string[] {
  const decoded = decodePayload(frame);
  return decoded.ok ? decoded.payload.messages.map(({ id }) => id) : [];
}

/** Takes a frame with messages only every so many milliseconds: a busy core, a slow disk, a thin line. */
function slowed(channel: FrameChannel, clock: ManualClock, everyMs: number): FrameChannel {
  return {
    read: async () => {
      const frame = await channel.read();
      if (frame && idsIn(frame).length > 0) {
        await new Promise<void>((resolve) => void clock.schedule(everyMs, resolve));
      }
      return frame;
    },
    write: (frame) => channel.write(frame),
    close: () => channel.close(),
  };
}

describe('a receiver that is slow', () => {
  it('is sent no body twice in a session, however long it takes', async () => {
    const clock = new ManualClock();
    const [a, b] = [await Side.open(B, clock), await Side.open(A, clock)];
    for (let count = 0; count < 200; count += 1) {
      await a.write(`${count} ${'слово word 語 '.repeat(50 + (count % 40))}`, BigInt(count));
    }
    const sent = new Map<string, number>();
    const [bare, other] = channelPair();
    const endA: FrameChannel = {
      read: () => bare.read(),
      close: () => bare.close(),
      write: (frame) => {
        for (const id of idsIn(frame)) sent.set(id, (sent.get(id) ?? 0) + 1);
        return bare.write(frame);
      },
    };
    a.session({ peerId: B, path: 'relay', channel: endA });
    // Many epochs for each payload, and fewer than a stall takes.
    b.session({ peerId: A, path: 'relay', channel: slowed(other, clock, 20 * EPOCH_MS) });
    await inStep(clock, a, b);
    expect(await b.bodies()).toEqual(await a.bodies());
    expect(sent.size).toBe(200);
    expect([...sent.values()].filter((times) => times > 1)).toEqual([]);
  });
});
