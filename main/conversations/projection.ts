import type { MessageId } from '../helpers/ids.ts';
import { decodeEvent } from './events.ts';
import type { ProjectionChanges } from './ports.ts';
import type { Entry } from './types.ts';

/** What the projection needs of a stored message. */
export interface ProjectedMessage {
  readonly id: MessageId;
  /** By the writer's clock, Unix milliseconds. */
  readonly timestamp: bigint;
  readonly body: Uint8Array;
}

/**
 * What messages change in what a person sees. Deterministic, and the same in the end for every order in which they
 * arrive: an entry stands at its own (order, id), and of two names of a conversation the one with the higher counts.
 * A body that is no event, or of a kind unknown to this version, changes nothing and stays in the store.
 */
export function projectionOf(
  messages: readonly ProjectedMessage[],
  projectedThrough: number,
): ProjectionChanges {
  const nameConversations: NonNullable<ProjectionChanges['nameConversations']>[number][] = [];
  const putEntries: Entry[] = [];
  for (const { id, timestamp, body } of messages) {
    const event = decodeEvent(body);
    if (!event?.content) continue;
    const { author, order, content } = event;
    if (content.kind === 'text-written') {
      const { conversationId, text } = content;
      putEntries.push({ id, conversationId, author, order, writtenAt: Number(timestamp), text });
    } else {
      const { conversationId, name } = content;
      nameConversations.push({ conversationId, name, order, eventId: id });
    }
  }
  return { nameConversations, putEntries, projectedThrough };
}
