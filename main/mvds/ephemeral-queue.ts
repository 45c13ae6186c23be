import { EPHEMERAL_QUEUE_BYTES, EPHEMERAL_QUEUE_MESSAGES } from './constants.ts';
import { messageItemBytes } from './size.ts';
import type { Message, MessageId, PeerId } from './types.ts';

interface Waiting {
  messages: Message[];
  bytes: number;
}

/**
 * Ephemeral messages that wait for the transport of their peer, in memory alone and within limits: they are of the moment,
 * so the oldest give way.
 */
export class EphemeralQueue {
  private readonly peers = new Map<PeerId, Waiting>();

  /** Returns the ids of the messages that were dropped for this one, mostly none. */
  add(peerId: PeerId, message: Message): readonly MessageId[] {
    const waiting = this.peers.get(peerId) ?? { messages: [], bytes: 0 };
    this.peers.set(peerId, waiting);
    waiting.messages.push(message);
    waiting.bytes += messageItemBytes(message);
    const dropped: MessageId[] = [];
    while (
      waiting.messages.length > EPHEMERAL_QUEUE_MESSAGES ||
      (waiting.bytes > EPHEMERAL_QUEUE_BYTES && waiting.messages.length > 1)
    ) {
      const oldest = waiting.messages.shift();
      if (oldest === undefined) break;
      waiting.bytes -= messageItemBytes(oldest);
      dropped.push(oldest.id);
    }
    return dropped;
  }

  /** Peers that something waits for, those that have waited longest first. */
  waiting(): Iterable<PeerId> {
    return this.peers.keys();
  }

  /** Takes out the oldest messages, as many as fit into `bytes`, and one at least. */
  take(peerId: PeerId, bytes: number): readonly Message[] {
    const waiting = this.peers.get(peerId);
    if (waiting === undefined) return [];
    let taken = 0;
    let count = 0;
    for (const message of waiting.messages) {
      const size = messageItemBytes(message);
      if (count > 0 && taken + size > bytes) break;
      taken += size;
      count += 1;
    }
    const messages = waiting.messages.splice(0, count);
    waiting.bytes -= taken;
    // Those that are left go to the end of the line of peers.
    this.peers.delete(peerId);
    if (waiting.messages.length > 0) this.peers.set(peerId, waiting);
    return messages;
  }

  /** The session ended: ephemeral messages are for who is there. */
  drop(peerId: PeerId): void {
    this.peers.delete(peerId);
  }
}
