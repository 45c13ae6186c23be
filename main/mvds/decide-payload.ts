import { IntervalSet } from '../helpers/interval-set.ts';
import { mayExchange } from './authorise.ts';
import { otherDialect, type Hello } from './codec.ts';
import {
  NEVER_EPOCH,
  RELIABLE_REQUEST_EPOCHS,
  SECOND_REQUEST_DELAY,
  URGENT_EPOCH,
} from './constants.ts';
import { decideMessages } from './decide-messages.ts';
import type { DecisionDraft } from './draft.ts';
import type { MvdsEvent, View } from './events.ts';
import type { BacklogPlace } from './sent-payloads.ts';
import { lostItsStore, type PeerFields, type PeerState } from './state.ts';
import type { MessageId, PeerId, SyncRecord } from './types.ts';

export type PayloadEvent = Extract<MvdsEvent, { type: 'payloadReceived' }>;

/** One payload of a peer: acks, then requests, offers and messages, as the reference implementations order them. */
export function decidePayload(draft: DecisionDraft, view: View, event: PayloadEvent): void {
  const { peerId } = event;
  const peer = view.state.peers.get(peerId);
  if (peer === undefined) {
    draft.effects.push({ type: 'rejected', peerId, reason: { type: 'unknown-peer' } });
    return;
  }
  takeEmptyAnswer(draft, view, event, peer);
  takeHello(draft, view, event, peer);
  takeAcks(draft, event);
  takeBulkAcks(draft, event, peer);
  takeRequests(draft, view, event, peer);
  takeOffers(draft, view, event);
  dropAnsweredRequests(draft, event);
  decideMessages(draft, view, event);
}

/** A message that admission keeps out answers its request: asking again would bring the same one. */
function dropAnsweredRequests(
  draft: DecisionDraft,
  { peerId, keptOut, slice }: PayloadEvent,
): void {
  for (const id of keptOut) {
    if (slice.records.get(id)?.type === 'request') draft.remove(peerId, id);
  }
}

/**
 * The Go nodes answer with an empty payload what they do not understand (reference fault 8), and some of what they do. So
 * what is under way is sent again in the other dialect, once in a session; after that, retransmission tries both in turn.
 */
function takeEmptyAnswer(
  draft: DecisionDraft,
  view: View,
  { peerId, payload, dialect }: PayloadEvent,
  peer: PeerState,
): void {
  if (dialect !== undefined || payload.hello !== undefined) return;
  if (peer.dialectHeard || peer.otherTried || !peer.spokenTo) return;
  const fields = { dialect: otherDialect(peer.dialect), otherTried: true };
  draft.patches.push({ type: 'setPeer', peerId, fields });
  for (const id of peer.inFlight.keys()) draft.answer(peerId, id);
  draft.expedite.push({ peerId, sendEpoch: view.state.epoch });
  draft.flush(peerId);
}

function takeHello(draft: DecisionDraft, view: View, event: PayloadEvent, peer: PeerState): void {
  const { peerId, dialect, payload } = event;
  const { hello } = payload;
  // A peer that says hello speaks the specification's dialect, whatever else it tries.
  const written = hello !== undefined ? 'spec' : peer.helloHeard ? undefined : dialect;
  const isNews = written !== undefined && !(peer.dialectHeard && peer.dialect === written);
  const fields: PeerFields = {
    ...(isNews && { dialect: written, dialectHeard: true }),
    ...(hello !== undefined && {
      helloHeard: true,
      storeId: hello.storeId,
      since: hello.since,
      sharesGroup: hello.sharedGroup === true,
      bulkAcks: hello.bulkAcks === true,
      ...(hello.maxPayloadBytes > 0 && { maxPayloadBytes: hello.maxPayloadBytes }),
    }),
  };
  if (Object.keys(fields).length > 0) draft.patches.push({ type: 'setPeer', peerId, fields });
  if (hello === undefined) return;
  draft.effects.push({ type: 'hello', peerId, hello });
  takeBack(draft, peerId, peer, hello.since);
  if (view.policy.reconciles || !lostItsStore(peer, hello)) return;
  // It may have part of its history back from others: offers find out without sending it all again.
  draft.backfill.push({
    peerId,
    groupIds: [...peer.groups],
    type: 'offer',
    sendEpoch: view.state.epoch,
    again: true,
  });
  draft.flush(peerId);
}

/** See `MvdsNode.heardSince`. */
export function decideSince(
  draft: DecisionDraft,
  view: View,
  event: Extract<MvdsEvent, { type: 'sinceHeard' }>,
): void {
  const { peerId, since, sharedGroup: sharesGroup, bulkAcks } = event;
  const peer = view.state.peers.get(peerId);
  if (peer === undefined) return;
  draft.patches.push({ type: 'setPeer', peerId, fields: { since, sharesGroup, bulkAcks } });
  takeBack(draft, peerId, peer, since);
}

/** What the peer does not want any more is not sent to it unasked. */
function takeBack(
  draft: DecisionDraft,
  peerId: PeerId,
  peer: PeerState,
  since: Hello['since'],
): void {
  for (const [groupId, before] of since ?? []) {
    if (before <= (peer.since?.get(groupId) ?? 0n)) continue;
    draft.clearRecords.push({ peerId, groupId, sequence: Number.MAX_SAFE_INTEGER, before });
  }
}

function takeAcks(draft: DecisionDraft, { peerId, payload, slice }: PayloadEvent): void {
  const acknowledged: MessageId[] = [];
  let bodies = 0;
  for (const id of payload.acks) {
    const record = slice.records.get(id);
    if (!dropOwnRecord(draft, record)) continue;
    acknowledged.push(id);
    if (record?.type === 'message') bodies += 1;
  }
  if (acknowledged.length === 0) return;
  draft.effects.push({ type: 'acknowledged', peerId, ids: acknowledged, bodies });
  draft.flush(peerId);
}

/** A number that was not given to a payload of this session, or was answered before, says nothing. */
function takeBulkAcks(
  draft: DecisionDraft,
  { peerId, payload, slice }: PayloadEvent,
  { sentPayloads, sentBacklog }: PeerState,
): void {
  const numbers = (payload.ackedPayloads ?? []).filter((number) => sentPayloads.has(number));
  if (numbers.length === 0) return;
  const acknowledged: MessageId[] = [];
  let bodies = 0;
  for (const number of numbers) {
    const { recorded = [], ofBacklog = [] } = sentPayloads.get(number) ?? {};
    for (const id of recorded) {
      const record = slice.records.get(id);
      if (!dropOwnRecord(draft, record)) continue;
      acknowledged.push(id);
      if (record?.type === 'message') bodies += 1;
    }
    for (const { groupId, messages, intervals } of ofBacklog) {
      draft.leaveBacklog.push({ peerId, groupId, intervals });
      // Without those that were acknowledged by their ids before.
      const sent = IntervalSet.of(sentBacklog.get(groupId) ?? []);
      const left = messages.filter(({ sequence }) => sent.has(sequence));
      acknowledged.push(...left.map(({ messageId }) => messageId));
      bodies += left.length;
    }
  }
  draft.patches.push({ type: 'payloadsAnswered', peerId, numbers });
  if (acknowledged.length > 0) {
    draft.effects.push({ type: 'acknowledged', peerId, ids: acknowledged, bodies });
  }
  draft.flush(peerId);
}

/** The peer holds the message: nothing about it is left to be sent there. A request stays, it is the other way round. */
function dropOwnRecord(draft: DecisionDraft, record: SyncRecord | undefined): boolean {
  if (record === undefined || record.type === 'request') return false;
  draft.remove(record.peerId, record.messageId, placeOf(record));
  return true;
}

function takeRequests(
  draft: DecisionDraft,
  view: View,
  { peerId, payload, slice }: PayloadEvent,
  peer: PeerState,
): void {
  for (const id of payload.requests) {
    const record = slice.records.get(id);
    if (record?.type === 'request') continue;
    const groupId = record?.groupId ?? slice.requested.get(id)?.groupId;
    if (groupId === undefined) continue;
    if (!mayExchange(view, peerId, groupId)) {
      const reason = { type: 'unauthorised', messageId: id, groupId } as const;
      draft.effects.push({ type: 'rejected', peerId, reason });
      continue;
    }
    // It is asked again, with growing waits.
    if (view.policy.isMuted(groupId)) continue;
    // A request that crossed the message on its way, or came twice, is answered by what is already under way.
    if (record && isUnderWay(record, view, peer)) continue;
    draft.put({
      peerId,
      messageId: id,
      type: 'message',
      groupId,
      sendCount: record?.type === 'message' ? record.sendCount : 0,
      sendEpoch: URGENT_EPOCH,
      ...(view.policy.isBulk(groupId) && { bulk: true }),
    });
    draft.answer(peerId, id, record && placeOf(record));
    draft.flush(peerId);
  }
}

/** Within a session that loses nothing, what was sent lately is on its way however long that takes. */
function isUnderWay(record: SyncRecord, view: View, peer: PeerState): boolean {
  if (record.type !== 'message') return false;
  const { epoch } = view.state;
  if (peer.inFlight.get(record.messageId)?.sentEpoch === epoch) return true;
  const sentAt = isSentBacklog(record, peer)
    ? peer.backlogSentAt
    : record.sendEpoch >= NEVER_EPOCH
      ? record.sendEpoch - NEVER_EPOCH
      : undefined;
  return sentAt !== undefined && epoch - sentAt < RELIABLE_REQUEST_EPOCHS / 2;
}

function placeOf({ groupId, sequence }: SyncRecord): BacklogPlace | undefined {
  return groupId === undefined || sequence === undefined ? undefined : { groupId, sequence };
}

/** Whether a message of the backlog was sent in this session. */
function isSentBacklog({ groupId, sequence }: SyncRecord, { sentBacklog }: PeerState): boolean {
  if (groupId === undefined || sequence === undefined) return false;
  const bounds = sentBacklog.get(groupId) ?? [];
  return bounds.some((first, at) => {
    return at % 2 === 0 && first <= sequence && sequence <= (bounds[at + 1] ?? first);
  });
}

function takeOffers(draft: DecisionDraft, view: View, event: PayloadEvent): void {
  const { peerId, payload, slice } = event;
  const comesAlong = new Set(payload.messages.map(({ id }) => id));
  let requests = slice.requestCount;
  let refused = 0;
  for (const id of payload.offers) {
    const record = slice.records.get(id);
    // The Go nodes offer ephemeral messages too, in interactive mode.
    if (slice.held.has(id) || view.state.recentEphemeral.has(id)) {
      draft.ack(peerId, id);
      if (record !== undefined) draft.remove(peerId, id);
    } else if (record?.type === 'request') {
      // Asked for as a parent before; now it is known to be there.
      if (record.groupId !== undefined) draft.put({ ...record, groupId: undefined });
    } else if (!comesAlong.has(id) && !slice.heldApart.has(id)) {
      if (requests >= view.policy.maxRequestsPerPeer) {
        refused += 1;
        continue;
      }
      requests += 1;
      draft.put({
        peerId,
        messageId: id,
        type: 'request',
        groupId: undefined,
        sendCount: 0,
        sendEpoch: isAskedElsewhere(view, event, id)
          ? view.state.epoch + SECOND_REQUEST_DELAY
          : URGENT_EPOCH,
      });
      draft.flush(peerId);
    }
  }
  if (refused === 0) return;
  const reason = { type: 'too-many-offers', count: refused } as const;
  draft.effects.push({ type: 'rejected', peerId, reason });
}

/** Whether another peer that is online was asked for the message already and may still answer. */
function isAskedElsewhere(view: View, { peerId, slice }: PayloadEvent, id: MessageId): boolean {
  return (slice.about.get(id) ?? []).some(
    (record) =>
      record.type === 'request' &&
      record.peerId !== peerId &&
      record.sendCount <= 1 &&
      view.state.peers.get(record.peerId)?.online === true,
  );
}
