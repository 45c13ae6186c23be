import { timeOfEntry } from '../../main/identity/device-list.ts';
import { parseKeyEntry } from '../../main/identity/key-entry.ts';
import { messageIdOf } from '../../main/mvds/ids.ts';
import type { GroupId, Message, Metadata } from '../../main/mvds/types.ts';

/** A message around any body. */
export function messageOf(
  groupId: GroupId,
  timestamp: bigint,
  body: Uint8Array,
  metadata: Metadata = { parents: [], ephemeral: false },
): Message {
  return { id: messageIdOf(groupId, timestamp, body), groupId, timestamp, body, metadata };
}

/** An entry of one of the two logs as the message that it is on every device. */
export function entryMessage(groupId: GroupId, entry: Uint8Array): Message {
  const at = parseKeyEntry(entry)?.at ?? timeOfEntry(entry);
  return messageOf(groupId, BigInt(at), entry);
}
