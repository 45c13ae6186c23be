import { peerIdOfBytes, peerIdToBytes } from '../../helpers/peer-id.ts';
import { idBytes, toGroupId } from '../../mvds/ids.ts';
import { ID_BYTES } from '../../mvds/types.ts';
import type { GroupId } from '../../mvds/types.ts';
import {
  PublishOutcome as WireOutcome,
  StoreRefusal as WireRefusal,
  StoreReply as WireReply,
  StoreRequest as WireRequest,
} from '../../proto/store.ts';
import type { Completeness } from './completeness.ts';
import { PUBLISH_MESSAGES_MAX, QUERY_LIMIT_MAX } from './limits.ts';

/** A message without its group. */
export interface StoredBody {
  readonly timestamp: bigint;
  readonly body: Uint8Array;
}

export interface PublishRequest {
  readonly type: 'publish';
  readonly groupId: GroupId;
  readonly messages: readonly StoredBody[];
}

export interface QueryRequest {
  readonly type: 'query';
  readonly groupId: GroupId;
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
  readonly limit: number;
  /** Empty for the first page. */
  readonly cursor: Uint8Array;
}

export type StoreRequest = PublishRequest | QueryRequest;

export type PublishOutcome = 'stored' | 'held' | 'too-new' | 'too-old' | 'too-long';

export interface StorePage {
  readonly messages: readonly StoredBody[];
  /** Of the next page; empty where the range holds no more. */
  readonly cursor: Uint8Array;
  /** Messages that no page up to this one has shown, since they arrived behind it; at most `BEHIND_MAX` between two pages. */
  readonly behind: number;
  /** Of the whole range. */
  readonly count: number;
  /** 16 bytes. */
  readonly fingerprint: Uint8Array;
  readonly completeness: Completeness;
}

export type Refusal = 'bad-request' | 'rate-limited' | 'too-many-groups' | 'unavailable';

export type StoreReply =
  | { readonly type: 'published'; readonly outcomes: readonly PublishOutcome[] }
  | ({ readonly type: 'page' } & StorePage)
  | {
      readonly type: 'refused';
      readonly refusal: Refusal;
      /** One sentence for a person. */
      readonly text: string;
      readonly retryAfterMs: number;
    };

const OUTCOMES: readonly (readonly [PublishOutcome, WireOutcome])[] = [
  ['stored', WireOutcome.STORED],
  ['held', WireOutcome.HELD],
  ['too-new', WireOutcome.TOO_NEW],
  ['too-old', WireOutcome.TOO_OLD],
  ['too-long', WireOutcome.TOO_LONG],
];
const REFUSALS: readonly (readonly [Refusal, WireRefusal])[] = [
  ['bad-request', WireRefusal.BAD_REQUEST],
  ['rate-limited', WireRefusal.RATE_LIMITED],
  ['too-many-groups', WireRefusal.TOO_MANY_GROUPS],
  ['unavailable', WireRefusal.UNAVAILABLE],
];
const NO_BYTES = new Uint8Array(0);
/** Agreements that are read of one reply: more than a node has neighbours. */
const AGREEMENTS_MAX = 256;

export function encodeRequest(request: StoreRequest): Uint8Array {
  const group = idBytes(request.groupId);
  if (request.type === 'publish') {
    return WireRequest.encode({ publish: { group, messages: [...request.messages] } });
  }
  const { from, to, limit, cursor } = request;
  return WireRequest.encode({
    query: {
      ...{ group, limit, cursor },
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    },
  });
}

/** Undefined for bytes that are no request. */
export function decodeRequest(bytes: Uint8Array): StoreRequest | undefined {
  try {
    const { publish, query } = WireRequest.decode(bytes, {
      limits: { publish: { messages: PUBLISH_MESSAGES_MAX } },
    });
    if (publish && !query && publish.group.byteLength === ID_BYTES) {
      return { type: 'publish', groupId: toGroupId(publish.group), messages: publish.messages };
    }
    if (query && !publish && query.group.byteLength === ID_BYTES) {
      const { from, to, limit, cursor } = query;
      return { type: 'query', groupId: toGroupId(query.group), from, to, limit, cursor };
    }
    return undefined;
  } catch {
    return undefined;
  }
}

export function encodeReply(reply: StoreReply): Uint8Array {
  const none = { refusal: WireRefusal.NOT_REFUSED, text: '', retryAfterMs: 0 };
  if (reply.type === 'refused') {
    const { text, retryAfterMs } = reply;
    return WireReply.encode({ refusal: toWire(REFUSALS, reply.refusal), text, retryAfterMs });
  }
  if (reply.type === 'published') {
    const outcomes = reply.outcomes.map((outcome) => toWire(OUTCOMES, outcome));
    return WireReply.encode({ ...none, published: { outcomes } });
  }
  const { messages, cursor, behind, count, fingerprint, completeness } = reply;
  return WireReply.encode({
    ...none,
    page: {
      ...{ messages: [...messages], cursor, behind, count: BigInt(count), fingerprint },
      completeness: wireCompleteness(completeness),
    },
  });
}

/** Undefined for bytes that are no reply. */
export function decodeReply(bytes: Uint8Array): StoreReply | undefined {
  try {
    const { refusal, text, retryAfterMs, published, page } = WireReply.decode(bytes, {
      limits: {
        published: { outcomes: PUBLISH_MESSAGES_MAX },
        page: { messages: QUERY_LIMIT_MAX, completeness: { agreements: AGREEMENTS_MAX } },
      },
    });
    if (refusal !== WireRefusal.NOT_REFUSED) {
      return { type: 'refused', refusal: fromWire(REFUSALS, refusal), text, retryAfterMs };
    }
    if (published) {
      const outcomes = published.outcomes.map((outcome) => fromWire(OUTCOMES, outcome));
      return { type: 'published', outcomes };
    }
    if (!page?.completeness) return undefined;
    const { messages, cursor, behind, count, fingerprint, completeness } = page;
    const { knowsGroup, keptFrom, neighbours, agreements, now } = completeness;
    return {
      ...{ type: 'page', messages, cursor, behind, count: Number(count), fingerprint },
      completeness: {
        ...{ knowsGroup, keptFrom, neighbours, now: Number(now) },
        agreements: agreements.flatMap(({ peer, at, from, isNeighbour }) => {
          const peerId = peerIdOfBytes(peer);
          return peerId ? [{ peer: peerId, at: Number(at), from, isNeighbour }] : [];
        }),
      },
    };
  } catch {
    return undefined;
  }
}

function wireCompleteness({ knowsGroup, keptFrom, neighbours, agreements, now }: Completeness) {
  return {
    ...{ knowsGroup, neighbours, now: BigInt(now) },
    ...(keptFrom !== undefined && { keptFrom }),
    agreements: agreements.map(({ peer, at, from, isNeighbour }) => ({
      ...{ peer: peerIdToBytes(peer), at: BigInt(at), isNeighbour },
      ...(from !== undefined && { from }),
    })),
  };
}

export const NO_CURSOR = NO_BYTES;

function toWire<T, W>(table: readonly (readonly [T, W])[], value: T): W {
  const found = table.find(([ours]) => ours === value);
  if (!found) throw new RangeError(`no value of the format: ${String(value)}`);
  return found[1];
}

/** Throws `RangeError` on one that a later version may have. */
function fromWire<T, W>(table: readonly (readonly [T, W])[], value: W): T {
  const found = table.find(([, wire]) => wire === value);
  if (!found) throw new RangeError(`no value of the format: ${String(value)}`);
  return found[0];
}
