import { ReunionError } from '../api/errors.ts';
import type { GroupId, PeerId } from '../helpers/ids.ts';
import type { DeviceList } from '../identity/device-list.ts';
import type { EpochId } from '../identity/content-key.ts';
import { openBody, sealBody } from '../identity/sealing.ts';
import type { OpenedBody } from '../identity/sealing.ts';
import type { Message } from '../mvds/types.ts';
import type { ContentKeyKeeper } from './content-key-keeper.ts';
import type { BodyFor } from './event-writer.ts';

export interface SealedBodiesOptions {
  readonly self: PeerId;
  readonly list: () => DeviceList | undefined;
  readonly contentKeys: ContentKeyKeeper;
  /** As many random bytes as it is asked for. Default: those of Node's crypto. */
  readonly randomBytes?: (length: number) => Uint8Array;
  readonly append: (groupId: GroupId, timestamp: bigint, body: Uint8Array) => Promise<Message>;
}

/** Seals what is written, and opens what is read. */
export class SealedBodies {
  readonly #options: SealedBodiesOptions;
  /** A message is opened when it is admitted, and once more when it is projected. */
  readonly #opened = new WeakMap<Message, OpenedBody>();

  constructor(options: SealedBodiesOptions) {
    this.#options = options;
  }

  /** Resolves once the sealed message survives a crash. Throws `ReunionError` on a device that may not write. */
  async append(groupId: GroupId, timestamp: bigint, body: BodyFor): Promise<Message> {
    const sealed = await this.seal(groupId, timestamp, body);
    return this.#options.append(groupId, timestamp, sealed.body);
  }

  /** A body to be stored later, and the epoch whose key it is sealed under. Throws as `append` does. */
  async seal(
    groupId: GroupId,
    timestamp: bigint,
    body: Uint8Array | BodyFor,
  ): Promise<{ readonly body: Uint8Array; readonly epoch: EpochId }> {
    this.#check();
    const key = await this.#options.contentKeys.current();
    const bytes = body instanceof Uint8Array ? body : body(key.writers);
    const sealed = sealBody(key, { groupId, timestamp }, bytes, this.#options.randomBytes);
    this.#options.contentKeys.count(key.epoch);
    return { body: sealed, epoch: key.epoch };
  }

  /** The opposite of `seal`. Throws `RangeError` on what this device did not seal. */
  unseal(groupId: GroupId, timestamp: bigint, body: Uint8Array): Uint8Array {
    const opened = openBody(this.#options.contentKeys.get, { groupId, timestamp }, body);
    if (opened.kind !== 'opened') throw new RangeError('no body that this device has sealed');
    return opened.body;
  }

  open(message: Message): OpenedBody {
    const known = this.#opened.get(message);
    if (known) return known;
    const opened = openBody(this.#options.contentKeys.get, message, message.body);
    // A key that is not here may come.
    if (opened.kind === 'opened') this.#opened.set(message, opened);
    return opened;
  }

  #check(): void {
    const { self } = this.#options;
    const list = this.#options.list();
    if (list?.removed.has(self)) {
      throw new ReunionError(
        'device-removed',
        'This device was removed from your devices: nothing can be written on it any more.',
      );
    }
    if (list?.members.get(self)?.role === 'mailbox') {
      throw new ReunionError(
        'mailbox',
        'This device is a mailbox: it keeps and forwards messages, and can neither read nor write them.',
      );
    }
  }
}
