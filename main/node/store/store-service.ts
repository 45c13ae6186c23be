import type { Clock } from '../../helpers/clock.ts';
import type { Asker } from '../../helpers/request-limit.ts';
import { RequestLimit } from '../../helpers/request-limit.ts';
import { MAX_BODY_BYTES } from '../../mvds/constants.ts';
import { messageIdOf } from '../../mvds/ids.ts';
import type { MessagePosition, StoredMessage } from '../../mvds/ports.ts';
import type { GroupId, PeerId } from '../../mvds/types.ts';
import type { Digest } from '../../sync/group-indexes.ts';
import { CLOCK_TOLERANCE_MS } from '../message-clock.ts';
import type { NodeStore } from '../node-store.ts';
import type { Completeness } from './completeness.ts';
import {
  BEHIND_MAX,
  PUBLISH_BYTES_MAX,
  QUERY_LIMIT_DEFAULT,
  QUERY_LIMIT_MAX,
  REQUESTS,
} from './limits.ts';
import { decodeCursor, encodeCursor, storeInCursor } from './query-cursor.ts';
import type { QueryCursor } from './query-cursor.ts';
import { decodeRequest, encodeReply, NO_CURSOR } from './store-format.ts';
import type {
  PublishOutcome,
  PublishRequest,
  QueryRequest,
  Refusal,
  StoredBody,
  StoreRequest,
  StoreReply,
} from './store-format.ts';

/** The node behind the service. */
export interface StoreBackend {
  readonly store: Pick<NodeStore, 'sync' | 'history' | 'storeId'>;
  readonly clock: Clock;
  /** Takes a group into the catalogue; false where there is no room. Rejects as the store does. */
  addGroup(groupId: GroupId): Promise<boolean>;
  hasGroup(groupId: GroupId): boolean;
  /** Resolves once the message survives a crash. */
  append(groupId: GroupId, message: StoredBody): Promise<unknown>;
  keptFrom(groupId: GroupId): bigint | undefined;
  digest(groupId: GroupId, from?: bigint, to?: bigint): Promise<Digest>;
  completeness(groupId: GroupId): Completeness;
  /** Whether an error is one that can be expected of the store. */
  isExpected(error: unknown): boolean;
  onError(error: unknown): void;
}

/** `unread`: it was turned away before it was read, or could not be. */
export type RequestKind = 'publish' | 'query' | 'unread';

/** Requests since the start, by kind and by what became of them. */
export type RequestCounts = ReadonlyMap<RequestKind, ReadonlyMap<'answered' | Refusal, number>>;

/** Counts for metrics. */
export interface StoreCounts {
  published: number;
  queried: number;
  refused: number;
}

/** Answers clients of a store node: what they publish, and what they query. */
export class StoreService {
  readonly #backend: StoreBackend;
  readonly #limit: RequestLimit;
  readonly counts: StoreCounts = { published: 0, queried: 0, refused: 0 };
  readonly requests = new Map<RequestKind, Map<'answered' | Refusal, number>>();

  constructor(backend: StoreBackend) {
    this.#backend = backend;
    this.#limit = new RequestLimit(backend.clock, REQUESTS);
  }

  /** The reply to a request, both as bytes. Never rejects. */
  async answer(bytes: Uint8Array, asker: Asker<PeerId>): Promise<Uint8Array> {
    const request = this.#limit.admits(asker)
      ? (decodeRequest(bytes) ?? 'bad-request')
      : 'rate-limited';
    const reply = await this.#reply(request);
    this.#count(typeof request === 'object' ? request.type : 'unread', reply);
    return encodeReply(reply);
  }

  #count(kind: RequestKind, reply: StoreReply): void {
    const outcome = reply.type === 'refused' ? reply.refusal : 'answered';
    if (outcome !== 'answered') this.counts.refused += 1;
    const counts = this.requests.get(kind) ?? new Map<typeof outcome, number>();
    this.requests.set(kind, counts.set(outcome, (counts.get(outcome) ?? 0) + 1));
  }

  async #reply(request: StoreRequest | 'bad-request' | 'rate-limited'): Promise<StoreReply> {
    if (request === 'rate-limited') {
      const { windowMs } = REQUESTS;
      const wait = windowMs - (this.#backend.clock.now() % windowMs);
      const seconds = Math.ceil(wait / 1_000);
      return refused(
        'rate-limited',
        `Too many requests in a minute; try again in ${seconds} s.`,
        wait,
      );
    }
    if (request === 'bad-request') {
      return refused('bad-request', 'That is no request of this protocol.');
    }
    try {
      return request.type === 'publish' ? await this.#publish(request) : await this.#query(request);
    } catch (error) {
      if (!this.#backend.isExpected(error)) this.#backend.onError(error);
      return refused(
        'unavailable',
        'The store of the node does not work at the moment; try again later.',
      );
    }
  }

  async #publish({ groupId, messages }: PublishRequest): Promise<StoreReply> {
    const bytes = messages.reduce((sum, { body }) => sum + body.byteLength, 0);
    if (messages.length === 0) return refused('bad-request', 'There is nothing to publish.');
    if (bytes > PUBLISH_BYTES_MAX) {
      return refused(
        'bad-request',
        `One request carries at most ${PUBLISH_BYTES_MAX} bytes of messages.`,
      );
    }
    if (!(await this.#backend.addGroup(groupId))) {
      return refused(
        'too-many-groups',
        'The node stores as many groups as it can, and takes no further one.',
      );
    }
    const { clock, store } = this.#backend;
    const ids = messages.map(({ timestamp, body }) => messageIdOf(groupId, timestamp, body));
    const held = new Set(await store.sync.messages.held(ids));
    const newest = BigInt(clock.now() + CLOCK_TOLERANCE_MS);
    const oldest = this.#backend.keptFrom(groupId);
    const writing: Promise<unknown>[] = [];
    const outcomes = messages.map((message, index): PublishOutcome => {
      const id = ids[index];
      if (message.body.byteLength > MAX_BODY_BYTES) return 'too-long';
      if (message.timestamp > newest) return 'too-new';
      if (oldest !== undefined && message.timestamp < oldest) return 'too-old';
      if (id === undefined || held.has(id)) return 'held';
      held.add(id);
      writing.push(this.#backend.append(groupId, message));
      return 'stored';
    });
    await Promise.all(writing);
    this.counts.published += writing.length;
    return { type: 'published', outcomes };
  }

  async #query(request: QueryRequest): Promise<StoreReply> {
    const { groupId, from, to } = request;
    const limit = request.limit === 0 ? QUERY_LIMIT_DEFAULT : request.limit;
    if (limit > QUERY_LIMIT_MAX) {
      return refused('bad-request', `A page has at most ${QUERY_LIMIT_MAX} messages.`);
    }
    if (from !== undefined && to !== undefined && from >= to) {
      return refused('bad-request', 'The range is empty: it ends before it begins.');
    }
    const before = this.#cursorOf(request);
    if (typeof before === 'string') return refused('bad-request', before);
    const { store } = this.#backend;
    const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    const page = await store.history.page(groupId, {
      ...{ ...range, limit },
      ...(before && { after: before.position }),
    });
    this.counts.queried += 1;
    const last = page.messages.at(-1);
    const behind = before ? await this.#behind(request, before, page.lastSequence) : 0;
    const cursor: QueryCursor | undefined =
      last && page.hasMore
        ? {
            ...{ position: last, behind, sequence: page.lastSequence },
            store: storeInCursor(store.storeId),
          }
        : undefined;
    const whole = this.#backend.hasGroup(groupId)
      ? await this.#backend.digest(groupId, from, to)
      : { count: 0, fingerprint: NO_CURSOR };
    return {
      type: 'page',
      messages: page.messages.map(({ timestamp, body }) => ({ timestamp, body })),
      cursor: cursor ? encodeCursor(groupId, cursor) : NO_CURSOR,
      behind,
      ...whole,
      completeness: this.#backend.completeness(groupId),
    };
  }

  /** Undefined for a first page; a sentence where it is a mistake. */
  #cursorOf({ groupId, cursor, from, to }: QueryRequest): QueryCursor | string | undefined {
    if (cursor.byteLength === 0) return undefined;
    const found = decodeCursor(groupId, cursor);
    if (found === 'none') return 'That is no cursor of a store node.';
    if (found === 'other-group') return 'The cursor belongs to a query of another group.';
    const { timestamp } = found.position;
    const isOutside =
      (from !== undefined && timestamp < from) || (to !== undefined && timestamp >= to);
    return isOutside ? 'The cursor belongs to a query of another range.' : found;
  }

  /**
   * How many messages no page has shown because they came behind one: those of before, and what has arrived behind the cursor since
   * its page was read, up to `sequence`. Only a new query shows them.
   */
  async #behind(request: QueryRequest, cursor: QueryCursor, sequence: number): Promise<number> {
    const { groupId, from } = request;
    const { store } = this.#backend;
    if (cursor.store !== storeInCursor(store.storeId)) return cursor.behind;
    const arrived = await store.sync.messages.arrivedAfter(cursor.sequence, BEHIND_MAX, [groupId]);
    const isBehind = (message: StoredMessage): boolean =>
      message.sequence <= sequence &&
      (from === undefined || message.timestamp >= from) &&
      isBefore(message, cursor.position);
    return cursor.behind + arrived.filter(isBehind).length;
  }
}

function isBefore(one: MessagePosition, other: MessagePosition): boolean {
  if (one.timestamp !== other.timestamp) return one.timestamp < other.timestamp;
  return one.id < other.id;
}

function refused(refusal: Refusal, text: string, retryAfterMs = 0): StoreReply {
  return { type: 'refused', refusal, text, retryAfterMs };
}
