import type { Call } from './thread.svelte.ts';

/** A draft goes to the other devices once typing has paused for this long, milliseconds. */
const PAUSE_MS = 1_500;

/** What was begun in one conversation: it follows the person to the other devices. */
export class Draft {
  text = $state('');
  readonly #id: string;
  readonly #call: Call;
  /** As it was last kept, here or on another device. */
  #kept: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string, call: Call, kept: string) {
    this.#id = id;
    this.#call = call;
    this.#kept = kept;
    this.text = kept;
  }

  /** Another device has gone on with it. What is being typed here is not overwritten. */
  heard(text: string): void {
    if (text === this.#kept) return;
    if (this.text === this.#kept) this.text = text;
    this.#kept = text;
  }

  typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.keep(), PAUSE_MS);
  }

  /** Sent, or given up. */
  async clear(): Promise<void> {
    this.text = '';
    await this.keep();
  }

  async keep(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.text === this.#kept) return;
    const before = this.#kept;
    this.#kept = this.text;
    try {
      await this.#call('setDraft', { conversation: this.#id, text: this.text });
    } catch {
      // It is here still, and kept at the next pause.
      this.#kept = before;
    }
  }
}
