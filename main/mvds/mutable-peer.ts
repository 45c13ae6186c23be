import { IntervalSet } from '../helpers/interval-set.ts';
import { otherDialect, type Dialect } from './codec.ts';
import { MAX_PENDING_ACKS } from './constants.ts';
import { sentPayload, type SentPayload, type SentRecord } from './sent-payloads.ts';
import type { InFlight, Patch, PeerState } from './state.ts';
import type { GroupId, MessageId } from './types.ts';

/** What `PeerState` shows, as it is changed by patches. */
export interface MutablePeer {
  fields: Omit<
    PeerState,
    | 'pendingAcks'
    | 'pendingPayloadAcks'
    | 'sentPayloads'
    | 'inFlight'
    | 'inFlightBytes'
    | 'sentBacklog'
    | 'backlogSentAt'
    | 'expired'
  >;
  sentBacklog: Map<GroupId, IntervalSet>;
  backlogSentAt: number;
  pendingAcks: Set<MessageId>;
  pendingPayloadAcks: Set<number>;
  sentPayloads: Map<number, SentPayload>;
  inFlight: Map<MessageId, InFlight>;
  inFlightBytes: number;
  expired: Set<MessageId>;
}

/** A live read-only view: getters, so that a patch of a large set copies nothing. */
export function peerView(peer: MutablePeer): PeerState {
  return {
    get groups() {
      return peer.fields.groups;
    },
    get mode() {
      return peer.fields.mode;
    },
    get dialect() {
      return peer.fields.dialect;
    },
    get dialectHeard() {
      return peer.fields.dialectHeard;
    },
    get otherTried() {
      return peer.fields.otherTried;
    },
    get helloHeard() {
      return peer.fields.helloHeard;
    },
    get spokenTo() {
      return peer.fields.spokenTo;
    },
    get online() {
      return peer.fields.online;
    },
    get isReliable() {
      return peer.fields.isReliable;
    },
    get storeId() {
      return peer.fields.storeId;
    },
    get since() {
      return peer.fields.since;
    },
    get bulkAcks() {
      return peer.fields.bulkAcks;
    },
    get maxPayloadBytes() {
      return peer.fields.maxPayloadBytes;
    },
    get sharesGroup() {
      return peer.fields.sharesGroup;
    },
    get helloSent() {
      return peer.fields.helloSent;
    },
    get pendingAcks() {
      return peer.pendingAcks;
    },
    get pendingPayloadAcks() {
      return peer.pendingPayloadAcks;
    },
    get sentPayloads() {
      return peer.sentPayloads;
    },
    get inFlight() {
      return peer.inFlight;
    },
    get inFlightBytes() {
      return peer.inFlightBytes;
    },
    get sentBacklog() {
      return new Map([...peer.sentBacklog].map(([groupId, { bounds }]) => [groupId, bounds]));
    },
    get backlogSentAt() {
      return peer.backlogSentAt;
    },
    get expired() {
      return peer.expired;
    },
  };
}

export type PeerPatch = Extract<
  Patch,
  {
    type:
      | 'setPeer'
      | 'startSession'
      | 'endSession'
      | 'queueAcks'
      | 'answered'
      | 'payloadsAnswered'
      | 'flushed';
  }
>;

export function applyToPeer(peer: MutablePeer, patch: PeerPatch, epoch: number): void {
  switch (patch.type) {
    case 'setPeer':
      peer.fields = { ...peer.fields, ...patch.fields };
      break;
    case 'startSession':
    case 'endSession': {
      const isBegun = patch.type === 'startSession';
      peer.fields = {
        ...peer.fields,
        online: isBegun,
        isReliable: isBegun && patch.isReliable,
        dialect: nextDialect(peer.fields),
        helloSent: false,
        helloHeard: false,
        // The hello comes before the exchange.
        sharesGroup: isBegun && patch.isReliable && peer.fields.sharesGroup,
        bulkAcks: isBegun && patch.isReliable && peer.fields.bulkAcks,
        otherTried: false,
        spokenTo: false,
      };
      peer.pendingAcks.clear();
      peer.pendingPayloadAcks.clear();
      peer.sentPayloads.clear();
      peer.inFlight.clear();
      peer.inFlightBytes = 0;
      peer.sentBacklog.clear();
      peer.expired.clear();
      break;
    }
    case 'queueAcks':
      if (!peer.fields.online) break;
      for (const id of patch.ids) {
        if (peer.pendingAcks.size < MAX_PENDING_ACKS) peer.pendingAcks.add(id);
      }
      for (const { number } of patch.payloads) {
        if (peer.pendingPayloadAcks.size < MAX_PENDING_ACKS) peer.pendingPayloadAcks.add(number);
      }
      break;
    case 'answered':
      for (const id of patch.ids) land(peer, id);
      for (const { groupId, sequence } of patch.places) {
        peer.sentBacklog.get(groupId)?.delete(sequence);
      }
      break;
    case 'payloadsAnswered':
      answerPayloads(peer, patch.numbers);
      break;
    case 'flushed':
      for (const id of patch.acks) peer.pendingAcks.delete(id);
      for (const number of patch.payloadAcks) peer.pendingPayloadAcks.delete(number);
      if (patch.number !== undefined) peer.sentPayloads.set(patch.number, sentPayload(patch.sent));
      for (const id of patch.notExpired) peer.expired.delete(id);
      for (const { messageId, bytes, dueEpoch, isOnce, ofBacklog } of patch.sent) {
        land(peer, messageId);
        if (ofBacklog) {
          noteSent(peer, ofBacklog);
          peer.backlogSentAt = epoch;
        }
        peer.inFlight.set(messageId, { bytes, dueEpoch, isOnce, ofBacklog, sentEpoch: epoch });
        peer.inFlightBytes += bytes;
      }
      break;
  }
}

/** A session in which nothing was understood, as far as is known: the next one begins in the other dialect. */
function nextDialect({ dialect, dialectHeard, spokenTo }: MutablePeer['fields']): Dialect {
  return spokenTo && !dialectHeard ? otherDialect(dialect) : dialect;
}

function noteSent(
  { sentBacklog }: MutablePeer,
  { groupId, sequence }: NonNullable<SentRecord['ofBacklog']>,
): void {
  const sent = sentBacklog.get(groupId) ?? new IntervalSet();
  sent.add(sequence);
  sentBacklog.set(groupId, sent);
}

function answerPayloads(peer: MutablePeer, numbers: readonly number[]): void {
  let last = 0;
  for (const number of numbers) {
    const sent = peer.sentPayloads.get(number);
    if (sent === undefined) continue;
    last = Math.max(last, number);
    for (const id of sent.recorded) land(peer, id);
    for (const { groupId, messages, intervals } of sent.ofBacklog) {
      for (const { messageId } of messages) land(peer, messageId);
      peer.sentBacklog.get(groupId)?.deleteAll(intervals);
    }
  }
  // The peer takes payloads in their order, so it has acknowledged those before by number or by ids.
  for (const number of peer.sentPayloads.keys()) {
    if (number > last) break;
    peer.sentPayloads.delete(number);
  }
}

function land(peer: MutablePeer, id: MessageId): void {
  peer.expired.delete(id);
  const inFlight = peer.inFlight.get(id);
  if (inFlight === undefined) return;
  peer.inFlight.delete(id);
  peer.inFlightBytes -= inFlight.bytes;
}

/** A record that was not answered in time is to be sent again, or at least holds nothing else up. */
export function expire(peer: MutablePeer, epoch: number): void {
  for (const [id, { dueEpoch, isOnce }] of peer.inFlight) {
    if (dueEpoch > epoch) continue;
    land(peer, id);
    if (!isOnce) peer.expired.add(id);
  }
}

/** A peer that was just added: offline, and nothing is known of it but what is given. */
export function newPeer(patch: Extract<Patch, { type: 'addPeer' }>): MutablePeer {
  const { groups, mode, dialect, dialectHeard, storeId, since } = patch;
  return {
    fields: {
      groups,
      mode,
      dialect,
      dialectHeard,
      storeId,
      since,
      online: false,
      isReliable: false,
      maxPayloadBytes: undefined,
      helloSent: false,
      helloHeard: false,
      sharesGroup: false,
      bulkAcks: false,
      otherTried: false,
      spokenTo: false,
    },
    pendingAcks: new Set(),
    pendingPayloadAcks: new Set(),
    sentPayloads: new Map(),
    inFlight: new Map(),
    inFlightBytes: 0,
    sentBacklog: new Map(),
    backlogSentAt: 0,
    expired: new Set(),
  };
}
