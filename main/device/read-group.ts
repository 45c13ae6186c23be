import { unpackPositions } from '../mvds/ids.ts';
import type { MessagePosition, MessageStore, StoredMessage } from '../mvds/ports.ts';
import type { GroupId } from '../mvds/types.ts';

/** Messages read at a time: some megabytes at most. */
const BATCH = 256;

/**
 * All messages of a group that is a log of entries, in order of time. There is no cap: a log of facts that is read in part
 * says something else. What bounds it is admission.
 */
export async function readGroup(messages: MessageStore, group: GroupId): Promise<StoredMessage[]> {
  const all: StoredMessage[] = [];
  let after: MessagePosition | undefined;
  for (;;) {
    const positions = unpackPositions(await messages.positions(group, after, BATCH));
    const read = await messages.read(positions.map(({ id }) => id));
    for (const { id } of positions) {
      const message = read.get(id);
      // Entries of a log are kept for long, and the bodies of one read may share their memory.
      if (message) all.push({ ...message, body: Uint8Array.from(message.body) });
    }
    if (positions.length < BATCH) return all;
    after = positions.at(-1);
  }
}
