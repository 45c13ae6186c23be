import { unpackPositions } from '../mvds/ids.ts';
import type { MessageStore, StoredMessage } from '../mvds/ports.ts';
import type { GroupId } from '../mvds/types.ts';

/** More entries than any person's devices ever make; read at once. */
const ENTRIES_MAX = 10_000;

/** The messages of a small group, a log of entries, in order of time: the first ten thousand. */
export async function readGroup(messages: MessageStore, group: GroupId): Promise<StoredMessage[]> {
  const positions = unpackPositions(await messages.positions(group, undefined, ENTRIES_MAX));
  return [...(await messages.read(positions.map(({ id }) => id))).values()];
}
