import { contentKeyGroup, deviceListGroup, erasureGroup } from '../../identity/device-list.ts';
import type { DeviceListId } from '../../identity/device-list.ts';
import type { GroupId, PeerId } from '../../helpers/ids.ts';
import type { Admission, Verdict } from '../../mvds/admission.ts';
import { messageIdOf } from '../../mvds/ids.ts';
import type { Message } from '../../mvds/types.ts';
import type { BodyAdmission } from './body-admission.ts';
import { ErasureAdmission } from './erasure-admission.ts';
import { KeyLogAdmission } from './key-log-admission.ts';
import { ListAdmission } from './list-admission.ts';
import { reject } from './verdicts.ts';

/** Judges what arrives in the groups of a person's devices, before it is stored. */
export class DeviceAdmission implements Admission {
  readonly #bodies: BodyAdmission;
  #list: ListAdmission | undefined;
  #keyLog: KeyLogAdmission | undefined;
  #erasures: ErasureAdmission | undefined;
  #listGroup: GroupId | undefined;
  #keyGroup: GroupId | undefined;
  #erasureGroup: GroupId | undefined;

  constructor(bodies: BodyAdmission) {
    this.#bodies = bodies;
  }

  /** The list that this device is on. Until then nothing is taken. */
  belongTo(id: DeviceListId): void {
    const list = new ListAdmission(id);
    this.#list = list;
    this.#keyLog = new KeyLogAdmission(id, (peer) => list.hasNamed(peer));
    this.#erasures = new ErasureAdmission(id, (peer) => list.hasNamed(peer));
    this.#listGroup = deviceListGroup(id);
    this.#keyGroup = contentKeyGroup(id);
    this.#erasureGroup = erasureGroup(id);
  }

  /** Entries of the device list, or of the log of content keys, that are stored. */
  followList(entries: readonly Uint8Array[]): void {
    this.#list?.follow(entries);
  }

  followKeyLog(entries: readonly Uint8Array[]): void {
    this.#keyLog?.follow(entries);
  }

  followErasures(entries: readonly Uint8Array[]): void {
    this.#erasures?.follow(entries);
  }

  /** Whether a device may sign another erasure entry of so many bytes. */
  hasRoomForErasures(signer: PeerId, bytes: number): boolean {
    return this.#erasures?.hasRoom(signer, bytes) ?? false;
  }

  /** Whether an entry of one of the two logs that came by another way than synchronization may be stored. */
  admits(groupId: GroupId, timestamp: bigint, body: Uint8Array): boolean {
    const id = messageIdOf(groupId, timestamp, body);
    const metadata = { parents: [], ephemeral: false };
    const message = { id, groupId, timestamp, body, metadata };
    if (groupId === this.#listGroup) return this.#list?.admit(message).type === 'accept';
    if (groupId === this.#keyGroup) return this.#keyLog?.admit(message).type === 'accept';
    return false;
  }

  readonly prepare = (message: Message): void => {
    const { groupId } = message;
    if (!this.#list || groupId === this.#listGroup || groupId === this.#keyGroup) return;
    if (groupId !== this.#erasureGroup) this.#bodies.prepare(message);
  };

  admit(message: Message, from: PeerId): Verdict {
    if (!this.#list || !this.#keyLog) return reject('no device list yet');
    if (message.groupId === this.#listGroup) return this.#list.admit(message);
    if (message.groupId === this.#keyGroup) return this.#keyLog.admit(message);
    if (message.groupId === this.#erasureGroup && this.#erasures) {
      return this.#erasures.admit(message);
    }
    return this.#bodies.admit(message, from);
  }
}
