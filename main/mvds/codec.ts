import { concatBytes, fromHex, toHex } from '../helpers/bytes.ts';
import {
  CompactPayload,
  Hello as WireHello,
  ReconcileFrame as WireReconcileFrame,
  SpecPayload,
  type SpecMessage,
} from '../proto/mvds.ts';
import { MAX_ITEMS_PER_PAYLOAD, MAX_RECEIVED_PAYLOAD_BYTES, STORE_ID_BYTES } from './constants.ts';
import { decodeMessage } from './decode-message.ts';
import { idBytes, toGroupId, toMessageId } from './ids.ts';
import { ID_BYTES, type GroupId, type Message, type MessageId } from './types.ts';
import {
  int64Of,
  LENGTH_DELIMITED,
  packVarints,
  unpackVarints,
  VARINT,
  walkFields,
  type Field,
} from './wire.ts';

/** Which field numbers a payload uses: those of the specification (5001, …) or those of the older Go repository (1, …). */
export type Dialect = 'spec' | 'compact';

export function otherDialect(dialect: Dialect): Dialect {
  return dialect === 'spec' ? 'compact' : 'spec';
}

/** What a Reunion node says of itself, beside a record. Spec dialect only. */
export interface Hello {
  readonly version: number;
  /** 16 bytes as 32 lower-case hexadecimal characters. */
  readonly storeId: string;
  /** The largest payload that it takes, in bytes; 0 where it does not say. */
  readonly maxPayloadBytes: number;
  /** Messages it holds for the peer that the peer has not acknowledged; absent where it does not say. */
  readonly pending?: number;
  /** Nothing is sent or taken until a hello without it. */
  readonly paused?: boolean;
  /** It connects by itself every so many seconds, and is not to be called in between. */
  readonly interval?: number;
  /** It reads payloads that name the group of their messages once. */
  readonly sharedGroup?: boolean;
  /** It acknowledges a payload that has a number by that number. */
  readonly bulkAcks?: boolean;
  /** Of these groups it keeps no messages with a smaller timestamp; of all others it keeps everything. At least 0. */
  readonly since?: ReadonlyMap<GroupId, bigint>;
}

/** A frame of a reconciliation; see proto/mvds.proto. Spec dialect only. */
export interface ReconcileFrame {
  readonly groupId: GroupId;
  /** uint32. */
  readonly number: number;
  /** Empty: the other side is asked to begin a reconciliation. */
  readonly frame: Uint8Array;
}

/** A 2/MVDS payload. */
export interface Payload {
  readonly acks: readonly MessageId[];
  readonly offers: readonly MessageId[];
  readonly requests: readonly MessageId[];
  readonly messages: readonly Message[];
  readonly hello?: Hello;
  readonly reconcile?: readonly ReconcileFrame[];
  /** By which the peer may acknowledge all of its messages at once: 1 to 2^53 - 1, and never used twice. Spec dialect only. */
  readonly number?: number;
  /** Numbers of payloads whose messages are all stored. Spec dialect only. */
  readonly ackedPayloads?: readonly number[];
}

export const EMPTY_PAYLOAD: Payload = { acks: [], offers: [], requests: [], messages: [] };

export type DecodeError =
  | { readonly type: 'payload-too-large'; readonly bytes: number; readonly limit: number }
  | { readonly type: 'malformed' };

export type DecodeResult =
  | {
      readonly ok: true;
      readonly payload: Payload;
      /** Undefined where nothing told them apart: an empty payload, or unknown fields alone. */
      readonly dialect: Dialect | undefined;
      /** Items left out: wrong length, wrong type, malformed, too large or too many. */
      readonly rejected: number;
    }
  | { readonly ok: false; readonly error: DecodeError };

type ItemKind =
  'ack' | 'offer' | 'request' | 'message' | 'hello' | 'reconcile' | 'group' | 'number' | 'acked';

const FIELDS: ReadonlyMap<number, { readonly dialect: Dialect; readonly kind: ItemKind }> = new Map(
  [
    [5001, { dialect: 'spec', kind: 'ack' }],
    [5002, { dialect: 'spec', kind: 'offer' }],
    [5003, { dialect: 'spec', kind: 'request' }],
    [5004, { dialect: 'spec', kind: 'message' }],
    [5101, { dialect: 'spec', kind: 'hello' }],
    [5102, { dialect: 'spec', kind: 'reconcile' }],
    [5103, { dialect: 'spec', kind: 'group' }],
    [5104, { dialect: 'spec', kind: 'number' }],
    [5105, { dialect: 'spec', kind: 'acked' }],
    [1, { dialect: 'compact', kind: 'ack' }],
    [2, { dialect: 'compact', kind: 'offer' }],
    [3, { dialect: 'compact', kind: 'request' }],
    [4, { dialect: 'compact', kind: 'message' }],
  ] as const,
);

export interface EncodeOptions {
  /** Whether the peer reads payloads that name a group once for their messages: see `Hello.sharedGroup`. Default: no. */
  readonly sharesGroup?: boolean;
}

const NO_GROUP = new Uint8Array();

/**
 * The bytes of a payload. In the compact dialect every message carries metadata, even empty, because the Go node that
 * speaks it crashes without (reference fault 4), frames of reconciliation and numbers of payloads are left out, and a hello keeps its number: it is
 * an unknown field there, and tells a node that knows it that the sender speaks the other dialect too.
 */
export function encodePayload(
  payload: Payload,
  dialect: Dialect,
  { sharesGroup = false }: EncodeOptions = {},
): Uint8Array {
  const ids = {
    acks: payload.acks.map(wireId),
    offers: payload.offers.map(wireId),
    requests: payload.requests.map(wireId),
  };
  const { hello, number, ackedPayloads = [] } = payload;
  if (dialect === 'compact') {
    const messages = payload.messages.map((message) => ({
      ...wireMessage(message),
      metadata: wireMetadata(message),
    }));
    const compact = CompactPayload.encode({ ...ids, messages });
    return hello === undefined
      ? compact
      : concatBytes(compact, SpecPayload.encode({ hello: wireHello(hello) }));
  }
  const shared = sharesGroup ? payload.messages[0]?.groupId : undefined;
  const messages = payload.messages.map((message) => {
    const wire = wireMessage(message);
    const named = message.groupId === shared ? { ...wire, groupId: NO_GROUP } : wire;
    const isBare = !message.metadata.ephemeral && message.metadata.parents.length === 0;
    return isBare ? named : { ...named, metadata: wireMetadata(message) };
  });
  const reconcile = (payload.reconcile ?? []).map(({ groupId, number, frame }) => ({
    groupId: ownBytes(idBytes(groupId)),
    number,
    frame: ownBytes(frame),
  }));
  return SpecPayload.encode({
    ...{ ...ids, messages, reconcile },
    ...(ackedPayloads.length > 0 && { ackedPayloads: packVarints(ackedPayloads) }),
    ...(number !== undefined && { number: BigInt(number) }),
    ...(shared !== undefined && { groupId: ownBytes(idBytes(shared)) }),
    ...(hello !== undefined && { hello: wireHello(hello) }),
  });
}

/**
 * Reads a payload of either dialect. Never throws. An item that is bad in itself is left out and counted, its neighbours
 * stay; only bytes that are no protobuf message, or more than 4 MiB of them, fail as a whole. Unknown fields are skipped.
 * Bodies are views into `bytes`.
 */
export function decodePayload(bytes: Uint8Array): DecodeResult {
  if (bytes.byteLength > MAX_RECEIVED_PAYLOAD_BYTES) {
    const limit = MAX_RECEIVED_PAYLOAD_BYTES;
    return { ok: false, error: { type: 'payload-too-large', bytes: bytes.byteLength, limit } };
  }
  const draft = new PayloadDraft();
  if (!walkFields(bytes, (field) => draft.add(field))) {
    return { ok: false, error: { type: 'malformed' } };
  }
  const payload = draft.payload();
  return { ok: true, payload, dialect: draft.dialect, rejected: draft.rejected };
}

/** What a payload has for the layer above. */
export interface Extensions {
  readonly hello: Hello | undefined;
  readonly reconcile: readonly ReconcileFrame[];
}

/** The extensions of a payload, without reading the rest. Never throws. */
export function extensionsOf(bytes: Uint8Array): Extensions {
  let hello: Hello | undefined;
  const reconcile: ReconcileFrame[] = [];
  walkFields(bytes, ({ number, wireType, bytes: content }) => {
    if (wireType !== LENGTH_DELIMITED) return;
    const kind = FIELDS.get(number)?.kind;
    if (kind === 'hello') hello = decodeHello(content) ?? hello;
    if (kind !== 'reconcile') return;
    const frame = decodeReconcileFrame(content);
    if (frame !== undefined) reconcile.push(frame);
  });
  return { hello, reconcile };
}

class PayloadDraft {
  dialect: Dialect | undefined;
  rejected = 0;
  private items = 0;
  private readonly ids = {
    ack: new Set<MessageId>(),
    offer: new Set<MessageId>(),
    request: new Set<MessageId>(),
  };
  /** Encoded: their group may be named after them. */
  private readonly messages: Uint8Array[] = [];
  private group: GroupId | undefined;
  private hello: Hello | undefined;
  private number: number | undefined;
  private readonly ackedPayloads = new Set<number>();

  add(field: Field): void {
    const known = FIELDS.get(field.number);
    if (known === undefined) return;
    // A payload is of one dialect; the numbers of the other are unknown fields to it, save the hello's.
    this.dialect ??= known.dialect;
    if (known.dialect !== this.dialect && known.kind !== 'hello') return;
    this.items += 1;
    const wireType = known.kind === 'number' ? VARINT : LENGTH_DELIMITED;
    if (field.wireType !== wireType || this.items > MAX_ITEMS_PER_PAYLOAD) {
      this.rejected += 1;
      return;
    }
    if (!this.take(known.kind, field.bytes)) this.rejected += 1;
  }

  payload(): Payload {
    const { ack, offer, request } = this.ids;
    const { hello } = this;
    const messages: Message[] = [];
    for (const bytes of this.messages) {
      const message = decodeMessage(bytes, this.dialect ?? 'spec', this.group);
      if (message === undefined) this.rejected += 1;
      else messages.push(message);
    }
    const { number, ackedPayloads } = this;
    return {
      ...{ acks: [...ack], offers: [...offer], requests: [...request], messages },
      ...(hello !== undefined && { hello }),
      ...(number !== undefined && { number }),
      ...(ackedPayloads.size > 0 && { ackedPayloads: [...ackedPayloads] }),
    };
  }

  private take(kind: ItemKind, bytes: Uint8Array): boolean {
    switch (kind) {
      case 'message':
        this.messages.push(bytes);
        return true;
      case 'group':
        if (bytes.byteLength !== ID_BYTES) return false;
        this.group = toGroupId(bytes);
        return true;
      case 'hello':
        this.hello = decodeHello(bytes) ?? this.hello;
        return this.hello !== undefined;
      case 'number':
        this.number = payloadNumber(int64Of(bytes));
        return this.number !== undefined;
      case 'acked':
        return this.takeAcked(bytes);
      case 'reconcile':
        // For the layer above, which reads it with `extensionsOf`.
        return decodeReconcileFrame(bytes) !== undefined;
      case 'ack':
      case 'offer':
      case 'request':
        if (bytes.byteLength !== ID_BYTES) return false;
        this.ids[kind].add(toMessageId(bytes));
        return true;
    }
  }

  /** Packed varints. All of them are left out where one is malformed, or there are too many. */
  private takeAcked(bytes: Uint8Array): boolean {
    const numbers = unpackVarints(bytes, MAX_ITEMS_PER_PAYLOAD - this.ackedPayloads.size);
    const acked = numbers?.map(payloadNumber).filter((number) => number !== undefined);
    if (acked === undefined || acked.length !== numbers?.length) return false;
    for (const number of acked) this.ackedPayloads.add(number);
    return true;
  }
}

/** Undefined where it is none: below 1, or above 2^53 - 1. */
function payloadNumber(value: bigint): number | undefined {
  return value >= 1n && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}

function decodeHello(bytes: Uint8Array): Hello | undefined {
  const wire = attempt(() => WireHello.decode(bytes));
  if (wire?.storeId.byteLength !== STORE_ID_BYTES) return undefined;
  return {
    version: wire.version,
    storeId: toHex(wire.storeId),
    maxPayloadBytes: wire.maxPayloadBytes,
    ...(wire.pending !== undefined && { pending: Number(wire.pending) }),
    ...(wire.paused !== undefined && { paused: wire.paused }),
    ...(wire.interval !== undefined && { interval: wire.interval }),
    ...(wire.sharedGroup === true && { sharedGroup: true }),
    ...(wire.bulkAcks === true && { bulkAcks: true }),
    ...(wire.since.length > 0 && { since: decodeSince(wire.since) }),
  };
}

function decodeSince(wire: WireHello['since']): ReadonlyMap<GroupId, bigint> {
  const wellFormed = wire.filter(({ groupId }) => groupId.byteLength === ID_BYTES);
  return new Map(wellFormed.map(({ groupId, timestamp }) => [toGroupId(groupId), timestamp]));
}

function decodeReconcileFrame(bytes: Uint8Array): ReconcileFrame | undefined {
  const wire = attempt(() => WireReconcileFrame.decode(bytes));
  if (wire?.groupId.byteLength !== ID_BYTES) return undefined;
  return { groupId: toGroupId(wire.groupId), number: wire.number, frame: wire.frame };
}

/** The generated decoders throw several error classes on malformed bytes; here they all mean the same. */
function attempt<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

function wireId(id: MessageId): Uint8Array<ArrayBuffer> {
  return ownBytes(idBytes(id));
}

function wireMessage(message: Message): Omit<SpecMessage, 'metadata'> {
  return {
    groupId: ownBytes(idBytes(message.groupId)),
    // As the unsigned number of the same bits, which is the same varint: the runtime's own way with negative numbers
    // loses a carry where the lower 32 bits are zero, at and below -2^53.
    timestamp: BigInt.asUintN(64, message.timestamp),
    body: ownBytes(message.body),
  };
}

function wireMetadata(message: Message): NonNullable<SpecMessage['metadata']> {
  const { parents, ephemeral } = message.metadata;
  return { parents: parents.map(wireId), ephemeral };
}

/** The generated encoder wants bytes over a plain ArrayBuffer; only shared memory is copied. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? (bytes as Uint8Array<ArrayBuffer>)
    : new Uint8Array(bytes);
}

function wireHello(hello: Hello): WireHello {
  return {
    version: hello.version,
    storeId: ownBytes(fromHex(hello.storeId)),
    maxPayloadBytes: hello.maxPayloadBytes,
    ...(hello.pending !== undefined && { pending: BigInt(hello.pending) }),
    ...(hello.paused !== undefined && { paused: hello.paused }),
    ...(hello.interval !== undefined && { interval: hello.interval }),
    ...(hello.sharedGroup === true && { sharedGroup: true }),
    ...(hello.bulkAcks === true && { bulkAcks: true }),
    since: [...(hello.since ?? [])].map(([groupId, timestamp]) => ({
      groupId: ownBytes(idBytes(groupId)),
      timestamp,
    })),
  };
}
