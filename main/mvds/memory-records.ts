import { IntervalSet } from '../helpers/interval-set.ts';
import type { MemoryMessages } from './memory-messages.ts';
import type {
  BacklogSlice,
  Cursor,
  RecordCounts,
  StoredMessage,
  SyncRecordStore,
} from './ports.ts';
import type { GroupId, MessageId, PeerId, RecordType, SyncRecord } from './types.ts';

interface Entry {
  readonly record: SyncRecord;
  /** Position in the order of creation. */
  readonly order: number;
}

/** The records of one peer that are due at one epoch, kept in order of creation when read. */
interface Bucket {
  entries: Map<MessageId, Entry>;
  lastOrder: number;
  sorted: boolean;
}

/** The records of one peer, by message and by the epoch at which they are due. */
class PeerRecords {
  readonly byMessage = new Map<MessageId, Entry>();
  readonly counts: Record<RecordType, number> = { offer: 0, request: 0, message: 0 };
  /** Of what is bulk, and of all else. */
  private readonly buckets = { bulk: new Map<number, Bucket>(), first: new Map<number, Bucket>() };
  /** Sequences of the backlog. */
  private readonly backlogs = {
    bulk: new Map<GroupId, IntervalSet>(),
    first: new Map<GroupId, IntervalSet>(),
  };

  put(record: SyncRecord, newOrder: number): void {
    const order = this.byMessage.get(record.messageId)?.order ?? newOrder;
    this.remove(record.messageId);
    const entry = { record, order };
    this.byMessage.set(record.messageId, entry);
    this.counts[record.type] += 1;
    if (record.sequence !== undefined) {
      this.backlogOf(record)?.add(record.sequence);
      return;
    }
    const buckets = this.bucketsOf(record);
    let bucket = buckets.get(record.sendEpoch);
    if (bucket === undefined) {
      bucket = { entries: new Map(), lastOrder: 0, sorted: true };
      buckets.set(record.sendEpoch, bucket);
    }
    if (order < bucket.lastOrder) bucket.sorted = false;
    bucket.lastOrder = Math.max(bucket.lastOrder, order);
    bucket.entries.set(record.messageId, entry);
  }

  remove(messageId: MessageId): void {
    const entry = this.byMessage.get(messageId);
    if (entry === undefined) return;
    this.byMessage.delete(messageId);
    this.counts[entry.record.type] -= 1;
    if (entry.record.sequence !== undefined) {
      this.backlogOf(entry.record)?.delete(entry.record.sequence);
      return;
    }
    const buckets = this.bucketsOf(entry.record);
    const bucket = buckets.get(entry.record.sendEpoch);
    bucket?.entries.delete(messageId);
    if (bucket?.entries.size === 0) buckets.delete(entry.record.sendEpoch);
  }

  due(epoch: number, limit: number): SyncRecord[] {
    const due: SyncRecord[] = [];
    for (const buckets of [this.buckets.first, this.buckets.bulk]) {
      for (const at of epochsUpTo(buckets, epoch)) {
        const bucket = buckets.get(at);
        if (bucket === undefined) continue;
        if (!bucket.sorted) sortBucket(bucket);
        for (const { record } of bucket.entries.values()) {
          if (due.length === limit) return due;
          due.push(record);
        }
      }
    }
    return due;
  }

  dueLaterThan(epoch: number): SyncRecord[] {
    return [...this.buckets.first, ...this.buckets.bulk]
      .filter(([at]) => at > epoch)
      .flatMap(([, bucket]) => [...bucket.entries.values()].map(({ record }) => record));
  }

  /** Sequences of the backlog that are not in `sent`, in the order in which they are sent. */
  *backlog(sent: ReadonlyMap<GroupId, readonly number[]>): Generator<number> {
    for (const backlogs of [this.backlogs.first, this.backlogs.bulk]) {
      for (const [groupId, sequences] of backlogs) {
        for (const [first, last] of sequences.without(sent.get(groupId) ?? [])) {
          for (let sequence = first; sequence <= last; sequence += 1) yield sequence;
        }
      }
    }
  }

  private backlogOf({ groupId, bulk }: SyncRecord): IntervalSet | undefined {
    if (groupId === undefined) return undefined;
    const backlogs = bulk === true ? this.backlogs.bulk : this.backlogs.first;
    const known = backlogs.get(groupId) ?? new IntervalSet();
    backlogs.set(groupId, known);
    return known;
  }

  private bucketsOf({ bulk }: SyncRecord): Map<number, Bucket> {
    return bulk === true ? this.buckets.bulk : this.buckets.first;
  }
}

function epochsUpTo(buckets: ReadonlyMap<number, Bucket>, epoch: number): number[] {
  return [...buckets.keys()].filter((at) => at <= epoch).sort((a, b) => a - b);
}

function sortBucket(bucket: Bucket): void {
  bucket.entries = new Map([...bucket.entries].sort(([, a], [, b]) => a.order - b.order));
  bucket.sorted = true;
}

/** The in-memory twin of a record store. */
export class MemoryRecords implements SyncRecordStore {
  epochNumber = 0;
  private readonly peers = new Map<PeerId, PeerRecords>();
  private readonly cursorsByPeer = new Map<PeerId, Map<GroupId, Cursor>>();
  private created = 0;
  private readonly messages: MemoryMessages;

  constructor(messages: MemoryMessages) {
    this.messages = messages;
  }

  /** A message of the backlog has its sequence, and an ordinary record has none. */
  put(record: SyncRecord): void {
    this.created += 1;
    this.of(record.peerId).put(record, this.created);
  }

  remove(peerId: PeerId, messageId: MessageId): void {
    this.peers.get(peerId)?.remove(messageId);
  }

  leaveBacklog(peerId: PeerId, groupId: GroupId, intervals: readonly number[]): void {
    const peer = this.peers.get(peerId);
    const newest = this.messages.newestSequence();
    for (const [first, last] of IntervalSet.of(intervals).intervals()) {
      for (let sequence = first; sequence <= Math.min(last, newest); sequence += 1) {
        const { id } = this.messages.at(sequence) ?? {};
        const record = id && peer?.byMessage.get(id)?.record;
        if (record?.sequence === sequence && record.groupId === groupId)
          peer?.remove(record.messageId);
      }
    }
  }

  has(peerId: PeerId, messageId: MessageId): boolean {
    return this.peers.get(peerId)?.byMessage.has(messageId) ?? false;
  }

  expedite(peerId: PeerId, sendEpoch: number): void {
    for (const record of this.peers.get(peerId)?.dueLaterThan(sendEpoch) ?? []) {
      const isForParent = record.type === 'request' && record.groupId !== undefined;
      this.put({ ...record, sendEpoch, sendCount: isForParent ? record.sendCount : 0 });
    }
  }

  forget(peerId: PeerId): void {
    this.peers.delete(peerId);
    this.cursorsByPeer.delete(peerId);
  }

  hasCursor(peerId: PeerId, groupId: GroupId): boolean {
    return this.cursorsByPeer.get(peerId)?.has(groupId) ?? false;
  }

  setCursor(peerId: PeerId, groupId: GroupId, cursor: Cursor): void {
    const cursors = this.cursorsByPeer.get(peerId) ?? new Map<GroupId, Cursor>();
    this.cursorsByPeer.set(peerId, cursors.set(groupId, cursor));
  }

  dropCursor(peerId: PeerId, groupId: GroupId): void {
    this.cursorsByPeer.get(peerId)?.delete(groupId);
  }

  /** Drops the offers and messages of the peer whose message `isHeldThere`. */
  clear(peerId: PeerId, isHeldThere: (record: SyncRecord) => boolean): void {
    const peer = this.peers.get(peerId);
    for (const { record } of [...(peer?.byMessage.values() ?? [])]) {
      if (record.type !== 'request' && isHeldThere(record)) peer?.remove(record.messageId);
    }
  }

  withdraw(messageId: MessageId): void {
    for (const peer of this.peers.values()) peer.remove(messageId);
  }

  /** Every record in order of creation, and every cursor. */
  dump(): { records: SyncRecord[]; cursors: (readonly [PeerId, GroupId, Cursor])[] } {
    const entries = [...this.peers.values()].flatMap((peer) => [...peer.byMessage.values()]);
    return {
      records: entries.sort((a, b) => a.order - b.order).map(({ record }) => record),
      cursors: [...this.cursorsByPeer].flatMap(([peerId, cursors]) =>
        [...cursors].map(([groupId, cursor]) => [peerId, groupId, cursor] as const),
      ),
    };
  }

  async records(
    peerId: PeerId,
    messageIds: readonly MessageId[],
  ): Promise<ReadonlyMap<MessageId, SyncRecord>> {
    const found = new Map<MessageId, SyncRecord>();
    const peer = this.peers.get(peerId);
    if (peer === undefined || peer.byMessage.size === 0) return found;
    for (const messageId of messageIds) {
      const entry = peer.byMessage.get(messageId);
      if (entry !== undefined) found.set(messageId, entry.record);
    }
    return found;
  }

  async recordsAbout(messageIds: readonly MessageId[]): Promise<readonly SyncRecord[]> {
    const found: SyncRecord[] = [];
    for (const peer of this.peers.values()) {
      if (peer.byMessage.size === 0) continue;
      for (const messageId of messageIds) {
        const entry = peer.byMessage.get(messageId);
        if (entry !== undefined) found.push(entry.record);
      }
    }
    return found;
  }

  async due(peerId: PeerId, epoch: number, limit: number): Promise<readonly SyncRecord[]> {
    return this.peers.get(peerId)?.due(epoch, limit) ?? [];
  }

  async backlog(
    peerId: PeerId,
    sent: ReadonlyMap<GroupId, readonly number[]>,
    bytes: number,
  ): Promise<BacklogSlice> {
    const messages: StoredMessage[] = [];
    let room = bytes;
    for (const sequence of this.peers.get(peerId)?.backlog(sent) ?? []) {
      const message = this.messages.at(sequence);
      if (message === undefined) continue;
      room -= message.body.byteLength;
      if (room < 0 && messages.length > 0) return { messages, hasMore: true };
      messages.push(message);
    }
    return { messages, hasMore: false };
  }

  async counts(peerId: PeerId): Promise<RecordCounts> {
    const counts = this.peers.get(peerId)?.counts;
    return {
      offers: counts?.offer ?? 0,
      requests: counts?.request ?? 0,
      messages: counts?.message ?? 0,
    };
  }

  async epoch(): Promise<number> {
    return this.epochNumber;
  }

  async cursors(peerId: PeerId): Promise<ReadonlyMap<GroupId, Cursor>> {
    return new Map(this.cursorsByPeer.get(peerId));
  }

  private of(peerId: PeerId): PeerRecords {
    let peer = this.peers.get(peerId);
    if (peer === undefined) {
      peer = new PeerRecords();
      this.peers.set(peerId, peer);
    }
    return peer;
  }
}
