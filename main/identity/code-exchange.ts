import { randomBytes } from 'node:crypto';
import { concatBytes, utf8 } from '../helpers/bytes.ts';
import type { FrameChannel } from '../helpers/frame-channel.ts';
import { peerIdToBytes } from '../helpers/peer-id.ts';
import type { PeerId } from '../mvds/types.ts';
import { PairReply, PairRequest } from '../proto/pairing.ts';
import type { CodeStart } from '../proto/pairing.ts';
import { CpaceRun, lengthValue } from './cpace.ts';
import type { CpaceAgreement, CpaceInputs } from './cpace.ts';
import { codeSecret } from './pairing-code.ts';
import type { PairingCode } from './pairing-code.ts';
import { receiveReply, receiveRequest } from './pairing-messages.ts';

/*
 * CPace over the pairing protocol, the joining device being the initiator. The new device confirms first: one that breaks off
 * before it has shown that it knows the words has learnt nothing, and one that shows wrong words has used its guess.
 *
 *   joining device                          inviting device
 *   code: nameplate, session id, share  ->
 *                                       <-  code: share
 *   mac (its confirmation), name        ->
 *                                       <-  waiting: mac (the other confirmation), name
 */

const LABEL = utf8('reunion pairing by code 1');
/** Fresh for each run (draft-irtf-cfrg-cpace, "Session identifier"). */
const SESSION_ID_BYTES = 16;

export interface Parties {
  readonly inviter: PeerId;
  readonly joiner: PeerId;
}

/** What binds a run to its channel: Noise has proven both PeerIds, so whoever passes the messages on gets another key. */
function inputsOf(
  code: PairingCode,
  { inviter, joiner }: Parties,
  sessionId: Uint8Array,
): CpaceInputs {
  const channel = lengthValue(
    LABEL,
    peerIdToBytes(inviter),
    peerIdToBytes(joiner),
    utf8(code.nameplate),
  );
  return { code: codeSecret(code), channel, sessionId };
}

/** How the joining device introduces itself once the words are known to both. */
export interface Introduction {
  readonly name: string;
  readonly system: string;
}

export type CodeProof =
  /** The other side knows the words; `mac` shows it that this one does. */
  | (Introduction & { readonly kind: 'proven'; readonly mac: Uint8Array })
  /** `name`: as the other side calls itself; empty where it did not say. */
  | { readonly kind: 'wrong-code'; readonly name: string }
  /** The channel ended before the words were tried. */
  | { readonly kind: 'lost' };

/** The inviting side, from the first message on. */
export async function checkCode(
  channel: FrameChannel,
  start: CodeStart,
  code: PairingCode,
  parties: Parties,
): Promise<CodeProof> {
  if (start.sessionId.byteLength !== SESSION_ID_BYTES) return { kind: 'wrong-code', name: '' };
  const own = peerIdToBytes(parties.inviter);
  const run = new CpaceRun(inputsOf(code, parties, start.sessionId), 'responder', own);
  const theirs = { share: start.share, associatedData: peerIdToBytes(parties.joiner) };
  const agreement = run.receive(theirs);
  if (!agreement) return { kind: 'wrong-code', name: '' };
  await channel.write(PairReply.encode({ code: { share: run.message.share } }));
  const answer = await receiveRequest(channel);
  if (!answer) return { kind: 'lost' };
  const { name, system } = answer;
  if (!agreement.confirm(answer.mac)) return { kind: 'wrong-code', name };
  return { kind: 'proven', mac: agreement.confirmation, name, system };
}

/** What the joining side has agreed on: it takes the other side for the inviter once that has shown the right confirmation. */
export type CodeAgreement =
  | { readonly kind: 'agreed'; readonly isInviter: (mac: Uint8Array) => boolean }
  | { readonly kind: 'impostor' }
  | { readonly kind: 'ended'; readonly reply: PairReply | undefined };

/** The joining side, up to its confirmation. With that the other side has had its guess at the words: `onGuess` comes before. */
export async function proposeCode(
  channel: FrameChannel,
  code: PairingCode,
  parties: Parties,
  introduction: Introduction,
  onGuess: () => void,
): Promise<CodeAgreement> {
  const sessionId = new Uint8Array(randomBytes(SESSION_ID_BYTES));
  const own = peerIdToBytes(parties.joiner);
  const run = new CpaceRun(inputsOf(code, parties, sessionId), 'initiator', own);
  const { nameplate } = code;
  const start = { nameplate, sessionId, share: run.message.share };
  await channel.write(
    PairRequest.encode({ mac: concatBytes(), name: '', system: '', code: start }),
  );
  const reply = await receiveReply(channel);
  if (!reply?.code) return { kind: 'ended', reply };
  const theirs = { share: reply.code.share, associatedData: peerIdToBytes(parties.inviter) };
  const agreement: CpaceAgreement | undefined = run.receive(theirs);
  if (!agreement) return { kind: 'impostor' };
  onGuess();
  await channel.write(PairRequest.encode({ mac: agreement.confirmation, ...introduction }));
  return { kind: 'agreed', isInviter: (mac) => agreement.confirm(mac) !== undefined };
}
