import { z } from 'zod';
import type { EpochId } from '../identity/content-key.ts';
import type { SettingStore } from '../store/ports.ts';

const SETTING = 'unopened';
const setting = z.record(z.string(), z.int().positive());
/** Far more epochs than a device ever waits for. Of more, only the first message is remembered, not its epoch. */
const EPOCHS_MAX = 256;
/** Stands for every epoch beyond those; no id of an epoch is empty. */
const ANY = '';

/**
 * The messages whose content key is not here yet, by the first one of each epoch. It survives a restart, so that whenever
 * the key comes, what waits for it is found.
 */
export class Unopened {
  readonly #settings: SettingStore;
  #first: Map<string, number> | undefined;

  constructor(settings: SettingStore) {
    this.#settings = settings;
  }

  /** Remembers that the message with a sequence waits for the key of an epoch. Resolves once that is stored. */
  async add(
    waiting: readonly { readonly epoch: EpochId; readonly sequence: number }[],
  ): Promise<void> {
    const first = await this.#load();
    let isNew = false;
    for (const { epoch, sequence } of waiting) {
      const key = first.has(epoch) || first.size < EPOCHS_MAX ? epoch : ANY;
      if (sequence >= (first.get(key) ?? Infinity)) continue;
      first.set(key, sequence);
      isNew = true;
    }
    if (isNew) await this.#store(first);
  }

  /** The first message that may be opened now; undefined where there is none. */
  async openable(isKnown: (epoch: EpochId) => boolean): Promise<number | undefined> {
    const first = await this.#load();
    const known = this.#known(first, isKnown);
    return known.length === 0
      ? undefined
      : Math.min(...known.map((epoch) => first.get(epoch) ?? Infinity));
  }

  /** What `openable` spoke of was looked at again. */
  async forget(isKnown: (epoch: EpochId) => boolean): Promise<void> {
    const first = await this.#load();
    for (const epoch of this.#known(first, isKnown)) first.delete(epoch);
    await this.#store(first);
  }

  /** What waits for an epoch that was not remembered is looked at with every key that comes. */
  #known(first: ReadonlyMap<string, number>, isKnown: (epoch: EpochId) => boolean): string[] {
    const known = [...first.keys()].filter((epoch) => epoch !== ANY && isKnown(epoch as EpochId));
    return known.length > 0 && first.has(ANY) ? [...known, ANY] : known;
  }

  async #load(): Promise<Map<string, number>> {
    if (this.#first) return this.#first;
    const kept = setting.safeParse(await this.#settings.get(SETTING));
    this.#first ??= new Map(Object.entries(kept.success ? kept.data : {}));
    return this.#first;
  }

  async #store(first: ReadonlyMap<string, number>): Promise<void> {
    await this.#settings.set(SETTING, Object.fromEntries(first));
  }
}
