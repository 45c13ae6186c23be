import { utf8 } from '../../../main/helpers/bytes.ts';
import type { SeededRandom } from '../random.ts';

const WORDS = (
  'the store keeps what people write and hands it on to all who ask später übermorgen Grüße на другом конце города ' +
  'все сообщения 消息 会 在 每 个 节点 出现 هذه رسالة قصيرة 🌍 👩‍👩‍👧 ok πότε θα φτάσει लेकिन आज नहीं あとで 読みます naïve façade 10:45 https://example.org/a?b=c'
).split(' ');
/** Most messages are short; one in twenty is a letter. */
const WORDS_SHORT = [3, 40] as const;
const WORDS_LONG = [200, 600] as const;
const LONG_CHANCE = 0.05;

/** What a person might write, in several scripts; no two are the same. */
export function bodyOf(number: number, random: SeededRandom): Uint8Array {
  const [min, max] = random.chance(LONG_CHANCE) ? WORDS_LONG : WORDS_SHORT;
  const words = Array.from({ length: min + random.below(max - min) }, () => random.pick(WORDS));
  return utf8(`${words.join(' ')} (${number})`);
}
