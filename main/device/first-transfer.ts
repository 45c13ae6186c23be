import { z } from 'zod';
import type { PeerStatus, Status } from '../api/types.ts';
import type { SettingStore } from '../store/ports.ts';

const SETTING = 'first-transfer';
const setting = z.object({ heldBefore: z.int().nonnegative() });

/**
 * How far the messages of the others have come to a device that has just joined them, across restarts of either side. It
 * ends when this device is up to date with one of them.
 */
export class FirstTransfer {
  readonly #settings: SettingStore;
  #heldBefore: number | undefined;

  private constructor(settings: SettingStore, heldBefore: number | undefined) {
    this.#settings = settings;
    this.#heldBefore = heldBefore;
  }

  static async open(settings: SettingStore): Promise<FirstTransfer> {
    const kept = setting.safeParse(await settings.get(SETTING));
    return new FirstTransfer(settings, kept.success ? kept.data.heldBefore : undefined);
  }

  /** This device has joined others, and holds so many messages. */
  async begin(held: number): Promise<void> {
    this.#heldBefore = held;
    await this.#settings.set(SETTING, { heldBefore: held });
  }

  /** Resolves once it is stored that it has ended, where it has. */
  async follow(peers: readonly PeerStatus[]): Promise<void> {
    if (this.#heldBefore === undefined) return;
    if (!peers.some(({ state }) => state === 'up-to-date')) return;
    this.#heldBefore = undefined;
    await this.#settings.set(SETTING, null);
  }

  /** Null where there is none under way. */
  progress(held: number, peers: readonly PeerStatus[]): Status['firstTransfer'] {
    if (this.#heldBefore === undefined) return null;
    const received = Math.max(0, held - this.#heldBefore);
    // Each of the others says what it has for this device; most of it is the same.
    const missing = peers.map(({ toReceive }) => toReceive).filter((count) => count !== null);
    return { received, total: missing.length > 0 ? received + Math.max(...missing) : null };
  }
}
