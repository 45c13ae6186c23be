import { randomBytes } from 'node:crypto';
import { ReunionError } from '../api/errors.ts';
import type { Clock } from '../helpers/clock.ts';
import type { GroupId, PeerId } from '../helpers/ids.ts';
import { ContentKeyring } from '../identity/content-keyring.ts';
import { contentKeyGroup, renameDevice } from '../identity/device-list.ts';
import type { DeviceKeys, SigningKeys } from '../identity/keys.ts';
import { createRecoveryPhrase, recoveryKeysOf } from '../identity/recovery.ts';
import type { MessageStore } from '../mvds/ports.ts';
import { ineffective } from './device-directory.ts';
import type { DeviceListKeeper } from './device-list-keeper.ts';
import { readGroup } from './read-group.ts';
import { recoveryKeysOn } from './recovery-copies.ts';

/** What the recovery phrase is called where the devices are listed. */
const RECOVERY_NAME = 'Recovery phrase';

export interface RecoveryOptions {
  readonly keys: DeviceKeys;
  readonly keeper: DeviceListKeeper;
  readonly messages: MessageStore;
  readonly clock: Clock;
  readonly append: (groupId: GroupId, timestamp: bigint, body: Uint8Array) => Promise<unknown>;
}

/** The recovery phrase of a person: a member of the device list that exists on paper alone. */
export class Recovery {
  readonly #options: RecoveryOptions;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /**
   * Makes a phrase, and puts its key on the device list; those that were there before are removed, once it is there. The
   * new one signs that the list is its own: by that `recover` tells a backup of these devices from a forged one. The words
   * are kept nowhere.
   */
  async create(remove: (peerId: PeerId) => Promise<void>): Promise<readonly string[]> {
    const { keeper, append, clock } = this.#options;
    const before = recoveryKeysOn(keeper.list);
    const words = createRecoveryPhrase(randomBytes);
    const keys = recoveryKeysOf(words.join(' '));
    if (!keys) throw new Error('a phrase that was just made is none');
    const described = {
      name: RECOVERY_NAME,
      system: '',
      role: 'recovery',
      at: clock.now(),
    } as const;
    await keeper.add(append, { peerId: keys.peerId, ...described });
    if (!recoveryKeysOn(keeper.list).includes(keys.peerId)) {
      throw ineffective('The recovery phrase was not made');
    }
    await this.#endorse(keys);
    for (const peerId of before) await remove(peerId);
    return words;
  }

  /**
   * Lets this device in by the recovery phrase: puts it on the list, and gives it the content keys that the phrase was
   * given. Rejects with `ReunionError` where the phrase is not on the list.
   */
  async admit(recovery: SigningKeys, self: { name: string; system: string }): Promise<void> {
    const { keeper, keys, append, messages, clock } = this.#options;
    if (!recoveryKeysOn(keeper.list).includes(recovery.peerId)) {
      throw new ReunionError(
        'recovery-unknown',
        'This recovery phrase does not belong to these messages any more: another one took its place before the backup was made.',
      );
    }
    const at = clock.now();
    await keeper.add(append, { peerId: keys.peerId, ...self, role: 'device', at }, recovery);
    const { list } = keeper;
    if (!list) throw new Error('a list that was just added to is not there');
    const group = contentKeyGroup(list.id);
    const entries = (await readGroup(messages, group)).map(({ body }) => body);
    const ring = new ContentKeyring(recovery, list, entries);
    for (const entry of ring.passOn(at, (member) => member === keys.peerId)) {
      await append(group, BigInt(at), entry);
    }
  }

  /** A renaming of itself to the name that it has: an entry of the phrase's own, which changes nothing. */
  async #endorse(recovery: SigningKeys): Promise<void> {
    const { keeper, append, clock } = this.#options;
    const { list } = keeper;
    if (!list) throw new Error('a list that was just added to is not there');
    const named = { peerId: recovery.peerId, name: RECOVERY_NAME, at: clock.now() };
    const entry = renameDevice(recovery, list.id, await keeper.entries(), named);
    await keeper.learn(append, [entry]);
  }
}
