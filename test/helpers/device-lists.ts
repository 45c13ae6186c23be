import {
  addDevice,
  confirmList,
  createDeviceList,
  listIdOfEntry,
  removeDevice,
  settleDispute,
} from '../../main/identity/device-list.ts';
import type { DeviceListId, MemberRole } from '../../main/identity/device-list.ts';
import { parseEntry } from '../../main/identity/device-list-entry.ts';
import { keysOf } from './identities.ts';

/** The hash that other entries name an entry by. */
export function hashOfEntry(entry: Uint8Array): string {
  const hash = parseEntry(entry)?.hash;
  if (hash === undefined) throw new Error('not an entry');
  return hash;
}

/** Makes entries of one list, created by device 0. Devices are numbers, and `known` says what the signer knows of. */
export class ListMaker {
  readonly root = createDeviceList(keysOf(0), { name: 'device 0', system: 'Linux', at: 1 });
  readonly id: DeviceListId;

  constructor() {
    const id = listIdOfEntry(this.root);
    if (!id) throw new Error('the creating entry is not valid');
    this.id = id;
  }

  add(
    by: number,
    device: number,
    known: readonly Uint8Array[],
    { at = known.length + 1, role = 'device' }: { at?: number; role?: MemberRole } = {},
  ): Uint8Array {
    const described = { name: `device ${device}`, system: 'Linux', role, at };
    return addDevice(keysOf(by), this.id, known, { peerId: keysOf(device).peerId, ...described });
  }

  remove(by: number, device: number, known: readonly Uint8Array[], at = known.length + 1) {
    return removeDevice(keysOf(by), this.id, known, { peerId: keysOf(device).peerId, at });
  }

  /** Shows that a device has seen all of `known`. */
  confirm(by: number, known: readonly Uint8Array[], at = known.length + 1): Uint8Array {
    return confirmList(keysOf(by), this.id, known, at);
  }

  settle(by: number, kept: number, lost: number, known: readonly Uint8Array[]): Uint8Array {
    const parties = { kept: keysOf(kept).peerId, lost: keysOf(lost).peerId };
    return settleDispute(keysOf(by), this.id, known, { ...parties, at: known.length + 1 });
  }

  /** The first `count` devices, each added by device 0 after the one before. */
  members(count: number): Uint8Array[] {
    const entries = [this.root];
    for (let device = 1; device < count; device++) entries.push(this.add(0, device, entries));
    return entries;
  }
}
