// Texts for benchmarks: the same for the same number, so that every system and every run gets the same.

export type BodyKind = 'words' | 'random';
export const BODY_KINDS: readonly BodyKind[] = ['words', 'random'];

export function isBodyKind(text: string): text is BodyKind {
  return (BODY_KINDS as readonly string[]).includes(text);
}

/** The sizes of texts are spread as people's are: many short ones, a few long ones (log-normal), this many bytes on average. */
export const MEAN_BYTES = 300;
const SPREAD = 0.9;
const LONGEST_BYTES = 5_000;

interface Script {
  /** How many of 100 texts are written in it. */
  readonly share: number;
  readonly syllables: string;
  readonly separator: string;
  /** How many different words a person's messages have in it. */
  readonly words: number;
}

const SCRIPTS: readonly Script[] = [
  {
    share: 55,
    syllables:
      'the an re er or ti es on en ing ver con com pro ma la ne st ly ment ful no de si ra to po ter al ic un ex ion per lo mi ta ba gro wa kee',
    separator: ' ',
    words: 20_000,
  },
  {
    share: 15,
    syllables:
      'ge ver be schl auf ein ung keit heit lich straß mä grö zün de er en ste bau zeit hau ler tag über müh spa',
    separator: ' ',
    words: 15_000,
  },
  {
    share: 10,
    syllables: 'по на ко ре ни во ра сто про ла ти ль ский го ва де ме лю за бы чи жа',
    separator: ' ',
    words: 10_000,
  },
  {
    share: 10,
    syllables:
      '日 本 人 今 天 我 去 学 校 的 是 不 在 有 时 候 大 会 来 上 国 东 京 水 火 山 食 べ る ま す の は',
    separator: '',
    words: 5_000,
  },
  {
    share: 5,
    syllables: 'ال في من لا تا بي رو سل كم حب نا مد وق شر كت اب يو عم',
    separator: ' ',
    words: 5_000,
  },
  {
    share: 5,
    syllables: 'का ने में से हम तुम रा जा पा नी लो ग मे री दि न बा त',
    separator: ' ',
    words: 5_000,
  },
];
const EMOJI = ['🙂', '👍', '🎉', '❤️', '👩‍👩‍👧', '☕'];

/** A text that is the same for the same `index` and `origin`, the device that wrote it. */
export function bodyOf(index: number, kind: BodyKind, origin: 'a' | 'b' = 'a'): string {
  const random = randomOf(index * 2 + (origin === 'b' ? 1 : 0));
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const size = Math.exp(Math.log(MEAN_BYTES) - SPREAD ** 2 / 2 + SPREAD * normal);
  const bytes = Math.round(Math.min(LONGEST_BYTES, Math.max(1, size)));
  return kind === 'random' ? randomText(bytes, random) : wordsOf(bytes, random);
}

function randomText(bytes: number, random: () => number): string {
  const text = new Uint8Array(bytes).map(() => Math.floor(random() * 256));
  return Buffer.from(text).toString('base64url').slice(0, bytes);
}

function wordsOf(bytes: number, random: () => number): string {
  const script = chosenScript(random() * 100);
  const vocabulary = vocabularyOf(script);
  let text = '';
  for (let length = 0; length < bytes;) {
    // Zipf's law, nearly: few words make up most of what is written, and most words are rare.
    const rank = Math.floor(vocabulary.length ** random());
    const word = vocabulary[rank - 1] ?? '';
    const isEmoji = random() < 0.01;
    const next = isEmoji ? (EMOJI[Math.floor(random() * EMOJI.length)] ?? '') : word;
    text += text === '' ? next : `${random() < 0.08 ? ', ' : script.separator}${next}`;
    length = Buffer.byteLength(text);
  }
  return text;
}

function chosenScript(point: number): Script {
  let below = 0;
  for (const script of SCRIPTS) {
    below += script.share;
    if (point < below) return script;
  }
  throw new Error('the shares of the scripts are not 100');
}

const vocabularies = new Map<Script, readonly string[]>();

function vocabularyOf(script: Script): readonly string[] {
  const known = vocabularies.get(script);
  if (known) return known;
  const random = randomOf(script.words);
  const syllables = script.syllables.split(' ');
  const words = new Set<string>();
  while (words.size < script.words) {
    const count = 1 + Math.floor(random() * 4);
    words.add(
      Array.from(
        { length: count },
        () => syllables[Math.floor(random() * syllables.length)] ?? '',
      ).join(''),
    );
  }
  // The shortest are the most frequent.
  const made = [...words].sort((a, b) => a.length - b.length);
  vocabularies.set(script, made);
  return made;
}

/** Numbers from 0 up to 1 that follow from a seed (mulberry32): not for secrets. */
function randomOf(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
