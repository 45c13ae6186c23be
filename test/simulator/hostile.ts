import { encodePayload, EMPTY_PAYLOAD } from '../../main/mvds/codec.ts';
import { MAX_RECEIVED_PAYLOAD_BYTES } from '../../main/mvds/constants.ts';
import { messageIdOf, toMessageId } from '../../main/mvds/ids.ts';
import type { GroupId, MessageId } from '../../main/mvds/types.ts';
import type { SeededRandom } from './random.ts';

/** A payload by which an outsider tries to harm a node; `overheard` are payloads of others that it can repeat. */
export function hostilePayload(
  random: SeededRandom,
  group: GroupId,
  overheard: readonly Uint8Array[],
): Uint8Array {
  const stray = (): MessageId => toMessageId(random.bytes(32));
  const replayed = overheard.length > 0 ? random.pick(overheard) : new Uint8Array(0);
  switch (random.below(7)) {
    case 0:
      return random.bytes(random.below(200));
    case 1:
      return new Uint8Array(MAX_RECEIVED_PAYLOAD_BYTES + 1);
    case 2:
      return replayed;
    case 3: {
      const garbled = replayed.slice();
      if (garbled.length > 0) garbled[random.below(garbled.length)] = random.below(256);
      return garbled;
    }
    case 4: {
      const body = random.bytes(20);
      const id = messageIdOf(group, 1n, body);
      const metadata = { parents: [stray()], ephemeral: random.chance(0.3) };
      const forged = { id, groupId: group, timestamp: 1n, body, metadata };
      return encodePayload({ ...EMPTY_PAYLOAD, messages: [forged] }, 'spec');
    }
    case 5:
      return encodePayload({ ...EMPTY_PAYLOAD, acks: [stray()], requests: [stray()] }, 'compact');
    default:
      return encodePayload({ ...EMPTY_PAYLOAD, offers: [stray(), stray(), stray()] }, 'spec');
  }
}
