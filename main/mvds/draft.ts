import type { Decision, Delivery, Effect, FlushCause, UnmetParents } from './events.ts';
import type { NewMessage, SyncChanges, Tombstone } from './ports.ts';
import type { BacklogPlace } from './sent-payloads.ts';
import type { NumberedPayload, Patch } from './state.ts';
import type { GroupId, MessageId, PeerId, SyncRecord } from './types.ts';

/** Removed: with its place in the backlog, where that is known. */
type Change = SyncRecord | { readonly removed: true; readonly sequence: number | undefined };

type AddedBacklog = NonNullable<SyncChanges['addBacklog']>[number];

/** Collects what an event changes. The last word about a (peer, message) counts, so that puts and removals never clash. */
export class DecisionDraft {
  readonly backfill: NonNullable<SyncChanges['backfill']>[number][] = [];
  readonly expedite: NonNullable<SyncChanges['expedite']>[number][] = [];
  readonly forgetPeers: PeerId[] = [];
  readonly setCursors: NonNullable<SyncChanges['setCursors']>[number][] = [];
  readonly dropCursors: NonNullable<SyncChanges['dropCursors']>[number][] = [];
  readonly clearRecords: NonNullable<SyncChanges['clearRecords']>[number][] = [];
  readonly leaveBacklog: NonNullable<SyncChanges['leaveBacklog']>[number][] = [];
  readonly added: NewMessage[] = [];
  readonly tombstone: Tombstone[] = [];
  readonly revive: MessageId[] = [];
  /** Ids of buffered messages that are released. */
  readonly released: MessageId[] = [];
  readonly deliveries: Delivery[] = [];
  /** Messages that are delivered without all of their parents. */
  readonly unmet: UnmetParents[] = [];
  readonly patches: Patch[] = [];
  readonly effects: Effect[] = [];
  private readonly records = new Map<PeerId, Map<MessageId, Change>>();
  private readonly backlogs = new Map<PeerId, Map<GroupId, BacklogDraft>>();
  private readonly acks = new Map<PeerId, Set<MessageId>>();
  private readonly payloadAcks = new Map<PeerId, readonly NumberedPayload[]>();
  private readonly answered = new Map<PeerId, Map<MessageId, BacklogPlace | undefined>>();
  private readonly flushes = new Map<PeerId, FlushCause>();

  put(record: SyncRecord): void {
    entry(this.records, record.peerId, newMap).set(record.messageId, record);
  }

  /** Adds a message, which is held here and was never sent, to what the peer lacks. */
  addBacklog(about: Omit<AddedBacklog, 'messageIds'>, messageId: MessageId): void {
    const groups = entry(this.backlogs, about.peerId, newBacklogs);
    const known = groups.get(about.groupId);
    if (known === undefined) groups.set(about.groupId, { about, messageIds: [messageId] });
    else known.messageIds.push(messageId);
  }

  /**
   * Drops the record, and whatever of it is in flight.
   * @param place of a message of the backlog, where it is known
   */
  remove(peerId: PeerId, messageId: MessageId, place?: BacklogPlace): void {
    const sequence = place?.sequence;
    entry(this.records, peerId, newMap).set(messageId, { removed: true, sequence });
    this.answer(peerId, messageId, place);
  }

  /** What this event has made of a record so far; undefined where it left it alone. */
  change(peerId: PeerId, messageId: MessageId): Change | undefined {
    return this.records.get(peerId)?.get(messageId);
  }

  answer(peerId: PeerId, messageId: MessageId, place?: BacklogPlace): void {
    entry(this.answered, peerId, newPlaces).set(messageId, place);
  }

  ack(peerId: PeerId, messageId: MessageId): void {
    entry(this.acks, peerId, newSet).add(messageId);
    this.flush(peerId);
  }

  acksFor(peerId: PeerId): readonly MessageId[] {
    return [...(this.acks.get(peerId) ?? [])];
  }

  /** Acknowledges by their numbers those of the payloads whose messages are all acknowledged so far, in place of their ids. */
  ackTogether(peerId: PeerId, payloads: readonly NumberedPayload[]): void {
    const acks = this.acks.get(peerId);
    if (acks === undefined) return;
    const whole = payloads.filter(({ ids }) => ids.every((id) => acks.has(id)));
    for (const { ids } of whole) for (const id of ids) acks.delete(id);
    this.payloadAcks.set(peerId, whole);
  }

  flush(peerId: PeerId, cause: FlushCause = 'eager'): void {
    this.flushes.set(peerId, cause);
  }

  decision(epoch: number): Decision {
    const patches: Patch[] = [...this.patches];
    for (const [peerId, answered] of this.answered) {
      const places = [...answered.values()].filter((place) => place !== undefined);
      patches.push({ type: 'answered', peerId, ids: [...answered.keys()], places });
    }
    for (const [peerId, ids] of this.acks) {
      const payloads = this.payloadAcks.get(peerId) ?? [];
      patches.push({ type: 'queueAcks', peerId, ids: [...ids], payloads });
    }
    const effects: Effect[] = [...this.effects];
    for (const [peerId, cause] of this.flushes) effects.push({ type: 'flush', peerId, cause });
    if (this.unmet.length > 0) effects.push({ type: 'unmetParents', unmet: this.unmet });
    // Last, so that an application that throws keeps nobody from being answered.
    if (this.deliveries.length > 0) effects.push({ type: 'deliver', deliveries: this.deliveries });
    return { changes: this.changes(epoch), patches, effects };
  }

  private changes(epoch: number): SyncChanges | undefined {
    const putRecords: SyncRecord[] = [];
    const removeRecords: NonNullable<SyncChanges['removeRecords']>[number][] = [];
    for (const [peerId, changes] of this.records) {
      for (const [messageId, change] of changes) {
        if ('removed' in change) {
          const { sequence } = change;
          removeRecords.push({ peerId, messageId, ...(sequence !== undefined && { sequence }) });
        } else putRecords.push(change);
      }
    }
    const addBacklog = [...this.backlogs.values()].flatMap((groups) =>
      [...groups.values()].map(({ about, messageIds }) => ({ ...about, messageIds })),
    );
    const changes: SyncChanges = {
      ...optional('forgetPeers', this.forgetPeers),
      ...optional('dropCursors', this.dropCursors),
      ...optional('backfill', this.backfill),
      ...optional('addMessages', this.added),
      ...optional('tombstone', this.tombstone),
      ...optional('revive', this.revive),
      ...optional('deliver', this.released),
      ...optional('putRecords', putRecords),
      ...optional('removeRecords', removeRecords),
      ...optional('leaveBacklog', this.leaveBacklog),
      ...optional('addBacklog', addBacklog),
      ...optional('clearRecords', this.clearRecords),
      ...optional('expedite', this.expedite),
      ...optional('setCursors', this.setCursors),
    };
    // The epoch is written with whatever is written anyway: send epochs that are stored are relative to it.
    return Object.keys(changes).length === 0 ? undefined : { ...changes, epoch };
  }
}

function optional<K extends string, T>(
  key: K,
  values: readonly T[],
): Partial<Record<K, readonly T[]>> {
  if (values.length === 0) return {};
  const part: Partial<Record<K, readonly T[]>> = {};
  part[key] = values;
  return part;
}

interface BacklogDraft {
  readonly about: Omit<AddedBacklog, 'messageIds'>;
  readonly messageIds: MessageId[];
}

const newPlaces = (): Map<MessageId, BacklogPlace | undefined> => new Map();
const newBacklogs = (): Map<GroupId, BacklogDraft> => new Map();
const newMap = (): Map<MessageId, Change> => new Map();
const newSet = (): Set<MessageId> => new Set();

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}
