import type { GroupId, PeerId } from '../helpers/ids.ts';
import { contentKeyGroup } from '../identity/device-list.ts';
import type { DeviceListId } from '../identity/device-list.ts';
import { parseKeyEntry } from '../identity/key-entry.ts';
import type { MessageStore } from '../mvds/ports.ts';
import type { DeviceAdmission } from './admission/device-admission.ts';
import { readGroup } from './read-group.ts';

/** The entries that give a device content keys, and those that started the epochs, without which no key is used. */
export async function keyEntriesFor(
  messages: MessageStore,
  listId: DeviceListId,
  device: PeerId,
): Promise<readonly Uint8Array[]> {
  const stored = await readGroup(messages, contentKeyGroup(listId));
  return stored
    .map(({ body }) => body)
    .filter((body) => {
      const entry = parseKeyEntry(body);
      return entry !== undefined && (entry.generation > 0 || entry.sealed.has(device));
    });
}

/** Stores entries that came with the device list, as far as admission takes them: it asks what it asks of synchronized ones. */
export async function adoptKeyEntries(
  append: (groupId: GroupId, timestamp: bigint, body: Uint8Array) => Promise<unknown>,
  admission: DeviceAdmission,
  listId: DeviceListId,
  entries: readonly Uint8Array[],
): Promise<void> {
  const group = contentKeyGroup(listId);
  for (const entry of entries) {
    const at = parseKeyEntry(entry)?.at;
    if (at !== undefined && admission.admits(group, BigInt(at), entry)) {
      await append(group, BigInt(at), entry);
    }
  }
}
