import type { PeerStatus } from '../../../main/api/types.ts';

/** How far back the plot goes, and the width of one of its bars, milliseconds. */
export const SPAN_MS = 60_000;
export const BAR_MS = 1_000;

export interface Moved {
  readonly at: number;
  readonly sent: number;
  readonly received: number;
}

/** Bytes that moved in the last minute between this device and each other one, by what the status says. */
export class Traffic {
  #moved = $state.raw<ReadonlyMap<string, readonly Moved[]>>(new Map());
  #before = new Map<string, { readonly sent: number; readonly received: number }>();

  take(peers: readonly PeerStatus[]): void {
    const at = Date.now();
    const moved = new Map(this.#moved);
    for (const { id, bytesSent, bytesReceived } of peers) {
      const before = this.#before.get(id);
      this.#before.set(id, { sent: bytesSent, received: bytesReceived });
      if (!before) continue;
      // A new session begins to count anew.
      const sent = bytesSent < before.sent ? bytesSent : bytesSent - before.sent;
      const received =
        bytesReceived < before.received ? bytesReceived : bytesReceived - before.received;
      if (sent + received === 0) continue;
      const recent = (moved.get(id) ?? []).filter((one) => at - one.at < SPAN_MS);
      moved.set(id, [...recent, { at, sent, received }]);
    }
    this.#moved = moved;
  }

  of(id: string): readonly Moved[] {
    return this.#moved.get(id) ?? [];
  }
}
