import type { Payload } from './codec.ts';
import { DUE_BATCH, FIRST_EPOCH, MAX_UNRECORDED_REQUESTS, READ_BATCH } from './constants.ts';
import type { FlushSlice, ParentSlice, PayloadSlice, Policy } from './events.ts';
import type { BacklogSlice, MessageHeader, StoredMessage, SyncStore } from './ports.ts';
import { messageItemBytes } from './size.ts';
import type { PeerState } from './state.ts';
import type { Message, MessageId, PeerId, SyncRecord } from './types.ts';

/** Whether a message is known to be delivered without asking the store. */
export type KnownDelivered = (id: MessageId) => boolean;

/** What the store knows of `ids` and of the parents that `messages` name. */
export async function loadParents(
  store: SyncStore,
  ids: readonly MessageId[],
  messages: readonly Message[],
  isKnownDelivered: KnownDelivered,
): Promise<ParentSlice> {
  const parents = new Set(messages.flatMap(({ metadata }) => metadata.parents));
  const unknown = [...new Set([...ids, ...parents])].filter((id) => !isKnownDelivered(id));
  const held = new Set(unknown.length > 0 ? await store.messages.held(unknown) : []);
  const undelivered = new Set<MessageId>();
  const unsure = unknown.filter((id) => parents.has(id) && held.has(id));
  for (const batch of batches(unsure, READ_BATCH)) {
    for (const message of (await store.messages.read(batch)).values()) {
      if (!message.delivered) undelivered.add(message.id);
    }
  }
  for (const id of [...ids, ...parents]) {
    if (isKnownDelivered(id)) held.add(id);
  }
  return { held, undelivered };
}

/** What admission made of the messages of a payload, and of those before. */
export interface AdmissionSlice {
  readonly keptOut: readonly MessageId[];
  readonly isHeldApart: (id: MessageId) => boolean;
}

/** The slice for a payload: a fixed number of reads, however many items it has. */
export async function loadPayloadSlice(
  store: SyncStore,
  policy: Policy,
  peerId: PeerId,
  peer: PeerState | undefined,
  payload: Payload,
  { keptOut, isHeldApart }: AdmissionSlice,
  isKnownDelivered: KnownDelivered,
): Promise<PayloadSlice> {
  const { acks, offers, requests, messages } = payload;
  const messageIds = messages.map(({ id }) => id);
  const acknowledged = acknowledgedBacklog(peerId, peer, acks);
  const otherAcks = acks.filter((id) => !acknowledged.has(id));
  const inBulk = recordedIn(peer, payload.ackedPayloads ?? []);
  const named = unique([
    ...otherAcks,
    ...inBulk,
    ...offers,
    ...requests,
    ...messageIds,
    ...keptOut,
  ]);
  const stored = named.length > 0 ? await store.records.records(peerId, named) : [];
  const records = new Map([...acknowledged, ...stored]);
  const parents = await loadParents(
    store,
    unique([...offers, ...messageIds]),
    messages,
    isKnownDelivered,
  );
  const arriving = messageIds.filter((id) => !parents.held.has(id));
  const waiting = policy.delivery === 'causal' ? await loadWaiting(store, arriving) : [];
  const ofWaiting = await loadParents(store, [], waiting, isKnownDelivered);

  const missing = messages
    .flatMap(({ metadata }) => metadata.parents)
    .filter((id) => !parents.held.has(id));
  const wanted = unique([...arriving, ...offers.filter((id) => !parents.held.has(id)), ...missing]);
  const about = wanted.length > 0 ? await store.records.recordsAbout(wanted) : [];
  const unrecorded = requests.filter((id) => !records.has(id)).slice(0, MAX_UNRECORDED_REQUESTS);
  const requested =
    unrecorded.length > 0 ? await bodied(store, unrecorded) : new Map<MessageId, MessageHeader>();
  const needsCount = offers.length > 0 || missing.length > 0;
  return {
    records,
    held: new Set([...parents.held, ...ofWaiting.held]),
    undelivered: new Set([...parents.undelivered, ...ofWaiting.undelivered]),
    about: Map.groupBy(about, ({ messageId }) => messageId),
    requested,
    waiting,
    heldApart: new Set(offers.filter(isHeldApart)),
    requestCount: needsCount ? (await store.records.counts(peerId)).requests : 0,
  };
}

/** Records of messages of the backlog that the memory knows to be under way: they need not be looked up. */
function acknowledgedBacklog(
  peerId: PeerId,
  peer: PeerState | undefined,
  acks: readonly MessageId[],
): ReadonlyMap<MessageId, SyncRecord> {
  const records = new Map<MessageId, SyncRecord>();
  for (const messageId of acks) {
    const place = peer?.inFlight.get(messageId)?.ofBacklog;
    if (place === undefined) continue;
    const about = { peerId, messageId, type: 'message', ...place } as const;
    records.set(messageId, { ...about, sendCount: 0, sendEpoch: FIRST_EPOCH });
  }
  return records;
}

/** Messages that have a record, of payloads that are acknowledged by their numbers. Those of the backlog need none. */
function recordedIn(peer: PeerState | undefined, numbers: readonly number[]): MessageId[] {
  return numbers.flatMap((number) => peer?.sentPayloads.get(number)?.recorded ?? []);
}

/** Those that there is a body of, which is not read: many may be asked for at once, each as large as a payload. */
async function bodied(
  store: SyncStore,
  ids: readonly MessageId[],
): Promise<ReadonlyMap<MessageId, MessageHeader>> {
  const headers = await store.messages.headers(ids);
  return new Map([...headers].filter(([, { bytes }]) => bytes !== undefined));
}

/**
 * Every buffered message that may be released by `ids`, directly or through another. All of it in one go, so that no
 * crash can part a released message from the ones that waited for it.
 */
export async function loadWaiting(
  store: SyncStore,
  ids: readonly MessageId[],
): Promise<readonly StoredMessage[]> {
  const waiting = new Map<MessageId, StoredMessage>();
  let frontier = ids;
  while (frontier.length > 0) {
    const found = await store.messages.waitingFor(frontier);
    const fresh = found.filter(({ id }) => !waiting.has(id));
    for (const message of fresh) waiting.set(message.id, message);
    frontier = fresh.map(({ id }) => id);
  }
  return [...waiting.values()].sort((a, b) => a.sequence - b.sequence);
}

/** The slice for the next payload to a peer: due records, and the bodies that fit one payload. */
export async function loadFlushSlice(
  store: SyncStore,
  peerId: PeerId,
  peer: PeerState,
  epoch: number,
  { payloadBytes: roomBytes, isBulk }: Policy,
): Promise<FlushSlice> {
  const expired =
    peer.expired.size > 0
      ? [...(await store.records.records(peerId, [...peer.expired].slice(0, DUE_BATCH))).values()]
      : [];
  const due = await store.records.due(peerId, epoch, DUE_BATCH);
  const isExpired = new Set(expired.map(({ messageId }) => messageId));
  const all = [...expired, ...due.filter(({ messageId }) => !isExpired.has(messageId))].filter(
    ({ messageId, sendEpoch }) => sendEpoch <= epoch && !peer.inFlight.has(messageId),
  );
  // Whatever was due twice: bulk is due when nothing else is.
  const first = all.filter(({ bulk }) => bulk !== true);
  const bulk = all.filter((record) => record.bulk === true);
  const loaded = new LoadedBodies(store, roomBytes);
  await loaded.load(batches(bodies(first), READ_BATCH));
  const backlog = loaded.isFull
    ? NO_BACKLOG
    : await store.records.backlog(peerId, peer.sentBacklog, roomBytes - loaded.bytes);
  loaded.add(backlog.messages);
  // One of a bulk group may fill a payload by itself.
  await loaded.load(batches(bodies(bulk), 1));
  const ofBacklog = backlog.messages
    .filter(({ id }) => !peer.inFlight.has(id) && !isExpired.has(id))
    .map(({ id: messageId, groupId, sequence }): SyncRecord => {
      const about = { peerId, messageId, groupId, sequence, type: 'message' } as const;
      return { ...about, sendCount: 0, sendEpoch: epoch, ...(isBulk(groupId) && { bulk: true }) };
    });
  const records = [
    ...[...first, ...ofBacklog.filter((record) => record.bulk !== true)],
    ...[...bulk, ...ofBacklog.filter((record) => record.bulk === true)],
  ];
  const more = due.length === DUE_BATCH || peer.expired.size > DUE_BATCH || backlog.hasMore;
  return { records, messages: loaded.messages, read: loaded.read, more: more || loaded.isFull };
}

const NO_BACKLOG: BacklogSlice = { messages: [], hasMore: false };

/** Bodies for one payload, as far as it has room. */
class LoadedBodies {
  readonly messages = new Map<MessageId, StoredMessage>();
  readonly read = new Set<MessageId>();
  bytes = 0;
  readonly #store: SyncStore;
  readonly #roomBytes: number;

  constructor(store: SyncStore, roomBytes: number) {
    this.#store = store;
    this.#roomBytes = roomBytes;
  }

  get isFull(): boolean {
    return this.bytes > this.#roomBytes;
  }

  add(found: Iterable<StoredMessage>): void {
    for (const message of found) {
      this.read.add(message.id);
      this.messages.set(message.id, message);
      this.bytes += messageItemBytes(message);
    }
  }

  async load(wanted: Iterable<readonly MessageId[]>): Promise<void> {
    for (const batch of wanted) {
      if (this.isFull) return;
      const found = await this.#store.messages.read(batch);
      for (const id of batch) this.read.add(id);
      this.add(found.values());
    }
  }
}

function bodies(records: readonly SyncRecord[]): MessageId[] {
  return records.filter(({ type }) => type === 'message').map(({ messageId }) => messageId);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function* batches<T>(values: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < values.length; at += size) yield values.slice(at, at + size);
}
