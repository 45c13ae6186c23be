import { IntervalSet } from '../helpers/interval-set.ts';
import type { GroupId, MessageId } from './types.ts';

/** Where a message stands in the backlog. */
export interface BacklogPlace {
  readonly groupId: GroupId;
  readonly sequence: number;
}

export interface SentRecord {
  readonly messageId: MessageId;
  readonly bytes: number;
  readonly dueEpoch: number;
  /** Whether it is not sent again in this session. */
  readonly isOnce: boolean;
  /** Its place in the backlog, where it has no record that says that it was sent. */
  readonly ofBacklog?: BacklogPlace;
}

/** Messages of the backlog that one payload carried, of one group. */
export interface SentOfBacklog {
  readonly groupId: GroupId;
  readonly messages: readonly { readonly messageId: MessageId; readonly sequence: number }[];
  /** Their sequences: first and last of each interval, ascending. */
  readonly intervals: readonly number[];
}

/** The messages of a payload that has a number, for the session in which it was sent. */
export interface SentPayload {
  readonly ofBacklog: readonly SentOfBacklog[];
  /** Those that have a record. */
  readonly recorded: readonly MessageId[];
}

export function sentPayload(sent: readonly SentRecord[]): SentPayload {
  const recorded: MessageId[] = [];
  const groups = new Map<GroupId, { messageId: MessageId; sequence: number }[]>();
  for (const { messageId, isOnce, ofBacklog } of sent) {
    // Offers and requests are sent more than once.
    if (!isOnce) continue;
    if (ofBacklog === undefined) {
      recorded.push(messageId);
      continue;
    }
    const { groupId, sequence } = ofBacklog;
    const messages = groups.get(groupId);
    if (messages === undefined) groups.set(groupId, [{ messageId, sequence }]);
    else messages.push({ messageId, sequence });
  }
  const ofBacklog = [...groups].map(([groupId, messages]) => {
    const sequences = new IntervalSet();
    for (const { sequence } of messages) sequences.add(sequence);
    return { groupId, messages, intervals: sequences.bounds };
  });
  return { ofBacklog, recorded };
}
