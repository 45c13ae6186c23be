import { mayExchange } from './authorise.ts';
import type { Dialect, Payload } from './codec.ts';
import {
  BULK_RESERVE_BYTES,
  MAX_NUMBERED_PAYLOADS,
  MIN_PEER_PAYLOAD_BYTES,
  NEVER_EPOCH,
  OFFER_WINDOW_BYTES,
  PARENT_BACKOFF_EPOCHS,
  RELIABLE_REQUEST_EPOCHS,
} from './constants.ts';
import type { DecisionDraft } from './draft.ts';
import type { MvdsEvent, View } from './events.ts';
import {
  HELLO_BYTES,
  ID_ITEM_BYTES,
  isEmpty,
  messageItemBytes,
  PAYLOAD_NUMBER_BYTES,
} from './size.ts';
import type { SentRecord } from './sent-payloads.ts';
import { dialectFor, type PeerState } from './state.ts';
import type { Message, MessageId, SyncRecord } from './types.ts';

type FlushEvent = Extract<MvdsEvent, { type: 'flush' }>;

/** The next payload to one peer: its acks, and of what is due as much as the payload and the window hold. */
export function decideFlush(draft: DecisionDraft, view: View, event: FlushEvent): void {
  const { peerId, cause } = event;
  const peer = view.state.peers.get(peerId);
  if (peer?.online !== true) return;
  const next = new NextPayload(draft, view, event, peer);
  const left = next.fill();
  draft.patches.push({
    type: 'flushed',
    peerId,
    acks: next.acks,
    payloadAcks: next.payloadAcks,
    number: next.number,
    sent: next.sent,
    notExpired: next.settled,
  });
  const payload = next.payload();
  if (isEmpty(payload)) {
    if (left && next.settled.length > 0) draft.flush(peerId, cause);
    return;
  }
  const helloSent = peer.helloSent || payload.hello !== undefined;
  draft.patches.push({ type: 'setPeer', peerId, fields: { spokenTo: true, helloSent } });
  draft.effects.push({ type: 'send', peerId, dialect: next.dialect, payload });
  if (left && cause === 'eager') draft.flush(peerId);
}

class NextPayload {
  readonly acks: MessageId[] = [];
  readonly payloadAcks: number[] = [];
  readonly sent: SentRecord[] = [];
  /** Ids whose records were dealt with: sent or dropped. */
  readonly settled: MessageId[] = [];
  private readonly offers: MessageId[] = [];
  private readonly requests: MessageId[] = [];
  private readonly messages: Message[] = [];
  /** How often the first record in it that is sent again was sent. */
  private sentBefore = 0;
  private windowIsFull = false;
  private bulkIsFull = false;
  private room: number;
  private window: number;
  private readonly draft: DecisionDraft;
  private readonly view: View;
  private readonly event: FlushEvent;
  private readonly peer: PeerState;

  constructor(draft: DecisionDraft, view: View, event: FlushEvent, peer: PeerState) {
    this.draft = draft;
    this.view = view;
    this.event = event;
    this.peer = peer;
    const { policy } = view;
    const theirs = Math.max(MIN_PEER_PAYLOAD_BYTES, peer.maxPayloadBytes ?? Infinity);
    this.room = Math.min(policy.payloadBytes, theirs) - HELLO_BYTES - PAYLOAD_NUMBER_BYTES;
    this.window = policy.windowBytes - peer.inFlightBytes;
  }

  /** As the first record that was sent before wants it. */
  get dialect(): Dialect {
    return dialectFor(this.peer, this.sentBefore);
  }

  /** By which the peer acknowledges its messages; undefined where it is to do so by their ids. */
  get number(): number | undefined {
    const { bulkAcks, isReliable, sentPayloads } = this.peer;
    const isNumbered = bulkAcks && isReliable && this.dialect === 'spec';
    if (!isNumbered || this.messages.length === 0) return undefined;
    return sentPayloads.size < MAX_NUMBERED_PAYLOADS
      ? this.view.state.payloadNumber + 1
      : undefined;
  }

  /** Returns whether another payload could follow at once. */
  fill(): boolean {
    for (const id of this.peer.pendingAcks) {
      if (this.room < ID_ITEM_BYTES) return true;
      this.room -= ID_ITEM_BYTES;
      this.acks.push(id);
    }
    for (const number of this.peer.pendingPayloadAcks) {
      if (this.room < PAYLOAD_NUMBER_BYTES) return true;
      this.room -= PAYLOAD_NUMBER_BYTES;
      this.payloadAcks.push(number);
    }
    for (const record of this.event.slice.records) {
      if (this.take(record) === 'no-room') return true;
    }
    // With a full window the answers to what is in flight bring the next flush.
    return this.event.slice.more && !this.windowIsFull && !this.bulkIsFull;
  }

  payload(): Payload {
    const { acks, offers, requests, messages, number, payloadAcks: ackedPayloads } = this;
    const { hello } = this.view.policy;
    const payload = {
      ...{ acks, offers, requests, messages },
      ...(number !== undefined && { number }),
      ...(ackedPayloads.length > 0 && { ackedPayloads }),
    };
    return hello !== undefined && this.isHelloDue() ? { ...payload, hello } : payload;
  }

  private isHelloDue(): boolean {
    const { dialectHeard, dialect, helloSent } = this.peer;
    if (dialectHeard) return !helloSent && dialect === 'spec';
    // A peer that has not spoken may not have understood the first one.
    return !helloSent || this.sentBefore > 0;
  }

  private take(record: SyncRecord): 'taken' | 'skipped' | 'no-room' {
    const { messageId, groupId, type } = record;
    const { isMuted } = this.view.policy;
    const isForbidden =
      groupId !== undefined &&
      (!mayExchange(this.view, record.peerId, groupId) || (type !== 'request' && isMuted(groupId)));
    if (isForbidden || this.view.policy.giveUp(record)) return this.drop(messageId);
    // Already under way: it is due again when its time is up.
    if (this.peer.inFlight.has(messageId)) return 'skipped';
    // Requests bring messages in, so they don't wait for the window of what goes out.
    if (this.windowIsFull && type !== 'request') return 'skipped';
    const isBulk = record.bulk === true;
    if (isBulk && this.bulkIsFull) return 'skipped';
    const { read, messages } = this.event.slice;
    const message = messages.get(messageId);
    if (type === 'message' && message === undefined) {
      // Not read: there was enough for a payload before it. Read and without body: there is nothing to send any more.
      return read.has(messageId) ? this.drop(messageId) : 'no-room';
    }
    const bytes =
      type === 'message' && message !== undefined ? messageItemBytes(message) : ID_ITEM_BYTES;
    const charge = type === 'offer' ? OFFER_WINDOW_BYTES : bytes;
    const window = isBulk ? this.window - BULK_RESERVE_BYTES : this.window;
    if (type !== 'request' && charge > window && !this.isFirstInFlight()) {
      // They come last: what is skipped for want of room keeps back no other group.
      if (isBulk) this.bulkIsFull = true;
      else this.windowIsFull = true;
      return 'skipped';
    }
    if (bytes > this.room && !this.isFirst()) return 'no-room';
    this.place(record, message);
    this.room -= bytes;
    this.window -= charge;
    this.markSent(record, charge);
    return 'taken';
  }

  private place({ type, messageId }: SyncRecord, message: Message | undefined): void {
    if (type === 'offer') this.offers.push(messageId);
    else if (type === 'request') this.requests.push(messageId);
    else if (message !== undefined) this.messages.push(message);
  }

  private markSent(record: SyncRecord, bytes: number): void {
    const { policy, state } = this.view;
    if (this.sentBefore === 0) this.sentBefore = record.sendCount;
    const sendCount = record.sendCount + 1;
    const backoff = Math.max(1, policy.backoff(sendCount, this.event.jitter));
    const isForParent = record.type === 'request' && record.groupId !== undefined;
    const dueEpoch =
      state.epoch + (isForParent ? Math.min(backoff, PARENT_BACKOFF_EPOCHS) : backoff);
    const { sequence, groupId, messageId, ...rest } = record;
    const isOnce = this.peer.isReliable && record.type === 'message';
    const ofBacklog = sequence !== undefined && groupId !== undefined && { groupId, sequence };
    // Within the session the memory knows that it was sent; after it, it is to be sent again.
    if (!isOnce || !ofBacklog) {
      const sendEpoch = this.dueAgain(record, dueEpoch);
      this.draft.put({ ...rest, groupId, messageId, sendCount, sendEpoch });
    }
    this.sent.push({
      messageId,
      bytes,
      dueEpoch,
      isOnce,
      ...(isOnce && ofBacklog && { ofBacklog }),
    });
    this.settled.push(record.messageId);
  }

  /**
   * On a stream that loses nothing a body arrives, or the session ends and all is due again; what was requested is on its way
   * behind what was requested before. A peer that speaks plain MVDS may count on retransmission, and offers may be turned away for
   * want of room.
   */
  private dueAgain({ type, groupId }: SyncRecord, dueEpoch: number): number {
    if (!this.peer.isReliable) return dueEpoch;
    // With the epoch of now, by which a request that has crossed it is known.
    if (type === 'message') return NEVER_EPOCH + this.view.state.epoch;
    const isForParent = groupId !== undefined;
    if (type !== 'request' || isForParent) return dueEpoch;
    return Math.max(dueEpoch, this.view.state.epoch + RELIABLE_REQUEST_EPOCHS);
  }

  private drop(messageId: MessageId): 'taken' {
    this.draft.remove(this.event.peerId, messageId);
    this.settled.push(messageId);
    return 'taken';
  }

  /** One record always fits, however small the limit: a message is never split. */
  private isFirst(): boolean {
    return this.acks.length + this.payloadAcks.length + this.sent.length === 0;
  }

  private isFirstInFlight(): boolean {
    return this.peer.inFlight.size + this.sent.length === 0;
  }
}
