import type { ConversationSummary, PositionView } from '../../../main/api/types.ts';
import { isAfter } from './message-window.ts';
import type { Call } from '../../../main/api/client.ts';

/** What was in view for this long was read, milliseconds. */
const READ_MS = 600;

/** Says how far a person has read: only while the page is looked at, and never back. */
export class Reading {
  readonly #call: Call;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What was last in view at the end of a conversation. */
  #last:
    { readonly conversation: ConversationSummary; readonly position: PositionView } | undefined;

  constructor(call: Call) {
    this.#call = call;
    // What came while nobody looked is read once somebody does.
    const again = () => {
      if (this.#last) this.seen(this.#last.conversation, this.#last.position);
    };
    addEventListener('focus', again);
    document.addEventListener('visibilitychange', again);
  }

  /** Nothing is in view any more, or not up to the end. */
  left(): void {
    clearTimeout(this.#timer);
    this.#last = undefined;
  }

  /** Everything up to `position` is in view. */
  seen(conversation: ConversationSummary, position: PositionView): void {
    clearTimeout(this.#timer);
    this.#last = { conversation, position };
    const { id, readUpTo, unread } = conversation;
    if (unread === 0 || (readUpTo && !isAfter(position, readUpTo))) return;
    this.#timer = setTimeout(() => {
      if (document.hidden || !document.hasFocus()) return;
      this.#call('markRead', { conversation: id, upTo: position }).catch(() => undefined);
    }, READ_MS);
  }
}
