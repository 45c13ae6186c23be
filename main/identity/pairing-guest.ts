import type { FrameChannel } from '../helpers/frame-channel.ts';
import { ChannelClosedError } from '../helpers/frame-channel.ts';
import type { PeerId } from '../mvds/types.ts';
import { PairDone, PairRequest } from '../proto/pairing.ts';
import type { PairReply } from '../proto/pairing.ts';
import { proofMatches, proofOf } from './invitation.ts';
import type { Invitation } from './invitation.ts';
import { presentable } from './device-name.ts';
import { reasonOfWire, receiveReply } from './pairing-messages.ts';
import type { RefusalReason } from './pairing-messages.ts';

export type JoinResult =
  | { readonly kind: 'admitted'; readonly deviceList: readonly Uint8Array[] }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  /** The inviter did not prove that it knows the secret of the link. */
  | { readonly kind: 'impostor' }
  /** The channel ended before the inviter had answered. */
  | { readonly kind: 'lost' };

export interface JoinOptions {
  readonly invitation: Invitation;
  readonly self: { readonly peerId: PeerId; readonly name: string; readonly system: string };
  readonly channel: FrameChannel;
  /** The inviter has proven itself and is asking its person. */
  readonly onWaiting: (waiting: {
    readonly inviter: string;
    /** Two digits, to be typed on the inviter; undefined where none are asked for. */
    readonly check: string | undefined;
  }) => void;
  /** Stores the device list; only when that is done is the inviter told so. */
  readonly store: (deviceList: readonly Uint8Array[]) => Promise<void>;
}

/** The joining side of pairing, over a channel to the inviter whose PeerId is that of the invitation. */
export async function joinByInvitation(options: JoinOptions): Promise<JoinResult> {
  try {
    return await converse(options);
  } catch (error) {
    if (error instanceof ChannelClosedError) return { kind: 'lost' };
    throw error;
  } finally {
    await options.channel.close();
  }
}

async function converse(options: JoinOptions): Promise<JoinResult> {
  const { invitation, self, channel } = options;
  const { secret, inviter } = invitation;
  const mac = proofOf(secret, 'join', inviter, self.peerId);
  await channel.write(PairRequest.encode({ mac, name: self.name, system: self.system }));

  const proof = await receiveReply(channel);
  if (!proof?.waiting) return ended(proof);
  const expected = proofOf(secret, 'invite', inviter, self.peerId);
  if (!proofMatches(expected, proof.waiting.mac)) return { kind: 'impostor' };
  const { name, check } = proof.waiting;
  options.onWaiting({
    inviter: presentable(name),
    check: /^\d{2}$/u.test(check) ? check : undefined,
  });

  const answer = await receiveReply(channel);
  if (!answer?.admitted) return ended(answer);
  const { deviceList } = answer.admitted;
  await options.store(deviceList);
  // From here on this device is one of them, whether or not the inviter hears of it now.
  await channel.write(PairDone.encode({})).catch(() => undefined);
  return { kind: 'admitted', deviceList };
}

function ended(reply: PairReply | undefined): JoinResult {
  return reply?.refused
    ? { kind: 'refused', reason: reasonOfWire(reply.refused.reason) }
    : { kind: 'lost' };
}
