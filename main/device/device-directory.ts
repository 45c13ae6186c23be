import { ReunionError } from '../api/errors.ts';
import type { DeviceComparison, DeviceDispute, DeviceInfo, DeviceRecord } from '../api/types.ts';
import type { Clock } from '../helpers/clock.ts';
import type { GroupId, PeerId } from '../helpers/ids.ts';
import { comparisonWords } from '../identity/comparison-words.ts';
import { isSimilar } from '../identity/similar-names.ts';
import { DeviceRemovedError } from '../identity/device-list.ts';
import type { DeviceList } from '../identity/device-list.ts';
import { isVisible, presentable } from '../identity/device-name.ts';
import type { DeviceListKeeper } from './device-list-keeper.ts';
import { findDevice } from './find-device.ts';
import { namedLike, similarMembers } from './similar-devices.ts';

export interface DeviceDirectoryOptions {
  readonly self: PeerId;
  /** As this device calls itself, also before it is on a list. */
  readonly ownName: () => string;
  readonly keeper: DeviceListKeeper;
  readonly clock: Clock;
  readonly append: (groupId: GroupId, timestamp: bigint, body: Uint8Array) => Promise<unknown>;
  /** A device was removed: it must not be able to read what comes later. */
  readonly onRemoved: () => Promise<void>;
}

/** Which devices belong together, and what a person does about it. */
export class DeviceDirectory {
  readonly #options: DeviceDirectoryOptions;

  constructor(options: DeviceDirectoryOptions) {
    this.#options = options;
  }

  /** This device first, then the others, then those that were removed; none before there is a list. */
  list(): readonly DeviceRecord[] {
    const { keeper, self } = this.#options;
    const { list } = keeper;
    if (!list) return [];
    const members = [...list.members.values()].map(({ peerId, name, role, system, addedAt }) => {
      const similarTo = similarMembers(list, peerId);
      const own = peerId === self;
      return { id: peerId, name, own, role, system, addedAt, removed: null, similarTo };
    });
    const removed = [...list.removed].map(([peerId, { name, role, by, at }]) => {
      const gone = { by: { id: by, name: deviceName(list, by) }, at };
      const own = peerId === self;
      const nothing = { system: null, addedAt: null, similarTo: [] };
      return { id: peerId, name, own, role, removed: gone, ...nothing };
    });
    const own = ({ own: isOwn }: DeviceRecord): number => (isOwn ? 0 : 1);
    return [...members, ...removed].sort((one, other) => own(one) - own(other));
  }

  /** The devices that have this name, or one that looks like it. */
  similarTo(name: string): readonly DeviceInfo[] {
    const { keeper, self, ownName } = this.#options;
    if (keeper.list) return namedLike(keeper.list, name);
    return isSimilar(ownName(), name) ? [{ id: self, name: ownName() }] : [];
  }

  /** Words that are the same on this device and another one. Throws `not-found` where that is none of the others. */
  async compare(device: string): Promise<DeviceComparison> {
    const { self } = this.#options;
    const others = this.list().filter(
      ({ own, removed, role }) => !own && removed === null && role !== 'recovery',
    );
    const id = findDevice(others, device, 'your other devices');
    const name = deviceName(this.#options.keeper.list, id);
    return { device: { id, name }, words: await comparisonWords(self, id) };
  }

  /** Throws `mailbox` on a mailbox, which has no say, and `device-removed` on a device that has none any more. */
  checkSay(): void {
    const { keeper, self } = this.#options;
    if (keeper.list?.removed.has(self)) throw removedError();
    this.#checkRole();
  }

  #checkRole(): void {
    const { keeper, self } = this.#options;
    if (keeper.list?.members.get(self)?.role !== 'mailbox') return;
    throw new ReunionError(
      'mailbox',
      'This device is a mailbox: devices are added, renamed and removed on one of the others.',
    );
  }

  /** Throws `not-found`, and as `checkSay`. */
  async remove(device: string): Promise<void> {
    const { keeper, append, clock, onRemoved } = this.#options;
    this.checkSay();
    const peerId = findDevice(this.#members(), device, 'your devices');
    await allowed(() => keeper.remove(append, { peerId, at: clock.now() }));
    if (keeper.list?.removed.has(peerId) !== true) {
      throw ineffective(`${deviceName(keeper.list, peerId)} was not removed`);
    }
    await onRemoved();
  }

  /** A name is cut to what fits on a screen. Throws as `remove`, and `invalid-name` for one without a visible character. */
  async rename(device: string, name: string): Promise<void> {
    const { keeper, append, clock } = this.#options;
    this.checkSay();
    const peerId = findDevice(this.#members(), device, 'your devices');
    checkDeviceName(name);
    const change = { peerId, name: presentable(name), at: clock.now() };
    await allowed(() => keeper.rename(append, change));
    if (keeper.list?.members.get(peerId)?.name !== change.name) {
      throw ineffective('The name was not changed');
    }
  }

  /** Decides for one of two devices that removed each other. Throws `not-found` where no such dispute is open, and as `checkSay`. */
  async settle(kept: PeerId, lost: PeerId): Promise<void> {
    const { keeper, append, clock, onRemoved } = this.#options;
    this.#checkRole();
    const isOpen = disputesOf(keeper.list).some(({ one, other }) => {
      const parties = [one.id, other.id];
      return kept !== lost && parties.includes(kept) && parties.includes(lost);
    });
    if (!isOpen)
      throw new ReunionError('not-found', 'These two devices did not remove each other.');
    await allowed(() => keeper.settle(append, { kept, lost, at: clock.now() }));
    if (keeper.list?.removed.has(lost) !== true || keeper.list.removed.has(kept)) {
      throw ineffective('Nothing was decided');
    }
    await onRemoved();
  }

  #members(): readonly DeviceInfo[] {
    return this.list().filter(({ removed }) => removed === null);
  }
}

/** Throws `invalid-name` for a name in which nothing can be seen. */
export function checkDeviceName(name: string): void {
  if (isVisible(name)) return;
  throw new ReunionError('invalid-name', 'A device needs a name that can be seen.');
}

/** The name that a device has on the list, or had when it was removed; empty where it never was there. */
export function deviceName(list: DeviceList | undefined, peerId: PeerId): string {
  return list?.members.get(peerId)?.name ?? list?.removed.get(peerId)?.name ?? '';
}

/** Pairs of devices that removed each other, the one that stays for now first. */
export function disputesOf(list: DeviceList | undefined): readonly DeviceDispute[] {
  const info = (id: PeerId) => ({ id, name: deviceName(list, id) });
  return (list?.disputes ?? []).map(({ kept, lost }) => ({ one: info(kept), other: info(lost) }));
}

async function allowed(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DeviceRemovedError)) throw error;
    throw removedError();
  }
}

/** An entry was signed and stored, and the list is what it was: another entry decides. */
export function ineffective(what: string): ReunionError {
  return new ReunionError(
    'list-unchanged',
    `${what}: another of your devices has changed the list in the meantime. Look at your devices and try again.`,
  );
}

function removedError(): ReunionError {
  return new ReunionError(
    'device-removed',
    'This device was removed from your devices; another of them has to do that.',
  );
}
