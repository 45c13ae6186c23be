import type { Call } from '../../../main/api/client.ts';

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
  /** Raised by each keeping: what was asked of the device before it says nothing any more. */
  #version = 0;
  #pending = 0;

  constructor(id: string, call: Call, kept: string) {
    this.#id = id;
    this.#call = call;
    this.#kept = kept;
    this.text = kept;
  }

  /** To be taken before the device is asked for drafts; see `heard`. */
  get version(): number {
    return this.#version;
  }

  /** Another device has gone on with it. What is being typed here is not overwritten, nor what is being kept. */
  heard(text: string, asked: number): void {
    if (this.#pending > 0 || asked !== this.#version || text === this.#kept) return;
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
    this.#version += 1;
    this.#pending += 1;
    try {
      await this.#call('setDraft', { conversation: this.#id, text: this.text });
    } catch {
      // It is here still.
      this.#kept = before;
      this.typed();
    } finally {
      this.#pending -= 1;
    }
  }
}
