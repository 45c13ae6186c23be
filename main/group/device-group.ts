import {
  contentKeyGroup,
  conversationGroup,
  conversationNameGroup,
  deviceListGroup,
  fileGroup,
} from '../identity/device-list.ts';
import type { DeviceList } from '../identity/device-list.ts';
import type { GroupId, PeerId } from '../mvds/types.ts';
import type { PeerGroup } from '../sync/ports.ts';

/** The person's other devices, as the signed device list says. */
export class DeviceGroup implements PeerGroup {
  readonly #self: PeerId;
  readonly #listeners: (() => void)[] = [];
  #members: ReadonlyMap<PeerId, ReadonlySet<GroupId>> = new Map();

  constructor(self: PeerId) {
    this.#self = self;
  }

  get members(): ReadonlyMap<PeerId, ReadonlySet<GroupId>> {
    return this.#members;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Takes over the members of a list. A device that is not on it, because it was removed, syncs with nobody. */
  follow(list: DeviceList): void {
    const { id, members } = list;
    const groups = new Set([
      deviceListGroup(id),
      contentKeyGroup(id),
      conversationNameGroup(id),
      conversationGroup(id),
      fileGroup(id),
    ]);
    const everyone = members.has(this.#self) ? [...members.values()] : [];
    const others = everyone.filter(
      ({ peerId, role }) => peerId !== this.#self && role !== 'recovery',
    );
    this.#members = new Map(others.map(({ peerId }) => [peerId, groups]));
    for (const listener of this.#listeners) listener();
  }
}
