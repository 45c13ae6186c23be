import type { ConversationSummary, PositionView } from '../../../main/api/types.ts';
import { isAfter } from './message-window.ts';
import type { Call } from './thread.svelte.ts';

/** What was in view for this long was read, milliseconds. */
const READ_MS = 600;

/** Says how far a person has read: only while the page is looked at, and never back. */
export class Reading {
  readonly #call: Call;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(call: Call) {
    this.#call = call;
  }

  /** Everything up to `position` is in view. */
  seen(conversation: ConversationSummary, position: PositionView): void {
    clearTimeout(this.#timer);
    const { id, readUpTo, unread } = conversation;
    if (unread === 0 || (readUpTo && !isAfter(position, readUpTo))) return;
    this.#timer = setTimeout(() => {
      if (document.hidden || !document.hasFocus()) return;
      this.#call('markRead', { conversation: id, upTo: position }).catch(() => undefined);
    }, READ_MS);
  }
}
