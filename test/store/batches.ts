import { createHash } from 'node:crypto';
import type { NewMessage } from '../../main/mvds/ports.ts';
import type { Store } from '../../main/store/index.ts';
import { added, messageId } from './samples.ts';

/** Messages that are read at a time. */
const PAGE = 500;
const DIGEST_CHARACTERS = 64;

/** Messages for one commit; each tells of which batch it is and how many that has, and carries a digest of its text. */
export function batch(name: string, size: number, bodyBytes: number): NewMessage[] {
  return Array.from({ length: size }, (_, index) => {
    const head = `${name} ${index} ${size} `;
    const filling = digest(head).repeat(Math.ceil(bodyBytes / DIGEST_CHARACTERS));
    const text = head + filling.slice(0, bodyBytes);
    return added(`${name} ${index}`, { body: Buffer.from(text + digest(text)) });
  });
}

/**
 * The names of the batches that a store holds, in the order of arrival. Throws unless each is there whole and every message
 * is as it was written.
 */
export async function batchesIn(store: Store): Promise<string[]> {
  const names: string[] = [];
  let expected = 0;
  let sequence = 0;
  for (;;) {
    const page = await store.sync.messages.arrivedAfter(sequence, PAGE);
    for (const { id, body, sequence: at } of page) {
      sequence = at;
      const text = Buffer.from(body).toString();
      const [name = '', index, size] = text.split(' ', 3);
      const isWhole =
        text.endsWith(digest(text.slice(0, -DIGEST_CHARACTERS))) &&
        id === messageId(`${name} ${index}`) &&
        Number(index) === expected;
      if (!isWhole) throw new Error(`message ${at} is not the one that was written`);
      expected = (expected + 1) % Number(size);
      if (expected === 0) names.push(name);
    }
    if (page.length < PAGE) break;
  }
  if (expected !== 0) throw new Error('the last batch is not whole');
  return names;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
