import { randomBytes } from 'node:crypto';
import { coalesced } from '../helpers/coalesced.ts';
import type { DeviceList } from '../identity/device-list.ts';
import type { SigningKeys } from '../identity/keys.ts';
import {
  endorsementIn,
  knownTo,
  makeRecoveryFile,
  RECOVERY_SUFFIX,
  recoveryFileOf,
  writeRecoveryFile,
} from '../identity/recovery-file.ts';
import type { EndorsedPhrase } from '../identity/recovery-file.ts';
import type { PeerId } from '../mvds/types.ts';
import { KEY_BYTES } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import type { StoreKey } from './store-key.ts';

export interface RecoveryCopiesOptions {
  readonly folder: string;
  readonly keys: SigningKeys;
  readonly store: Pick<Store, 'backup'>;
  readonly storeKey: StoreKey;
  /** Undefined on a device that belongs to no list. */
  readonly list: () => DeviceList | undefined;
  /** The entries of the list. */
  readonly entries: () => Promise<readonly Uint8Array[]>;
}

/** The recovery keys on a list: one, unless two devices have made a phrase at the same time. */
export function recoveryKeysOn(list: DeviceList | undefined): readonly PeerId[] {
  const members = [...(list?.members.values() ?? [])];
  return members.filter(({ role }) => role === 'recovery').map(({ peerId }) => peerId);
}

/** What is kept for whoever has the recovery phrase: the key of the store, and of each backup. */
export class RecoveryCopies {
  readonly #options: RecoveryCopiesOptions;

  constructor(options: RecoveryCopiesOptions) {
    this.#options = options;
  }

  /**
   * Brings the recovery file of the store up to date. Where a phrase could open it that is none any more, the store gets
   * another key first. Rejects as `StoreKey.rotate`.
   */
  readonly follow = coalesced(async () => {
    const { folder, storeKey } = this.#options;
    const list = this.#options.list();
    if (!list) return;
    const path = recoveryFileOf(folder);
    const members = new Set<string>(recoveryKeysOn(list));
    const isLost = knownTo(path, storeKey.keys.key).phrases.some((phrase) => !members.has(phrase));
    if (isLost) await storeKey.rotate();
    const { key } = storeKey.keys;
    const phrases = await this.#phrases(list);
    const known = knownTo(path, key);
    const isSame =
      known.phrases.length === phrases.length &&
      phrases.every(({ peerId }) => known.phrases.includes(peerId)) &&
      (known.isCurrent || phrases.length === 0);
    if (!isSame) writeRecoveryFile(path, this.#file(list, key, phrases));
  });

  /**
   * Copies the store to `path`, under a key of its own, and puts beside it what the recovery phrase needs: a file of that
   * name with “.recovery”. Resolves with whether there is a phrase. Rejects with the store's errors and Node's.
   */
  async backUp(path: string): Promise<boolean> {
    await this.follow();
    const key = new Uint8Array(randomBytes(KEY_BYTES));
    const list = this.#options.list();
    const phrases = list ? await this.#phrases(list) : [];
    await this.#options.store.backup(path, key);
    const content = list && this.#file(list, key, phrases);
    writeRecoveryFile(path + RECOVERY_SUFFIX, content);
    return content !== undefined;
  }

  #file(list: DeviceList, key: Uint8Array, phrases: readonly EndorsedPhrase[]): string | undefined {
    if (phrases.length === 0) return undefined;
    const { keys: maker } = this.#options;
    return makeRecoveryFile({ maker, list: list.id, key }, phrases, randomBytes);
  }

  /** Those whose own word has come: without it nobody could tell a forged file from this. */
  async #phrases(list: DeviceList): Promise<EndorsedPhrase[]> {
    const entries = await this.#options.entries();
    return recoveryKeysOn(list).flatMap((peerId) => {
      const endorsement = endorsementIn(entries, list.id, peerId);
      return endorsement ? { peerId, endorsement } : [];
    });
  }
}
