import type { Dialect } from './codec.ts';
import { MAX_BODY_BYTES, MAX_PARENTS } from './constants.ts';
import { messageIdOf, toGroupId, toMessageId } from './ids.ts';
import { ID_BYTES, type GroupId, type Message, type MessageId, type Metadata } from './types.ts';
import { int64Of, LENGTH_DELIMITED, VARINT, walkFields } from './wire.ts';

/** Field numbers of a message; those of its metadata are the same in both dialects. */
const FIELDS = {
  spec: { groupId: 6001, timestamp: 6002, body: 6003, metadata: 6004 },
  compact: { groupId: 1, timestamp: 2, body: 3, metadata: 4 },
} as const;
const METADATA_FIELDS = { parents: 1, ephemeral: 2 } as const;

/**
 * A message of a payload, in the group that the payload names for all where it names none; undefined where it is malformed, its group id or a parent has not 32 bytes, or its body is too
 * long. As protobuf has it, a field of another wire type is unknown, the last of several values counts, and metadata that
 * is given in parts is merged. The body is a view into `bytes`.
 */
export function decodeMessage(
  bytes: Uint8Array,
  dialect: Dialect,
  sharedGroup?: GroupId,
): Message | undefined {
  const numbers = FIELDS[dialect];
  let group: Uint8Array = new Uint8Array(0);
  let body: Uint8Array = new Uint8Array(0);
  let timestamp = 0n;
  const parts: Uint8Array[] = [];
  const isWhole = walkFields(bytes, ({ number, wireType, bytes: content }) => {
    if (wireType === VARINT) {
      if (number === numbers.timestamp) timestamp = int64Of(content);
    } else if (wireType === LENGTH_DELIMITED) {
      if (number === numbers.groupId) group = content;
      else if (number === numbers.body) body = content;
      else if (number === numbers.metadata) parts.push(content);
    }
  });
  if (!isWhole || body.byteLength > MAX_BODY_BYTES) return undefined;
  const groupId =
    group.byteLength === ID_BYTES
      ? toGroupId(group)
      : group.byteLength === 0
        ? sharedGroup
        : undefined;
  if (groupId === undefined) return undefined;
  const metadata = mergeMetadata(parts);
  if (metadata === undefined) return undefined;
  return { id: messageIdOf(groupId, timestamp, body), groupId, timestamp, body, metadata };
}

/** Undefined where a part is malformed in itself. */
function mergeMetadata(parts: readonly Uint8Array[]): Metadata | undefined {
  const parents: Uint8Array[] = [];
  let ephemeral = false;
  const areWhole = parts.every((part) =>
    walkFields(part, ({ number, wireType, bytes }) => {
      if (number === METADATA_FIELDS.parents && wireType === LENGTH_DELIMITED) parents.push(bytes);
      // Any bit of the varint: a bool may be written as a large number.
      if (number === METADATA_FIELDS.ephemeral && wireType === VARINT) {
        ephemeral = int64Of(bytes) !== 0n;
      }
    }),
  );
  if (!areWhole || parents.some((parent) => parent.byteLength !== ID_BYTES)) return undefined;
  return { parents: firstParents(parents), ephemeral };
}

/**
 * The first `MAX_PARENTS` different ones. A message is never refused for their number: its id does not cover them, and its
 * sender would send it for ever. The Go node of vacp2p writes the same parent once for each head that it knows.
 */
function firstParents(parents: readonly Uint8Array[]): readonly MessageId[] {
  const first = new Set<MessageId>();
  for (const parent of parents) {
    if (first.size === MAX_PARENTS) break;
    first.add(toMessageId(parent));
  }
  return [...first];
}
