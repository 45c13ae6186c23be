import { EMPTY_PAYLOAD, type Payload } from './codec.ts';
import type { Message, MessageId } from './types.ts';

/** Bytes of one ack, offer or request: three of field number, one of length, 32 of id. Compact ones take two fewer. */
export const ID_ITEM_BYTES = 36;

/** Bytes of the number of a payload, or of one that is acknowledged: three of field number, one of length, and a varint of 53 bits. */
export const PAYLOAD_NUMBER_BYTES = 12;

/** Bytes of a hello: field number and length, version, 16 of store id, payload limit; rounded up. */
export const HELLO_BYTES = 48;

/**
 * Field numbers and lengths of a message (3 + 4), its group id (3 + 1 + 32), timestamp (3 + 10), the body's number and
 * length (3 + 4) and the metadata's (3 + 3 + 2): an upper bound that holds in both dialects.
 */
const MESSAGE_OVERHEAD_BYTES = 71;
const PARENT_BYTES = 34;

/** An upper bound of what `message` adds to a payload, in bytes. */
export function messageItemBytes(message: Message): number {
  return (
    MESSAGE_OVERHEAD_BYTES +
    message.body.byteLength +
    message.metadata.parents.length * PARENT_BYTES
  );
}

/**
 * Cuts a payload into payloads of at most `limit` bytes each, in the order acks, requests, offers, messages. A message
 * that is larger by itself gets a payload of its own. An empty payload gives none. The hello goes with the first.
 */
export function splitPayload(payload: Payload, limit: number): Payload[] {
  const drafts: Draft[] = [];
  let room = payload.hello === undefined ? limit : limit - HELLO_BYTES;
  let draft: Draft | undefined;
  const place = (bytes: number): Draft => {
    if (draft === undefined || bytes > room) {
      if (draft !== undefined) room = limit;
      draft = { acks: [], offers: [], requests: [], messages: [] };
      drafts.push(draft);
    }
    room -= bytes;
    return draft;
  };
  for (const id of payload.acks) place(ID_ITEM_BYTES).acks.push(id);
  for (const id of payload.requests) place(ID_ITEM_BYTES).requests.push(id);
  for (const id of payload.offers) place(ID_ITEM_BYTES).offers.push(id);
  for (const message of payload.messages) {
    place(messageItemBytes(message)).messages.push(message);
  }
  const { hello } = payload;
  return drafts.map((part, index) =>
    index === 0 && hello !== undefined ? { ...part, hello } : part,
  );
}

interface Draft {
  readonly acks: MessageId[];
  readonly offers: MessageId[];
  readonly requests: MessageId[];
  readonly messages: Message[];
}

/** Whether a payload says nothing: it is never sent (reference fault 8). A hello alone is nothing too. */
export function isEmpty(payload: Payload = EMPTY_PAYLOAD): boolean {
  const { acks, offers, requests, messages, ackedPayloads = [] } = payload;
  const records = acks.length + offers.length + requests.length + messages.length;
  return records + ackedPayloads.length === 0;
}
