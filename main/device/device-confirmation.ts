import type { SettingStore } from '../store/ports.ts';
import { CONFIRM_DEVICES } from './after-loss.ts';
import type { DeviceDirectory } from './device-directory.ts';
import { findDevice } from './find-device.ts';

export interface DeviceConfirmationOptions {
  readonly settings: SettingStore;
  readonly directory: DeviceDirectory;
}

/** After a backup was put back: a person says which devices stay, since one may have been lost since it was made. */
export class DeviceConfirmation {
  readonly #options: DeviceConfirmationOptions;
  #isDue = false;

  constructor(options: DeviceConfirmationOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    this.#isDue = (await this.#options.settings.get(CONFIRM_DEVICES)) === true;
    // Nothing is asked of a device that joins later.
    if (this.#isDue && this.others().length === 0) await this.#done();
  }

  /** Whether a person is still to say so. Where there are no other devices there is nothing to say. */
  get isDue(): boolean {
    return this.#isDue && this.others().length > 0;
  }

  /** The devices it is about: all but this one and the recovery phrase. */
  others() {
    const { directory } = this.#options;
    const all = directory.list();
    return all.filter(({ own, role, removed }) => !own && role !== 'recovery' && removed === null);
  }

  /**
   * Removes every other device but those of `keep`, by their ids or names. Rejects with not-found where one of those is no
   * device, before any is removed; what is left to be removed is asked for again.
   */
  async confirm(keep: readonly string[]): Promise<void> {
    const { directory } = this.#options;
    const others = this.others();
    const kept = new Set<string>(keep.map((device) => findDevice(others, device, 'your devices')));
    for (const { id } of others) if (!kept.has(id)) await directory.remove(id);
    await this.#done();
  }

  async #done(): Promise<void> {
    await this.#options.settings.set(CONFIRM_DEVICES, undefined);
    this.#isDue = false;
  }
}
