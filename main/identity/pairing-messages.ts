import type { FrameChannel } from '../helpers/frame-channel.ts';
import { PairDone, PairReply, PairRequest, Refusal } from '../proto/pairing.ts';

/** Why a device was not admitted. */
export type RefusalReason =
  | 'no-invitation'
  | 'wrong-secret'
  | 'expired'
  | 'used'
  | 'rejected'
  | 'wrong-check'
  | 'wrong-code'
  | 'cancelled'
  | 'unknown';

const reasonToWire: Readonly<Record<RefusalReason, Refusal>> = {
  unknown: Refusal.UNKNOWN,
  'no-invitation': Refusal.NO_INVITATION,
  'wrong-secret': Refusal.WRONG_SECRET,
  expired: Refusal.EXPIRED,
  used: Refusal.USED,
  rejected: Refusal.REJECTED,
  'wrong-check': Refusal.WRONG_CHECK,
  'wrong-code': Refusal.WRONG_CODE,
  cancelled: Refusal.CANCELLED,
};

export function reasonOfWire(wire: Refusal): RefusalReason {
  const found = Object.entries(reasonToWire).find(([, code]) => code === wire);
  return (found?.[0] as RefusalReason | undefined) ?? 'unknown';
}

export async function sendRefusal(channel: FrameChannel, reason: RefusalReason): Promise<void> {
  await channel.write(PairReply.encode({ refused: { reason: reasonToWire[reason] } }));
  await channel.close();
}

/** The next message of a kind; undefined where the channel ended or something else came. */
async function receive<T>(
  channel: FrameChannel,
  decode: (bytes: Uint8Array) => T,
): Promise<T | undefined> {
  const frame = await channel.read();
  if (!frame) return undefined;
  try {
    return decode(frame);
  } catch {
    return undefined;
  }
}

export const receiveRequest = (channel: FrameChannel) =>
  receive(channel, (bytes) => PairRequest.decode(bytes));
export const receiveReply = (channel: FrameChannel) =>
  receive(channel, (bytes) => PairReply.decode(bytes));
export const receiveDone = (channel: FrameChannel) =>
  receive(channel, (bytes) => PairDone.decode(bytes));
