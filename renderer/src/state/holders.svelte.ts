import type { Call } from '../../../main/api/client.ts';

/** Messages that are asked about together. */
const BATCH = 100;
/** What is asked for in this time is asked together, milliseconds. */
const GATHER_MS = 120;
/** What is in view is asked about again at most this often, milliseconds. */
const REFRESH_MS = 700;
/** Which is how many messages' holders are remembered. */
const KEPT_MAX = 2_000;

/** On which devices the messages are that are being looked at. */
export class Holders {
  #known = $state.raw<ReadonlyMap<string, readonly string[]>>(new Map());
  readonly #call: Call;
  readonly #wanted = new Set<string>();
  readonly #visible = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #refreshTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(call: Call) {
    this.#call = call;
  }

  /** Ids of devices; undefined while it is not known. */
  of(messageId: string): readonly string[] | undefined {
    return this.#known.get(messageId);
  }

  /** A message has come into view. Returns what ends that. */
  watch(messageId: string): () => void {
    this.#visible.set(messageId, (this.#visible.get(messageId) ?? 0) + 1);
    this.#want([messageId]);
    return () => {
      const left = (this.#visible.get(messageId) ?? 1) - 1;
      if (left > 0) this.#visible.set(messageId, left);
      else this.#visible.delete(messageId);
    };
  }

  /** Something has moved between the devices: what is in view is asked about again, but not without a pause. */
  refresh(): void {
    if (this.#refreshTimer !== undefined || this.#visible.size === 0) return;
    this.#refreshTimer = setTimeout(() => {
      this.#refreshTimer = undefined;
      this.#want(this.#visible.keys());
    }, REFRESH_MS);
  }

  #want(ids: Iterable<string>): void {
    for (const id of ids) this.#wanted.add(id);
    if (this.#timer === undefined) this.#timer = setTimeout(() => void this.#ask(), GATHER_MS);
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    const ids = [...this.#wanted].slice(-BATCH);
    this.#wanted.clear();
    try {
      const found = await this.#call('messageHolders', { messageIds: ids });
      const kept = this.#known.size > KEPT_MAX ? [] : this.#known;
      this.#known = new Map([
        ...kept,
        ...found.map(({ messageId, devices }) => [messageId, devices] as const),
      ]);
    } catch {
      // The connection is gone, which shows by itself.
    }
  }
}
