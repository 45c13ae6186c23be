import type { DecodeResult, Dialect, Payload } from './codec.ts';
import type { Rejection } from './events.ts';
import type { ReceiveResult } from './options.ts';
import type { NumberedPayload } from './state.ts';
import type { MessageId } from './types.ts';

/** A payload that was read, or several of the same dialect that came one after another, as one. */
interface ReadPayload {
  readonly payload: Payload;
  readonly dialect: Dialect | undefined;
  /** Those of them that have a number, and no bad item: such a one may have been a message. */
  readonly numbered: readonly NumberedPayload[];
}

/**
 * Joins payloads that follow each other into one, since a store commits a thousand messages in one transaction
 * at a fraction of what ten transactions cost. A hello changes how its sender is understood, and a payload without a dialect may be
 * an answer in itself, so these are left alone. A payload that names an id once more is not joined either: one payload is dealt
 * with acks first and messages last, whatever came first. An acknowledgement by number names ids that are not known here, so it is joined
 * with messages alone, for which the order does not matter.
 */
export function payloadsTogether(frames: readonly DecodeResult[]): {
  readonly parts: readonly ReadPayload[];
  readonly errors: readonly Rejection[];
} {
  const parts: ReadPayload[] = [];
  const errors: Rejection[] = [];
  let open: Payload[] = [];
  let openDialect: Dialect | undefined;
  let numbered: NumberedPayload[] = [];
  const named = new Set<MessageId>();
  const close = (): void => {
    if (open.length > 0) parts.push({ payload: joined(open), dialect: openDialect, numbered });
    open = [];
    numbered = [];
    named.clear();
  };
  for (const decoded of frames) {
    if (!decoded.ok) {
      errors.push(decoded.error);
      continue;
    }
    const { payload, dialect, rejected } = decoded;
    if (rejected > 0) errors.push({ type: 'bad-items', count: rejected });
    if (dialect === undefined || payload.hello !== undefined) {
      close();
      parts.push({ payload, dialect, numbered: numberedOf(payload, rejected) });
      continue;
    }
    const ids = idsOf(payload);
    const isApart = ids.some((id) => named.has(id)) || open.some((each) => clash(each, payload));
    if (dialect !== openDialect || isApart) close();
    openDialect = dialect;
    open.push(payload);
    numbered.push(...numberedOf(payload, rejected));
    for (const id of ids) named.add(id);
  }
  close();
  return { parts, errors };
}

export const NOTHING_RECEIVED: ReceiveResult = {
  stored: [],
  acknowledged: [],
  rejected: [],
  held: 0,
  requested: 0,
};

export function resultsTogether(one: ReceiveResult, other: ReceiveResult): ReceiveResult {
  return {
    stored: [...one.stored, ...other.stored],
    acknowledged: [...one.acknowledged, ...other.acknowledged],
    rejected: [...one.rejected, ...other.rejected],
    held: one.held + other.held,
    requested: one.requested + other.requested,
  };
}

function joined(payloads: readonly Payload[]): Payload {
  const [first] = payloads;
  if (first !== undefined && payloads.length === 1) return first;
  return {
    acks: payloads.flatMap(({ acks }) => acks),
    offers: payloads.flatMap(({ offers }) => offers),
    requests: payloads.flatMap(({ requests }) => requests),
    messages: payloads.flatMap(({ messages }) => messages),
    ackedPayloads: [...new Set(payloads.flatMap(({ ackedPayloads = [] }) => ackedPayloads))],
  };
}

function numberedOf({ number, messages }: Payload, rejected: number): readonly NumberedPayload[] {
  if (number === undefined || rejected > 0 || messages.length === 0) return [];
  return [{ number, ids: messages.map(({ id }) => id) }];
}

/** Whether one of the two acknowledges by number, and the other may be about the same messages. */
function clash(one: Payload, other: Payload): boolean {
  return (acksByNumber(one) && asks(other)) || (acksByNumber(other) && asks(one));
}

function acksByNumber({ ackedPayloads = [] }: Payload): boolean {
  return ackedPayloads.length > 0;
}

function asks({ offers, requests }: Payload): boolean {
  return offers.length + requests.length > 0;
}

function idsOf({ acks, offers, requests, messages }: Payload): MessageId[] {
  return [...acks, ...offers, ...requests, ...messages.map(({ id }) => id)];
}
