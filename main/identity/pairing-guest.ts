import type { FrameChannel } from '../helpers/frame-channel.ts';
import { ChannelClosedError } from '../helpers/frame-channel.ts';
import type { PeerId } from '../mvds/types.ts';
import { PairDone, PairRequest } from '../proto/pairing.ts';
import type { PairReply } from '../proto/pairing.ts';
import { receiveAdmitted } from './admitted-entries.ts';
import type { AdmittedEntries } from './admitted-entries.ts';
import { proofMatches, proofOf } from './invitation.ts';
import { proposeCode } from './code-exchange.ts';
import type { PairingCode } from './pairing-code.ts';
import { presentable } from './device-name.ts';
import { guessesIn, reasonOfWire, receiveReply } from './pairing-messages.ts';
import type { RefusalReason, ToldGuess } from './pairing-messages.ts';

export type JoinResult =
  | { readonly kind: 'admitted'; readonly entries: AdmittedEntries }
  | {
      readonly kind: 'refused';
      readonly reason: RefusalReason;
      /** Who has entered wrong codes, as the other side says; absent where it says nothing. */
      readonly wrongGuesses?: readonly ToldGuess[];
    }
  /** The inviter did not prove that it knows the secret of the link, or the words of the code. */
  | { readonly kind: 'impostor' }
  /** The channel ended before the inviter had answered. */
  | { readonly kind: 'lost' };

export interface JoinOptions {
  readonly inviter: PeerId;
  /** The secret of a link or a picture, 16 bytes, or a short code. */
  readonly by: { readonly secret: Uint8Array } | { readonly code: PairingCode };
  readonly self: { readonly peerId: PeerId; readonly name: string; readonly system: string };
  readonly channel: FrameChannel;
  /** By code: from now on the other side has had its guess at the words, whatever comes of it. */
  readonly onGuess?: () => void;
  /** The inviter has proven itself and is asking its person. */
  readonly onWaiting: (waiting: {
    readonly inviter: string;
    /** Two digits, to be typed on the inviter; undefined where none are asked for. */
    readonly check: string | undefined;
  }) => void;
  /** Stores what was given; only when that is done is the inviter told so. */
  readonly store: (entries: AdmittedEntries) => Promise<void>;
}

/** The joining side of pairing, over a channel to the inviter, whose PeerId the channel has proven. */
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
  const { channel } = options;
  const introduced = await introduce(options);
  if ('kind' in introduced) return introduced;

  const proof = await receiveReply(channel);
  if (!proof?.waiting) return ended(proof);
  if (!introduced.isInviter(proof.waiting.mac)) return { kind: 'impostor' };
  const { name, check } = proof.waiting;
  options.onWaiting({
    inviter: presentable(name),
    check: /^\d{2}$/u.test(check) ? check : undefined,
  });

  const answer = await receiveReply(channel);
  if (!answer?.admitted) return ended(answer);
  const entries = await receiveAdmitted(channel, answer.admitted);
  if (!entries) return { kind: 'lost' };
  await options.store(entries);
  // From here on this device is one of them, whether or not the inviter hears of it now.
  await channel.write(PairDone.encode({})).catch(() => undefined);
  return { kind: 'admitted', entries };
}

/** Shows the inviter that this device knows the secret, and says how it will be known that the inviter does. */
async function introduce({
  inviter,
  by,
  self,
  channel,
  onGuess = () => undefined,
}: JoinOptions): Promise<JoinResult | { readonly isInviter: (mac: Uint8Array) => boolean }> {
  const { name, system } = self;
  if ('code' in by) {
    const parties = { inviter, joiner: self.peerId };
    const introduction = { name, system };
    const agreement = await proposeCode(channel, by.code, parties, introduction, onGuess);
    if (agreement.kind === 'impostor') return agreement;
    return agreement.kind === 'ended' ? ended(agreement.reply) : { isInviter: agreement.isInviter };
  }
  const mac = proofOf(by.secret, 'join', inviter, self.peerId);
  await channel.write(PairRequest.encode({ mac, name, system }));
  const expected = proofOf(by.secret, 'invite', inviter, self.peerId);
  return { isInviter: (theirs) => proofMatches(expected, theirs) };
}

function ended(reply: PairReply | undefined): JoinResult {
  if (!reply?.refused) return { kind: 'lost' };
  const reason = reasonOfWire(reply.refused.reason);
  const wrongGuesses = guessesIn(reply.refused);
  return { kind: 'refused', reason, ...(wrongGuesses.length > 0 && { wrongGuesses }) };
}
