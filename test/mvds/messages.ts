import { utf8 } from '../../main/helpers/bytes.ts';
import { encodePayload, EMPTY_PAYLOAD, type Dialect, type Payload } from '../../main/mvds/codec.ts';
import { messageIdOf } from '../../main/mvds/ids.ts';
import type { GroupId, Message, MessageId, Metadata } from '../../main/mvds/types.ts';
import { GROUP } from './network.ts';

/** A message made by hand, as a peer would send it. */
export function message(
  body: string,
  metadata: Partial<Metadata> = {},
  groupId: GroupId = GROUP,
  timestamp = 1n,
): Message {
  const bytes = utf8(body);
  return {
    id: messageIdOf(groupId, timestamp, bytes),
    groupId,
    timestamp,
    body: bytes,
    metadata: { parents: [], ephemeral: false, ...metadata },
  };
}

/** The bytes of a payload made by hand. */
export function payload(parts: Partial<Payload>, dialect: Dialect = 'spec'): Uint8Array {
  return encodePayload({ ...EMPTY_PAYLOAD, ...parts }, dialect);
}

/** An id that belongs to no message. */
export function strayId(n: number): MessageId {
  return message(`never sent ${n}`).id;
}
