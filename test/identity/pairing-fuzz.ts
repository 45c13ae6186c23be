import fc from 'fast-check';
import { base64urlnopad } from '@scure/base';
import { concatBytes } from '../../main/helpers/bytes.ts';
import type { FrameChannel } from '../../main/helpers/frame-channel.ts';
import { receiveAdmitted } from '../../main/identity/admitted-entries.ts';
import { invitationOfLink, invitationToLink } from '../../main/identity/invitation.ts';
import { codeText, parseCode } from '../../main/identity/pairing-code.ts';
import {
  guessesIn,
  receiveDone,
  receiveReply,
  receiveRequest,
} from '../../main/identity/pairing-messages.ts';
import { Invitation, PairReply, PairRequest } from '../../main/proto/pairing.ts';
import { keysOf } from '../helpers/identities.ts';
import { peerIdToBytes } from '../../main/helpers/peer-id.ts';

const peer = peerIdToBytes(keysOf(3).peerId);
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

const invitation = fc
  .record({
    version: fc.constantFrom(0, 1, 2),
    inviter: fc.oneof(fc.constant(peer), bytes(50)),
    addresses: fc.array(bytes(20), { maxLength: 40 }),
    secret: fc.oneof(fc.uint8Array({ minLength: 16, maxLength: 16 }), bytes(20)),
    expiresAt: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  })
  .map((fields) => Invitation.encode(fields));

const request = fc
  .record({
    mac: bytes(80),
    name: fc.string({ unit: 'binary', maxLength: 40 }),
    system: fc.string({ maxLength: 20 }),
    code: fc.option(
      fc.record({ nameplate: fc.string({ maxLength: 6 }), sessionId: bytes(20), share: bytes(40) }),
      { nil: undefined },
    ),
  })
  .map(({ code, ...fields }) => PairRequest.encode({ ...fields, ...(code && { code }) }));

const reply = fc
  .oneof(
    fc.record({
      refused: fc.record({
        reason: fc.constantFrom('WRONG_CODE', 'CODE_SPENT', 'UNKNOWN'),
        wrongGuesses: fc.array(
          fc.record({
            peer: fc.oneof(fc.constant(peer), bytes(50)),
            path: fc.constantFrom('lan', 'relay', 'direct', '', '../..'),
            count: fc.nat(),
          }),
          { maxLength: 40 },
        ),
      }),
    }),
    fc.record({
      admitted: fc.record({
        deviceList: fc.array(bytes(60), { maxLength: 5 }),
        contentKeys: fc.array(bytes(60), { maxLength: 5 }),
        more: fc.boolean(),
      }),
    }),
    fc.record({
      waiting: fc.record({
        mac: bytes(70),
        name: fc.string({ unit: 'binary' }),
        check: fc.string(),
      }),
    }),
  )
  .map((fields) => PairReply.encode(fields as PairReply));

/** Bytes as they should be, or with some of them changed, cut off or added; or any. */
function damaged(sound: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const cut = fc.tuple(sound, fc.nat(200)).map(([of, length]) => of.subarray(0, length));
  const longer = fc.tuple(sound, bytes(20)).map(([of, more]) => concatBytes(of, more));
  const changed = fc.tuple(sound, fc.nat(200), fc.nat(255)).map(([of, at, to]) => {
    const copy = of.slice();
    if (at < copy.byteLength) copy[at] = to;
    return copy;
  });
  return fc.oneof(sound, cut, longer, changed, bytes(200));
}

const word = fc.constantFrom(
  'ocean',
  'lamp',
  'zoo',
  'OCEAN',
  'lam',
  'lampp',
  '\u{1f40b}',
  '',
  'ｌａｍｐ',
);
const typedCode = fc
  .tuple(
    fc.string({ maxLength: 6 }),
    fc.constantFrom('4711', '0000', '４７１１', '471'),
    fc.oneof(fc.array(word, { maxLength: 4 }), fc.constant(['ocean', 'lamp'])),
  )
  .map(([around, nameplate, words]) => [around, nameplate, ...words].join('-'));
const typedLink = fc
  .tuple(fc.constantFrom('reunion:', 'REUNION:', ' reunion:\n', 'http:', ''), damaged(invitation))
  .map(([scheme, encoded]) => scheme + base64urlnopad.encode(encoded));

/** One input for each of the parsers of pairing. */
export const inputs = fc.record({
  text: fc.oneof(typedCode, typedLink, fc.string({ unit: 'binary', maxLength: 300 })),
  frames: fc.array(fc.oneof(damaged(request), damaged(reply)), { maxLength: 4 }),
});

function channelOf(frames: readonly Uint8Array[]): FrameChannel {
  const left = [...frames];
  return {
    read: async () => left.shift(),
    write: async () => undefined,
    close: async () => undefined,
  };
}

export type Reached = 'code' | 'link' | 'request' | 'guesses' | 'entries';

/** Hands an input to every parser. Returns which of them took it; throws where what they take is not as they say. */
export async function parsed({
  text,
  frames,
}: {
  readonly text: string;
  readonly frames: readonly Uint8Array[];
}): Promise<readonly Reached[]> {
  const reached: Reached[] = [];
  const code = parseCode(text);
  if (code.kind === 'code') {
    reached.push('code');
    if (!/^\d{4}-[a-z]+-[a-z]+$/u.test(codeText(code.code)))
      throw new Error('a code of another form');
  }
  const link = invitationOfLink(text);
  if (link) {
    reached.push('link');
    const again = invitationOfLink(invitationToLink(link));
    if (link.secret.byteLength !== 16 || again?.inviter !== link.inviter) {
      throw new Error('a link that is not the same when it is read again');
    }
  }
  await receiveDone(channelOf(frames));
  if ((await receiveRequest(channelOf(frames)))?.code) reached.push('request');
  const rest = channelOf(frames);
  const answer = await receiveReply(rest);
  if (answer?.refused) {
    const told = guessesIn(answer.refused);
    if (told.length > 0) reached.push('guesses');
    if (told.length > 16 || told.some(({ count }) => count > 1_000))
      throw new Error('too much is told');
  }
  if (answer?.admitted && (await receiveAdmitted(rest, answer.admitted))) reached.push('entries');
  return reached;
}
