import { createHash } from 'node:crypto';
import type { ConversationId, WrittenEntry } from '../../main/conversations/types.ts';
import type { NewMessage } from '../../main/mvds/ports.ts';
import type { GroupId, MessageId, PeerId } from '../../main/mvds/types.ts';

/** Of a message's text, all of it ASCII. */
const BODY_BYTES = 300;
export const BENCH_KEY = new Uint8Array(32).fill(7);
/** As many as a busy person has. */
export const CONVERSATIONS = 100;
const VOCABULARY = 30_000;
const FIRST_TIMESTAMP = 1_700_000_000_000;

const hash = (name: string): string => createHash('sha256').update(name).digest('hex');

const GROUP = hash('group') as GroupId;
const AUTHOR = '12D3KooWBenchBenchBenchBenchBenchBenchBenchBenchBenchB' as PeerId;

export function conversationOf(index: number): ConversationId {
  return hash(`conversation ${index % CONVERSATIONS}`).slice(0, 32) as ConversationId;
}

/** Numbers from 0 to 1, the same in every run (xorshift32). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const LETTERS = 'etaoinshrdlucmfwypvbgkqjxz';

function makeVocabulary(): readonly string[] {
  const random = randomNumbers(1);
  const letter = (): string => LETTERS[Math.floor(random() ** 2 * LETTERS.length)] ?? 'e';
  return Array.from({ length: VOCABULARY }, () =>
    Array.from({ length: 3 + Math.floor(random() * 7) }, letter).join(''),
  );
}

const vocabulary = makeVocabulary();

/** A word; a few are in most texts and most are in few, as in any language. */
export function word(random: () => number): string {
  return vocabulary[Math.floor(random() ** 4 * VOCABULARY)] ?? '';
}

function sampleText(index: number): string {
  const random = randomNumbers(index * 7919 + 13);
  let text = '';
  while (text.length < BODY_BYTES) text += `${word(random)} `;
  return text.slice(0, BODY_BYTES);
}

/** A message and what a person sees of it. */
export interface Sample {
  readonly message: NewMessage;
  readonly entry: WrittenEntry;
}

/** Message number `index`, the same in every run. */
function sample(index: number): Sample {
  const id = hash(`message ${index}`) as MessageId;
  const text = sampleText(index);
  const order = FIRST_TIMESTAMP + index;
  const body = new Uint8Array(Buffer.from(text));
  return {
    message: {
      message: {
        id,
        groupId: GROUP,
        timestamp: BigInt(order),
        body,
        metadata: { parents: [], ephemeral: false },
      },
      delivered: true,
      source: AUTHOR,
    },
    entry: {
      id,
      conversationId: conversationOf(index),
      order,
      author: AUTHOR,
      writtenAt: order,
      text,
    },
  };
}

export function samples(from: number, count: number): readonly Sample[] {
  return Array.from({ length: count }, (_, at) => sample(from + at));
}
