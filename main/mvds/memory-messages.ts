import { packSections, sectionsOf } from '../helpers/sections.ts';
import { packPositions } from './ids.ts';
import type {
  MessageHeader,
  MessagePosition,
  MessageStore,
  NewMessage,
  StoredMessage,
  Tombstone,
} from './ports.ts';
import type { GroupId, MessageId } from './types.ts';

/** The in-memory twin of a message store: everything in maps. */
export class MemoryMessages implements MessageStore {
  private readonly byId = new Map<MessageId, StoredMessage>();
  /** In order of arrival; the message with sequence n is at n - 1. Undefined where it was removed. */
  private readonly arrived: (MessageId | undefined)[] = [];
  private readonly positionsByGroup = new Map<GroupId, MessagePosition[]>();
  private readonly childrenByParent = new Map<MessageId, MessageId[]>();
  private readonly unsorted = new Set<GroupId>();
  private readonly tombstoned = new Set<MessageId>();
  /** Tombstones that do not count as held. */
  private readonly revived = new Set<MessageId>();

  /** @param lastSequence of the newest message that there ever was; `messages` may have been removed */
  constructor(
    messages: readonly StoredMessage[] = [],
    tombstones: readonly MessageId[] = [],
    lastSequence = 0,
  ) {
    for (const message of messages) {
      this.arrived.length = message.sequence - 1;
      this.add({ message, ...message });
    }
    this.arrived.length = Math.max(this.arrived.length, lastSequence);
    for (const id of tombstones) this.tombstoned.add(id);
  }

  all(): StoredMessage[] {
    return this.known(this.arrived);
  }

  /** Those that have a body. */
  private kept(ids: readonly (MessageId | undefined)[]): StoredMessage[] {
    return this.known(ids).filter(({ id }) => !this.tombstoned.has(id));
  }

  private known(ids: readonly (MessageId | undefined)[]): StoredMessage[] {
    return ids.flatMap((id) => (id === undefined ? [] : (this.byId.get(id) ?? [])));
  }

  withBody(): StoredMessage[] {
    return this.kept(this.arrived);
  }

  placeOf(id: MessageId): Pick<StoredMessage, 'sequence' | 'timestamp'> | undefined {
    return this.byId.get(id);
  }

  /** The message with a sequence, where it has a body. */
  at(sequence: number): StoredMessage | undefined {
    return this.kept([this.arrived[sequence - 1]])[0];
  }

  /** Undefined for what is not held with its body. */
  sequenceOfBody(id: MessageId): number | undefined {
    return this.tombstoned.has(id) ? undefined : this.byId.get(id)?.sequence;
  }

  newestSequence(): number {
    return this.arrived.length;
  }

  async lastSequence(): Promise<number> {
    return this.newestSequence();
  }

  tombstones(): MessageId[] {
    return [...this.tombstoned];
  }

  /** Returns whether the message was held with its body. */
  tombstone({ id, groupId, timestamp }: Tombstone): boolean {
    this.revived.delete(id);
    const metadata = { parents: [], ephemeral: false };
    const empty = { id, groupId, timestamp, body: new Uint8Array(), metadata };
    const isNew = this.add({ message: empty, delivered: true, source: undefined });
    const isHeld = !isNew && !this.tombstoned.has(id);
    const held = this.byId.get(id);
    if (held !== undefined) this.byId.set(id, { ...held, body: empty.body, delivered: true });
    this.tombstoned.add(id);
    return isHeld;
  }

  revive(id: MessageId): void {
    if (this.tombstoned.has(id)) this.revived.add(id);
  }

  /** Returns false where the message is already held. */
  add({ message, delivered, source }: NewMessage): boolean {
    const { id, groupId, timestamp, body, metadata } = message;
    const before = this.byId.get(id);
    if (before !== undefined) {
      if (!this.revived.delete(id)) return false;
      this.tombstoned.delete(id);
      this.byId.set(id, { ...before, body, delivered, source });
      return true;
    }
    this.arrived.push(id);
    const sequence = this.arrived.length;
    this.byId.set(id, { id, groupId, timestamp, body, metadata, sequence, delivered, source });
    const positions = this.positionsByGroup.get(groupId) ?? [];
    positions.push({ timestamp, id });
    this.positionsByGroup.set(groupId, positions);
    this.unsorted.add(groupId);
    for (const parent of metadata.parents) {
      const children = this.childrenByParent.get(parent);
      if (children === undefined) this.childrenByParent.set(parent, [id]);
      else children.push(id);
    }
    return true;
  }

  /** As if it had never come, but for its sequence, which stays used. */
  remove({ id, sequence, groupId, metadata }: StoredMessage): void {
    this.byId.delete(id);
    this.arrived[sequence - 1] = undefined;
    this.tombstoned.delete(id);
    this.revived.delete(id);
    const positions = this.positionsByGroup.get(groupId) ?? [];
    this.positionsByGroup.set(
      groupId,
      positions.filter((position) => position.id !== id),
    );
    for (const parent of metadata.parents) {
      const children = this.childrenByParent.get(parent)?.filter((child) => child !== id) ?? [];
      if (children.length === 0) this.childrenByParent.delete(parent);
      else this.childrenByParent.set(parent, children);
    }
  }

  deliver(id: MessageId): void {
    const message = this.byId.get(id);
    if (message !== undefined) this.byId.set(id, { ...message, delivered: true });
  }

  async held(ids: readonly MessageId[]): Promise<ReadonlySet<MessageId>> {
    return new Set(ids.filter((id) => this.byId.has(id) && !this.revived.has(id)));
  }

  async headers(ids: readonly MessageId[]): Promise<ReadonlyMap<MessageId, MessageHeader>> {
    const found = new Map<MessageId, MessageHeader>();
    for (const message of ids.flatMap((one) => this.byId.get(one) ?? [])) {
      const { id, groupId, timestamp, body } = message;
      const bytes = this.tombstoned.has(id) ? undefined : body.byteLength;
      found.set(id, { id, groupId, timestamp, bytes });
    }
    return found;
  }

  async read(ids: readonly MessageId[]): Promise<ReadonlyMap<MessageId, StoredMessage>> {
    const found = new Map<MessageId, StoredMessage>();
    for (const message of this.kept(ids)) found.set(message.id, message);
    return found;
  }

  async arrivedAfter(
    sequence: number,
    limit: number,
    groups?: readonly GroupId[],
  ): Promise<readonly StoredMessage[]> {
    const kept = this.kept(this.arrived.slice(Math.max(0, sequence)));
    return kept.filter(({ groupId }) => groups?.includes(groupId) ?? true).slice(0, limit);
  }

  async sections(groupId: GroupId): Promise<Uint8Array> {
    return packSections(sectionsOf(await this.positions(groupId, undefined, Infinity)));
  }

  /** None are kept. */
  async checkSections(): Promise<boolean> {
    return true;
  }

  async positions(
    groupId: GroupId,
    after: MessagePosition | undefined,
    limit: number,
  ): Promise<Uint8Array> {
    const positions = this.sorted(groupId);
    const start = after === undefined ? 0 : firstAfter(positions, after);
    return packPositions(positions.slice(start, start + limit));
  }

  async waitingFor(ids: readonly MessageId[]): Promise<readonly StoredMessage[]> {
    const waiting = new Map<MessageId, StoredMessage>();
    for (const parent of ids) {
      for (const id of this.childrenByParent.get(parent) ?? []) {
        const child = this.byId.get(id);
        if (child?.delivered === false) waiting.set(id, child);
      }
    }
    return [...waiting.values()].sort((a, b) => a.sequence - b.sequence);
  }

  async buffered(sequence: number, limit: number): Promise<readonly StoredMessage[]> {
    const kept = this.kept(this.arrived.slice(Math.max(0, sequence)));
    return kept.filter(({ delivered }) => !delivered).slice(0, limit);
  }

  async heads(groupId: GroupId, limit: number): Promise<readonly MessageId[]> {
    const positions = this.sorted(groupId);
    const heads: MessageId[] = [];
    for (let at = positions.length - 1; at >= 0 && heads.length < limit; at -= 1) {
      const id = positions[at]?.id;
      if (id !== undefined && !this.childrenByParent.has(id)) heads.push(id);
    }
    return heads;
  }

  async count(groupId?: GroupId): Promise<number> {
    if (groupId === undefined) return this.byId.size;
    return this.positionsByGroup.get(groupId)?.length ?? 0;
  }

  private sorted(groupId: GroupId): readonly MessagePosition[] {
    const positions = this.positionsByGroup.get(groupId) ?? [];
    if (this.unsorted.delete(groupId)) positions.sort(comparePositions);
    return positions;
  }
}

/** By ascending timestamp, then by ascending id. */
export function comparePositions(a: MessagePosition, b: MessagePosition): number {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

function firstAfter(positions: readonly MessagePosition[], after: MessagePosition): number {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const position = positions[middle];
    if (position !== undefined && comparePositions(position, after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
