import type { BacklogSlice, StoredMessage, SyncChanges } from '../mvds/ports.ts';
import type { MessageId } from '../mvds/types.ts';
import type { PackedRows } from './packed-messages.ts';
import {
  packNewMessages,
  packStoredMessages,
  unpackNewMessages,
  unpackStoredMessages,
} from './packed-messages.ts';
import type { StoreCall } from './service.ts';

/** Fewer messages travel as they are: a buffer and its transfer cost as much as the clone of some messages. */
const MIN_PACKED = 8;

/** A call on its way to the store's thread. `packed` are the new messages of a commit, which the call itself is then without. */
export interface CallInTransit {
  readonly call: StoreCall;
  readonly packed?: PackedRows;
}

/** A result on its way back. */
export type ResultInTransit =
  | { readonly kind: 'whole'; readonly result: unknown }
  | { readonly kind: 'messages' | 'by-id'; readonly messages: PackedRows }
  | { readonly kind: 'backlog'; readonly messages: PackedRows; readonly hasMore: boolean };

/**
 * Takes the new messages of a commit out of the call. `transfer` are the buffers to be moved with it. Throws as `packNewMessages`
 * does. Other changes stay: a clone of short flat objects, such as removed records, takes no longer than to pack them.
 */
export function packCall(call: StoreCall): {
  readonly transit: CallInTransit;
  readonly transfer: ArrayBuffer[];
} {
  const { table, method, args } = call;
  const isCommit = table === 'store' && (method === 'commit' || method === 'commitProjected');
  if (!isCommit) return { transit: { call }, transfer: [] };
  const [changes, ...others] = args as [SyncChanges, ...unknown[]];
  const { addMessages = [], ...left } = changes;
  if (addMessages.length < MIN_PACKED) return { transit: { call }, transfer: [] };
  const packed = packNewMessages(addMessages);
  const transit = { call: { ...call, args: [left, ...others] }, packed };
  return { transit, transfer: [packed.buffer] };
}

/** The call as it was made. Throws `RangeError` for what `packCall` did not make. */
export function unpackCall({ call, packed }: CallInTransit): StoreCall {
  if (packed === undefined) return call;
  const [left, ...others] = call.args as [SyncChanges, ...unknown[]];
  const changes: SyncChanges = { ...left, addMessages: unpackNewMessages(packed) };
  return { ...call, args: [changes, ...others] };
}

/** Packs the messages of a result, where the call gives some in numbers. */
export function packResult(
  { table, method }: StoreCall,
  result: unknown,
): { readonly transit: ResultInTransit; readonly transfer: ArrayBuffer[] } {
  switch (`${table}.${method}`) {
    case 'messages.read': {
      const found = result as ReadonlyMap<MessageId, StoredMessage>;
      if (found.size < MIN_PACKED) break;
      return inOneBuffer({ kind: 'by-id', messages: packStoredMessages([...found.values()]) });
    }
    case 'messages.arrivedAfter': {
      const found = result as readonly StoredMessage[];
      if (found.length < MIN_PACKED) break;
      return inOneBuffer({ kind: 'messages', messages: packStoredMessages(found) });
    }
    case 'records.backlog': {
      const { messages, hasMore } = result as BacklogSlice;
      if (messages.length < MIN_PACKED) break;
      return inOneBuffer({ kind: 'backlog', messages: packStoredMessages(messages), hasMore });
    }
  }
  return { transit: { kind: 'whole', result }, transfer: [] };
}

/** The result as the engine gave it. Throws `RangeError` for what `packResult` did not make. */
export function unpackResult(transit: ResultInTransit): unknown {
  if (transit.kind === 'whole') return transit.result;
  const messages = unpackStoredMessages(transit.messages);
  switch (transit.kind) {
    case 'messages':
      return messages;
    case 'by-id':
      return new Map(messages.map((message) => [message.id, message]));
    case 'backlog':
      return { messages, hasMore: transit.hasMore } satisfies BacklogSlice;
  }
}

function inOneBuffer(transit: Exclude<ResultInTransit, { kind: 'whole' }>): {
  readonly transit: ResultInTransit;
  readonly transfer: ArrayBuffer[];
} {
  return { transit, transfer: [transit.messages.buffer] };
}
