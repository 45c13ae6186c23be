import { createHash } from 'node:crypto';
import type { Clock } from '../../helpers/clock.ts';
import { RequestLimit } from '../../helpers/request-limit.ts';
import type { Verdict } from '../../mvds/admission.ts';
import type { HistoryReader } from '../../mvds/history.ts';
import { idBytes, toGroupId } from '../../mvds/ids.ts';
import { ID_BYTES } from '../../mvds/types.ts';
import type { GroupId, Message, PeerId } from '../../mvds/types.ts';
import { GROUPS_MAX, NEW_GROUPS } from './limits.ts';

const LABEL = 'reunion group catalogue\0';
const READ_AT_A_TIME = 1_000;

/** The group in which the nodes of a topic tell each other of groups: SHA-256 over a label and the topic in UTF-8. */
export function catalogueOf(topic: string): GroupId {
  return toGroupId(createHash('sha256').update(LABEL).update(topic).digest());
}

/**
 * The groups that the nodes of a topic store. Each is an entry of a group of their own, which is synchronized like any other: a
 * message whose body is the id of the group, at time 0, so that all nodes write the same one.
 */
export class GroupCatalogue {
  readonly id: GroupId;
  readonly #groups = new Set<GroupId>();
  /** Entries that each neighbour was the first to send. */
  readonly #told: RequestLimit;

  private constructor(topic: string, clock: Clock) {
    this.id = catalogueOf(topic);
    this.#told = new RequestLimit(clock, NEW_GROUPS);
  }

  /** Rejects as the store does. */
  static async open(topic: string, history: HistoryReader, clock: Clock): Promise<GroupCatalogue> {
    const catalogue = new GroupCatalogue(topic, clock);
    let after: Message | undefined;
    for (;;) {
      const { messages, hasMore } = await history.page(catalogue.id, {
        limit: READ_AT_A_TIME,
        ...(after && { after }),
      });
      for (const message of messages) catalogue.take(message);
      after = messages.at(-1);
      if (!hasMore || !after) return catalogue;
    }
  }

  /** The groups in the catalogue, without the catalogue itself. */
  get groups(): ReadonlySet<GroupId> {
    return this.#groups;
  }

  has(groupId: GroupId): boolean {
    return this.#groups.has(groupId);
  }

  get isFull(): boolean {
    return this.#groups.size >= GROUPS_MAX;
  }

  /** The body of the entry for a group; its time is 0. */
  entryFor(groupId: GroupId): { readonly timestamp: bigint; readonly body: Uint8Array } {
    return { timestamp: 0n, body: idBytes(groupId) };
  }

  /**
   * Judges an entry. One that has no room, or of which a neighbour has sent too many, is held: the neighbour may well have it from
   * others.
   */
  judge(message: Message, from: PeerId): Verdict {
    const groupId = groupIn(message);
    if (groupId === undefined) return { type: 'reject', reason: 'no entry of the catalogue' };
    if (this.#groups.has(groupId)) return { type: 'accept' };
    if (this.isFull) return { type: 'hold', until: 'there is room for a group' };
    const isWithin = this.#told.admits({ peer: from, address: from });
    return isWithin ? { type: 'accept' } : { type: 'hold', until: 'the hour is over' };
  }

  /** Takes note of a message that is stored. Returns whether it names a group that was not known. */
  take(message: Message): boolean {
    const groupId = groupIn(message);
    if (groupId === undefined || this.#groups.has(groupId) || this.isFull) return false;
    this.#groups.add(groupId);
    return true;
  }
}

function groupIn({ timestamp, body }: Message): GroupId | undefined {
  return timestamp === 0n && body.byteLength === ID_BYTES ? toGroupId(body) : undefined;
}
