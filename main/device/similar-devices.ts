import type { DeviceInfo } from '../api/types.ts';
import type { PeerId } from '../helpers/ids.ts';
import type { DeviceList } from '../identity/device-list.ts';
import { isSimilar } from '../identity/similar-names.ts';

const NONE: readonly DeviceInfo[] = [];
/** A list is read anew with each change of it, and its status many times a minute. */
const known = new WeakMap<DeviceList, ReadonlyMap<PeerId, readonly DeviceInfo[]>>();

/** The other members whose names are the same as that of a member, or look like it. */
export function similarMembers(list: DeviceList, peerId: PeerId): readonly DeviceInfo[] {
  let similar = known.get(list);
  if (!similar) {
    similar = new Map(
      [...list.members.values()].map(({ peerId: id, name }) => [id, namedLike(list, name, id)]),
    );
    known.set(list, similar);
  }
  return similar.get(peerId) ?? NONE;
}

/** The members whose names are the same as `name`, or look like it; but for one of them. */
export function namedLike(list: DeviceList, name: string, except?: PeerId): readonly DeviceInfo[] {
  return [...list.members.values()]
    .filter((member) => member.peerId !== except && isSimilar(member.name, name))
    .map((member) => ({ id: member.peerId, name: member.name }));
}
