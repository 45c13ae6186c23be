import { openKeys } from '../../main/identity/keys.ts';
import type { SigningKeys } from '../../main/identity/keys.ts';
import type { DeviceListId } from '../../main/identity/device-list.ts';
import type { Message } from '../../main/mvds/types.ts';
import { inStoreOf, messagesOf } from './stored.ts';

/** What a device that keeps to no rule does with its own store while it is not running. */

/** The list that a device is on. */
export async function listIdOf(folder: string): Promise<DeviceListId> {
  const id = await inStoreOf(folder, ({ settings }) => settings.get('device-list'));
  if (typeof id !== 'string') throw new Error('a device that is on no list');
  return id as DeviceListId;
}

/** The keys of a device, as whoever has its folder has them. */
export function stolenKeys(folder: string): Promise<SigningKeys> {
  return openKeys(folder, true);
}

/** Puts messages into a store, as if they had come and been taken. */
export async function plant(folder: string, messages: readonly Message[]): Promise<void> {
  await inStoreOf(folder, ({ sync }) =>
    sync.commit({
      addMessages: messages.map((message) => ({ message, delivered: true, source: undefined })),
    }),
  );
}

/** Keeps back messages that a store holds: they count as held there, and nobody gets them from it. */
export async function withhold(
  folder: string,
  isWithheld: (message: Message) => boolean,
): Promise<number> {
  const withheld = (await messagesOf(folder)).filter(isWithheld);
  await inStoreOf(folder, ({ sync }) =>
    sync.commit({
      tombstone: withheld.map(({ id, groupId, timestamp }) => ({ id, groupId, timestamp })),
    }),
  );
  return withheld.length;
}
