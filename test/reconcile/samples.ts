import { createHash } from 'node:crypto';
import { fromHex } from '../../main/helpers/bytes.ts';
import type { MessageId } from '../../main/helpers/ids.ts';
import { OrderedIds, POSITION_BYTES } from '../../main/reconcile/index.ts';
import { SeededRandom } from '../simulator/random.ts';

/** Where a message stands in the order. */
export interface Position {
  readonly timestamp: bigint;
  readonly id: MessageId;
}

export function idOf(name: string): MessageId {
  return createHash('sha256').update(name).digest('hex') as MessageId;
}

/** As the store hands positions over: 40 bytes each. */
export function packed(positions: readonly Position[]): Uint8Array {
  const bytes = new Uint8Array(positions.length * POSITION_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, { timestamp, id }] of positions.entries()) {
    view.setBigInt64(index * POSITION_BYTES, timestamp);
    bytes.set(fromHex(id), index * POSITION_BYTES + 8);
  }
  return bytes;
}

export function orderedIds(positions: readonly Position[]): OrderedIds {
  const ids = new OrderedIds();
  ids.insertPacked(packed(positions));
  return ids;
}

/** Where in a history the messages are that only one side has. */
export type Where = 'recent' | 'scattered' | 'one-sided';

const FIRST_TIMESTAMP = 1_700_000_000_000n;
const MINUTE = 60_000n;

let lastHistory = new Uint8Array(0);

/** A history of `count` messages, one a minute: the same in every run. Kept until another is asked for. */
export function history(count: number): Uint8Array {
  if (lastHistory.length === count * POSITION_BYTES) return lastHistory;
  const random = new SeededRandom(count);
  const positions = new Uint8Array(count * POSITION_BYTES);
  const view = new DataView(positions.buffer);
  for (let at = 0; at < count; at += 1) {
    view.setBigInt64(at * POSITION_BYTES, FIRST_TIMESTAMP + BigInt(at) * MINUTE);
    for (let word = 8; word < POSITION_BYTES; word += 4) {
      view.setUint32(at * POSITION_BYTES + word, random.below(2 ** 32));
    }
  }
  return (lastHistory = positions);
}

/** Two sides of that history that differ in `differences`: the same in every run. */
export function twoSides(
  count: number,
  differences: number,
  where: Where,
  make: () => OrderedIds = () => new OrderedIds(),
): [OrderedIds, OrderedIds] {
  const random = new SeededRandom(differences);
  const positions = history(count);
  const missing: [Set<number>, Set<number>] = [new Set(), new Set()];
  for (let made = 0; made < differences; made += 1) {
    let at = count - 1 - made;
    if (where === 'scattered')
      do at = random.below(count);
      while (missing[0].has(at) || missing[1].has(at));
    missing[where !== 'one-sided' && random.chance(0.5) ? 0 : 1].add(at);
  }
  return [without(positions, missing[0], make()), without(positions, missing[1], make())];
}

function without(positions: Uint8Array, missing: ReadonlySet<number>, ids: OrderedIds): OrderedIds {
  let start = 0;
  const until = (end: number): void => {
    ids.insertPacked(positions.subarray(start * POSITION_BYTES, end * POSITION_BYTES));
    start = end + 1;
  };
  for (const at of [...missing].sort((a, b) => a - b)) until(at);
  until(positions.length / POSITION_BYTES);
  return ids;
}
