import { expect, test } from 'vitest';
import { concatBytes } from '../../main/helpers/bytes.ts';
import { decodePayload, encodePayload, EMPTY_PAYLOAD } from '../../main/mvds/codec.ts';
import { MAX_PARENTS } from '../../main/mvds/constants.ts';
import { ID_BYTES } from '../../main/mvds/types.ts';
import { message, payload, strayId } from '../mvds/messages.ts';
import { SeededRandom } from '../simulator/random.ts';

const INPUTS = 1_000_000;
/** Bytes by which the heap may be larger after all inputs than after the first tenth. */
const HEAP_GROWTH = 64 * 1024 * 1024;

const HELLO = { version: 1, storeId: 'ab'.repeat(16), maxPayloadBytes: 4096 };
const SEEDS: readonly Uint8Array[] = [
  payload({ acks: [strayId(1)], offers: [strayId(2)], requests: [strayId(3)] }),
  payload({ messages: [message('one'), message('two', { parents: [strayId(1)] })] }),
  payload({ messages: [message('three', { ephemeral: true })], hello: HELLO }),
  payload({ acks: [strayId(1)], messages: [message('four')] }, 'compact'),
  // An unknown group, with another in it.
  concatBytes(
    new Uint8Array([0x4b, 0x53, 0x08, 0x07, 0x54, 0x4c]),
    payload({ acks: [strayId(1)] }),
  ),
];
/** Numbers around which a codec may go wrong: tags of both dialects, lengths, the edges of varints. */
const INTERESTING = [
  0x00, 0x01, 0x08, 0x0a, 0x0b, 0x0c, 0x1a, 0x20, 0x22, 0x7f, 0x80, 0xca, 0xe2, 0xff,
];

/** Raw bytes, or payloads that were garbled, cut, grown and joined. */
function inputOf(random: SeededRandom): Uint8Array {
  if (random.chance(0.2)) return random.bytes(random.below(64));
  let bytes: Uint8Array = random.pick(SEEDS).slice();
  for (let changes = random.below(5); changes > 0 && bytes.length > 0; changes -= 1) {
    const at = random.below(bytes.length);
    switch (random.below(5)) {
      case 0:
        bytes[at] = random.below(256);
        break;
      case 1:
        bytes[at] = random.pick(INTERESTING);
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = concatBytes(bytes.subarray(0, at), random.pick(SEEDS));
        break;
      default:
        bytes = concatBytes(
          bytes.subarray(0, at),
          random.bytes(random.below(8)),
          bytes.subarray(at),
        );
    }
  }
  return bytes;
}

test(
  `${INPUTS} malformed inputs: always a result, what is accepted holds to the limits and can be sent on`,
  { timeout: 600_000 },
  () => {
    const random = new SeededRandom(20_260_101);
    let accepted = 0;
    let rejected = 0;
    let malformed = 0;
    let heapAtTenth = 0;
    for (let count = 0; count < INPUTS; count += 1) {
      if (count === INPUTS / 10) heapAtTenth = process.memoryUsage().heapUsed;
      const input = inputOf(random);
      const result = decodePayload(input);
      if (!result.ok) {
        malformed += 1;
        continue;
      }
      rejected += result.rejected;
      const { acks, offers, requests, messages } = result.payload;
      accepted += acks.length + offers.length + requests.length + messages.length;
      for (const { metadata, groupId } of messages) {
        if (metadata.parents.length > MAX_PARENTS || groupId.length !== ID_BYTES * 2) {
          throw new Error(`input ${count} got past the limits`);
        }
      }
      if (count % 10 !== 0) continue;
      const again = decodePayload(encodePayload(result.payload, result.dialect ?? 'spec'));
      expect(again).toMatchObject({ ok: true, payload: { ...EMPTY_PAYLOAD, ...result.payload } });
    }
    expect(process.memoryUsage().heapUsed - heapAtTenth).toBeLessThan(HEAP_GROWTH);
    // The inputs reach every kind of outcome, else this would prove little.
    for (const outcome of [accepted, rejected, malformed]) {
      expect(outcome).toBeGreaterThan(INPUTS / 50);
    }
  },
);
