import { acceptAll, type Admission } from './admission.ts';
import { mayExchange } from './authorise.ts';
import type { Rejection, View } from './events.ts';
import { HeldMessages, type Released } from './held-messages.ts';
import type { SyncStore } from './ports.ts';
import type { Message, MessageId, PeerId } from './types.ts';

/** What became of the messages of one payload. */
export interface Judged {
  readonly accepted: readonly Message[];
  /** Held or rejected. */
  readonly keptOut: readonly MessageId[];
  readonly held: number;
  readonly rejections: readonly Rejection[];
}

/** Asks the admission port about what arrives, and keeps what it holds. */
export class AdmissionControl {
  readonly #admission: Admission;
  readonly #held = new HeldMessages();

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  /**
   * Judges messages in their order. Not judged again: a message that is stored, since equal ids are equal bodies, and one
   * that the peer may not send at all, which is refused for that later. Rejects as the store does.
   */
  async judge(
    view: View,
    store: SyncStore,
    peerId: PeerId,
    messages: readonly Message[],
  ): Promise<Judged> {
    if (this.#admission === acceptAll || messages.length === 0) {
      return { accepted: messages, keptOut: [], held: 0, rejections: [] };
    }
    const stored = await store.messages.held(messages.map(({ id }) => id));
    const accepted: Message[] = [];
    const keptOut: MessageId[] = [];
    const rejections: Rejection[] = [];
    for (const message of messages) {
      const { id, groupId } = message;
      if (stored.has(id) || !mayExchange(view, peerId, groupId)) {
        accepted.push(message);
        continue;
      }
      const verdict = this.#admission.admit(message, peerId);
      if (verdict.type === 'accept') {
        accepted.push(message);
        continue;
      }
      keptOut.push(id);
      if (verdict.type === 'hold') this.#held.add(peerId, message);
      else
        rejections.push({ type: 'not-admitted', messageId: id, groupId, reason: verdict.reason });
    }
    return { accepted, keptOut, held: keptOut.length - rejections.length, rejections };
  }

  isHeld(peerId: PeerId, id: MessageId): boolean {
    return this.#held.has(peerId, id);
  }

  /** Takes out what is held, to be judged again. */
  release(): readonly Released[] {
    return this.#held.takeAll();
  }

  forget(peerId: PeerId): void {
    this.#held.drop(peerId);
  }
}
