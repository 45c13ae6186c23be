import { HELD_BYTES_PER_PEER, HELD_MESSAGES_PER_PEER } from './constants.ts';
import type { Message, MessageId, PeerId } from './types.ts';

interface HeldOfPeer {
  readonly messages: Map<MessageId, Message>;
  bytes: number;
  /** Whether a message was left out because the quota was used up. */
  overflowed: boolean;
}

/** Messages of one peer that are judged again, and whether the quota kept others out. */
export interface Released {
  readonly peerId: PeerId;
  readonly messages: readonly Message[];
  readonly overflowed: boolean;
}

/**
 * Messages that admission holds, apart from Q and in memory alone: none of them was acknowledged, so after a restart their
 * peers send them again. Each peer has a quota in messages and in bytes; a message beyond it is dropped.
 */
export class HeldMessages {
  readonly #peers = new Map<PeerId, HeldOfPeer>();

  /** Keeps a copy of the message, unless the quota of the peer is used up. */
  add(peerId: PeerId, message: Message): void {
    const held = this.#peers.get(peerId) ?? { messages: new Map(), bytes: 0, overflowed: false };
    this.#peers.set(peerId, held);
    if (held.messages.has(message.id)) return;
    const bytes = held.bytes + message.body.byteLength;
    if (held.messages.size >= HELD_MESSAGES_PER_PEER || bytes > HELD_BYTES_PER_PEER) {
      held.overflowed = true;
      return;
    }
    // The body may be a view of the whole payload.
    held.messages.set(message.id, { ...message, body: Uint8Array.from(message.body) });
    held.bytes = bytes;
  }

  has(peerId: PeerId, id: MessageId): boolean {
    return this.#peers.get(peerId)?.messages.has(id) ?? false;
  }

  /** Forgets what a peer sent: it was removed, or its messages are here by now. */
  drop(peerId: PeerId): void {
    this.#peers.delete(peerId);
  }

  /** Takes everything out, to be judged again. */
  takeAll(): readonly Released[] {
    const all = [...this.#peers].map(([peerId, { messages, overflowed }]) => {
      return { peerId, messages: [...messages.values()], overflowed };
    });
    this.#peers.clear();
    return all;
  }
}
