/** MVDS: 2/MVDS and 4/MVDS-META. See README.md. */
export { acceptAll, type Admission, type Verdict } from './admission.ts';
export { exponentialBackoff, type Backoff } from './backoff.ts';
export {
  decodePayload,
  encodePayload,
  type DecodeResult,
  type Dialect,
  type Hello,
  type Payload,
} from './codec.ts';
export type { Rejection, UnmetParents } from './events.ts';
export {
  MAX_EXPIRED_PER_CALL,
  MAX_PAGE_BYTES,
  MAX_PAGE_MESSAGES,
  type HistoryPage,
  type HistoryQuery,
  type HistoryReader,
  type Retention,
} from './history.ts';
export {
  messageIdOf,
  parseGroupId,
  parseMessageId,
  toGroupId,
  toMessageId,
  toPeerId,
} from './ids.ts';
export {
  createMemorySyncStore,
  type MemorySnapshot,
  type MemorySyncStore,
} from './memory-store.ts';
export { MvdsNode } from './node.ts';
export {
  InvalidMessageError,
  type AppendInput,
  type MvdsLimits,
  type MvdsNodeOptions,
  type PeerConfig,
  type ReceiveResult,
} from './options.ts';
export type { StoredMessage, SyncStore } from './ports.ts';
export { splitPayload } from './size.ts';
export type { Mode } from './state.ts';
export type { GroupId, Message, MessageId, Metadata, PeerId } from './types.ts';
