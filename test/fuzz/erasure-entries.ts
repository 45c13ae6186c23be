import { ErasureAdmission } from '../../main/device/admission/erasure-admission.ts';
import type { GroupId, MessageId } from '../../main/mvds/types.ts';
import { createDeviceList, erasureGroup, listIdOfEntry } from '../../main/identity/device-list.ts';
import { parseErasureEntry, signErasureEntry } from '../../main/identity/erasure-entry.ts';
import { keysOf } from '../helpers/identities.ts';
import { messageOf } from '../helpers/made-messages.ts';

const signer = keysOf(1);
const created = createDeviceList(signer, { name: 'Desk', system: 'Linux', at: 1 });

export const LIST = listIdOfEntry(created) ?? ('' as never);
const GROUP = 'ab'.repeat(32) as GroupId;

const positionsOf = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    timestamp: BigInt(at - 2),
    id: at.toString(16).padStart(64, '0') as MessageId,
  }));

export function entryOf(count: number, by = signer): Uint8Array {
  return signErasureEntry(by, {
    listId: LIST,
    groupId: GROUP,
    positions: positionsOf(count),
    at: 9,
  });
}

/** Entries that are right, and one by somebody whom nobody knows. */
export const SEEDS = [entryOf(1), entryOf(3), entryOf(40), entryOf(2, keysOf(2))];

/** What comes of bytes that pretend to be an entry. Throws where the parser does, or where admission takes what was not signed. */
export function outcomeOf(bytes: Uint8Array): string {
  const entry = parseErasureEntry(bytes);
  const admission = new ErasureAdmission(LIST, (peer) => peer === signer.peerId);
  const message = messageOf(erasureGroup(LIST), BigInt(entry?.at ?? 0), bytes);
  const { type } = admission.admit(message);
  const isGenuine = SEEDS.some((seed) => Buffer.compare(seed, bytes) === 0);
  if (type === 'accept' && !isGenuine) throw new Error('an entry that nobody signed was taken');
  return entry ? `an entry: ${type}` : type;
}
