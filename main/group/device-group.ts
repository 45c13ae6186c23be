import {
  contentKeyGroup,
  conversationGroup,
  conversationNameGroup,
  deviceListGroup,
  erasureGroup,
  fileGroup,
} from '../identity/device-list.ts';
import type { DeviceList } from '../identity/device-list.ts';
import type { GroupId, PeerId } from '../mvds/types.ts';
import type { PeerGroup } from '../sync/ports.ts';

/** The person's other devices, as the signed device list says. */
export class DeviceGroup implements PeerGroup {
  readonly #self: PeerId;
  #isMember = true;
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

  /** A device that was removed is refused by the others; one that was removed by mistake is called by them. */
  get isDialling(): boolean {
    return this.#isMember;
  }

  /**
   * Takes over the members of a list. A device that is not on it, because it was removed, takes nothing but the list: the entry
   * that removed it may turn out to be void.
   */
  follow(list: DeviceList): void {
    const { id, members } = list;
    this.#isMember = members.has(this.#self);
    const logs = [deviceListGroup(id)];
    const sealed = [
      contentKeyGroup(id),
      erasureGroup(id),
      conversationNameGroup(id),
      conversationGroup(id),
      fileGroup(id),
    ];
    const groups = new Set(this.#isMember ? [...logs, ...sealed] : logs);
    const others = [...members.values()].filter(
      ({ peerId, role }) => peerId !== this.#self && role !== 'recovery',
    );
    this.#members = new Map(others.map(({ peerId }) => [peerId, groups]));
    for (const listener of this.#listeners) listener();
  }
}
