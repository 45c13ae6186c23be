import type { FrameChannel } from '../helpers/frame-channel.ts';
import { peerIdOfBytes, peerIdToBytes } from '../helpers/peer-id.ts';
import { PairDone, PairReply, PairRequest, Refusal } from '../proto/pairing.ts';
import type { Refused } from '../proto/pairing.ts';
import type { WrongGuess } from './wrong-guesses.ts';

/** Why a device was not admitted. */
export type RefusalReason =
  | 'no-invitation'
  | 'wrong-secret'
  | 'expired'
  | 'used'
  | 'rejected'
  | 'wrong-check'
  | 'wrong-code'
  | 'code-spent'
  | 'limited'
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
  'code-spent': Refusal.CODE_SPENT,
  limited: Refusal.LIMITED,
  cancelled: Refusal.CANCELLED,
};

/** What the inviting side tells of a wrong guess. The name is left out: its author is nobody that this device knows. */
export type ToldGuess = Omit<WrongGuess<GuessPath>, 'name'>;
type GuessPath = 'lan' | 'direct' | 'relay';

/** More devices than may guess at one invitation are not believed. */
const TOLD_GUESSES_MAX = 16;
/** More than an invitation takes; so much for what is shown. */
const TOLD_COUNT_MAX = 1_000;

export function reasonOfWire(wire: Refusal): RefusalReason {
  const found = Object.entries(reasonToWire).find(([, code]) => code === wire);
  return (found?.[0] as RefusalReason | undefined) ?? 'unknown';
}

/** Throws `ChannelClosedError`. */
export async function sendRefusal(
  channel: FrameChannel,
  reason: RefusalReason,
  guesses: readonly WrongGuess<string>[] = [],
): Promise<void> {
  const wrongGuesses = guesses.map(({ peerId, path, count }) => {
    return { peer: peerIdToBytes(peerId), path, count };
  });
  await channel.write(
    PairReply.encode({ refused: { reason: reasonToWire[reason], wrongGuesses } }),
  );
  await channel.close();
}

/** What the other side says about wrong guesses, as far as it can be shown. */
export function guessesIn({ wrongGuesses }: Refused): readonly ToldGuess[] {
  return wrongGuesses.slice(0, TOLD_GUESSES_MAX).flatMap(({ peer, path, count }) => {
    const peerId = peerIdOfBytes(peer);
    if (!peerId || (path !== 'lan' && path !== 'direct' && path !== 'relay')) return [];
    return [{ peerId, path, count: Math.min(count, TOLD_COUNT_MAX) }];
  });
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
