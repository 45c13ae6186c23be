/**
 * MVDS with one peer in one group over a pair of byte streams, so that any other implementation can be wired to this
 * one. Format: each payload as a u32 big-endian length and that many bytes of protobuf, in both directions, in either
 * dialect. Nothing else is on the streams. The session starts with the first byte and ends with the end of the input.
 */
import type { Clock, Random } from '../helpers/clock.ts';
import { MAX_RECEIVED_PAYLOAD_BYTES } from './constants.ts';
import type { Rejection, UnmetParents } from './events.ts';
import { readFrames, toFrame } from './frames.ts';
import { toPeerId } from './ids.ts';
import { MvdsNode } from './node.ts';
import type { MvdsNodeOptions, PeerConfig } from './options.ts';
import type { StoredMessage, SyncStore } from './ports.ts';
import type { GroupId, MessageId } from './types.ts';

/** Milliseconds of an epoch where nothing else is said. */
const DEFAULT_EPOCH_MS = 1000;

export interface StdioOptions {
  readonly input: AsyncIterable<Uint8Array>;
  /** Writes bytes; a promise holds back what comes after until it settles. */
  readonly output: (bytes: Uint8Array) => void | Promise<void>;
  readonly store: SyncStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly storeId: string;
  readonly groupId: GroupId;
  readonly mode: PeerConfig['mode'];
  readonly dialect?: PeerConfig['dialect'];
  readonly delivery?: MvdsNodeOptions['delivery'];
  readonly epochMs?: number;
  readonly onDelivered?: (messages: readonly StoredMessage[]) => void;
  readonly onRejected?: (reason: Rejection) => void;
  readonly onUnmetParents?: (unmet: readonly UnmetParents[]) => void;
  /** Ephemeral messages that the output was too slow for. */
  readonly onEphemeralDropped?: (ids: readonly MessageId[]) => void;
}

export interface StdioSession {
  readonly node: MvdsNode;
  /** Resolves when the input ended and everything was answered. */
  readonly ended: Promise<void>;
}

/** Starts a session. The caller may append to `node` while it lasts. */
export async function runStdio(options: StdioOptions): Promise<StdioSession> {
  const { store, clock, random, storeId, groupId, mode, dialect } = options;
  const peerId = toPeerId('stdio');
  const node = await MvdsNode.open({
    store,
    random,
    storeId,
    // A plain MVDS peer is at the other end, for all that is known.
    sendHello: false,
    onDelivered: (messages) => options.onDelivered?.(messages),
    onRejected: (_peerId, reason) => options.onRejected?.(reason),
    onUnmetParents: (unmet) => options.onUnmetParents?.(unmet),
    onEphemeralDropped: (_peerId, ids) => options.onEphemeralDropped?.(ids),
    ...(options.delivery !== undefined && { delivery: options.delivery }),
    send: (_peerId, payload) => options.output(toFrame(payload)),
  });
  await node.setPeer(peerId, {
    groups: new Set([groupId]),
    mode,
    ...(dialect !== undefined && { dialect }),
  });
  await node.peerOnline(peerId);

  const stop = everyEpoch(clock, options.epochMs ?? DEFAULT_EPOCH_MS, () => node.tick());
  const session = async (): Promise<void> => {
    try {
      const limit = MAX_RECEIVED_PAYLOAD_BYTES;
      const tooLarge = (bytes: number): void =>
        options.onRejected?.({ type: 'payload-too-large', bytes, limit });
      for await (const payload of readFrames(options.input, limit, tooLarge)) {
        await node.receive(peerId, payload);
      }
      await node.settled();
      await node.peerOffline(peerId);
    } finally {
      stop();
    }
  };
  return { node, ended: session() };
}

/** Runs `tick` once per epoch, never two at a time. Returns a function that stops it. */
function everyEpoch(clock: Clock, epochMs: number, tick: () => Promise<void>): () => void {
  let cancel: (() => void) | undefined;
  let isStopped = false;
  const next = (): void => {
    if (isStopped) return;
    cancel = clock.schedule(epochMs, () => void tick().then(next, next));
  };
  next();
  return () => {
    isStopped = true;
    cancel?.();
  };
}
