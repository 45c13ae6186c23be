import { randomBytes } from 'node:crypto';
import { ReunionError } from '../api/errors.ts';
import type { Clock } from '../helpers/clock.ts';
import type { GroupId, PeerId } from '../helpers/ids.ts';
import { ContentKeyring } from '../identity/content-keyring.ts';
import { contentKeyGroup } from '../identity/device-list.ts';
import type { DeviceList } from '../identity/device-list.ts';
import type { DeviceKeys, SigningKeys } from '../identity/keys.ts';
import { createRecoveryPhrase, recoveryKeysOf } from '../identity/recovery.ts';
import { keepForRecovery } from '../identity/recovery-file.ts';
import type { MessageStore } from '../mvds/ports.ts';
import type { DeviceListKeeper } from './device-list-keeper.ts';
import { readGroup } from './read-group.ts';

/** What the recovery phrase is called where the devices are listed. */
const RECOVERY_NAME = 'Recovery phrase';

export interface RecoveryOptions {
  readonly folder: string;
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

  /** The recovery keys on a list: one, unless two devices have made a phrase at the same time. */
  static keysOn(list: DeviceList | undefined): readonly PeerId[] {
    const members = [...(list?.members.values() ?? [])];
    return members.filter(({ role }) => role === 'recovery').map(({ peerId }) => peerId);
  }

  /** Keeps the store key of this device for whoever has the phrase. */
  follow(list: DeviceList): void {
    const { folder, keys } = this.#options;
    keepForRecovery(folder, Recovery.keysOn(list), keys.storeKey, randomBytes);
  }

  /**
   * Makes a phrase, and puts its key on the device list; those that were there before are removed, once it is there. The
   * words are kept nowhere.
   */
  async create(remove: (peerId: PeerId) => Promise<void>): Promise<readonly string[]> {
    const { keeper, append, clock } = this.#options;
    const before = Recovery.keysOn(keeper.list);
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
    for (const peerId of before) await remove(peerId);
    return words;
  }

  /**
   * Lets this device in by the recovery phrase: puts it on the list, and gives it the content keys that the phrase was
   * given. Rejects with `ReunionError` where the phrase is not on the list.
   */
  async admit(recovery: SigningKeys, self: { name: string; system: string }): Promise<void> {
    const { keeper, keys, append, messages, clock } = this.#options;
    if (!Recovery.keysOn(keeper.list).includes(recovery.peerId)) {
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
}
