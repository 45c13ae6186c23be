import { createHash } from 'node:crypto';
import { bodyOf } from '../bodies.ts';
import type { BodyKind } from '../bodies.ts';

export type Side = 'a' | 'b';

/** One message of the workload. */
export interface PeerMessage {
  /** 64 hexadecimal characters. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly text: string;
}

/** Messages `from`, `from + stride`, … that a side has written: `count` of them. */
export interface Workload {
  readonly kind: BodyKind;
  readonly side: Side;
  readonly from: number;
  readonly count: number;
  readonly stride: number;
}

const FIRST_MESSAGE_AT = 1_700_000_000_000;
const BETWEEN_MESSAGES_MS = 1_000;

export function* messagesOf({ kind, side, from, count, stride }: Workload): Generator<PeerMessage> {
  for (let nth = 0; nth < count; nth += 1) {
    const index = from + nth * stride;
    yield {
      id: createHash('sha256').update(`${side}${index}`).digest('hex'),
      at: FIRST_MESSAGE_AT + index * BETWEEN_MESSAGES_MS,
      text: bodyOf(index, kind, side),
    };
  }
}

/** One device's copy in another system, in the process that holds it. */
export interface Replica {
  add(messages: readonly PeerMessage[]): Promise<void>;
  /** Listens on a port of loopback; `complete` resolves when `expected` messages are here and nothing is left to do. */
  serve(port: number, expected: number): Promise<{ readonly complete: Promise<void> }>;
  /** Connects to the other one, and resolves as `complete` does. */
  pull(port: number, expected: number): Promise<void>;
  close(): Promise<void>;
}

/** @param load `require` of the folder into which the packages are installed */
export type OpenReplica = (load: NodeJS.Require, folder: string, side: Side) => Promise<Replica>;
