import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { systemClock } from '../../main/helpers/clock.ts';
import type { PeerId } from '../../main/helpers/ids.ts';
import { createContentKey } from '../../main/identity/content-key.ts';
import { ContentKeyring } from '../../main/identity/content-keyring.ts';
import {
  addDevice,
  contentKeyGroup,
  createDeviceList,
  deviceListGroup,
  deviceListOf,
  listIdOfEntry,
} from '../../main/identity/device-list.ts';
import type { DeviceListId } from '../../main/identity/device-list.ts';
import { signKeyEntry } from '../../main/identity/key-entry.ts';
import { openKeys } from '../../main/identity/keys.ts';
import { PairingHost } from '../../main/identity/pairing-host.ts';
import type { Path } from '../../main/sync/ports.ts';
import { keysOf } from '../helpers/identities.ts';
import { letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { messagesOf } from '../helpers/stored.ts';
import { start } from '../network/rendezvous-helpers.ts';

const TIMEOUT_MS = 60_000;
/** No entry that is valid here has as many. */
const JUNK_BYTES = 500;

/** The bodies that a device which is not running holds of each of the two logs. */
async function logsOf(folder: string) {
  const stored = await messagesOf(folder);
  const [first] = stored.filter(({ body }) => listIdOfEntry(body) !== undefined);
  const listId = first && listIdOfEntry(first.body);
  if (!listId) throw new Error('the device is on no list');
  const bodies = (group: string) =>
    stored.filter(({ groupId }) => groupId === group).map(({ body }) => body);
  return {
    listId,
    list: bodies(deviceListGroup(listId)),
    keyLog: bodies(contentKeyGroup(listId)),
  };
}

/** The key under which a device that is not running would seal, from what it holds. */
async function currentKeyOf(folder: string) {
  const keys = await openKeys(folder, true);
  const { listId, list, keyLog } = await logsOf(folder);
  const members = deviceListOf(listId, list, keys.peerId);
  if (!members) throw new Error('no device list');
  const use = { now: systemClock.now(), messages: () => 0 };
  return new ContentKeyring(keys, members, keyLog).current(use)?.epoch;
}

test.each(['device', 'mailbox'] as const)(
  'a %s has what it is to read by once it is let in, though the device that let it in never synchronizes with it',
  async (role) => {
    const relay = await relayHere();
    const [a, b] = [await OwnDevice.start('A', relay), await OwnDevice.start('B', relay)];
    await a.send('Zwölf Eier, 500 g Mehl 🥚');
    await a.commands.pauseAll({});
    await letIn(a, b, 'all', role);
    await Promise.all([a.close(), b.close()]);
    const [epoch, given] = [await currentKeyOf(a.folder), await currentKeyOf(b.folder)];
    expect(epoch).toBeDefined();
    expect(given).toBe(role === 'device' ? epoch : undefined);
    if (role === 'mailbox') expect((await logsOf(b.folder)).keyLog).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'entries that come with the pairing are stored only as far as admission takes them',
  async () => {
    const relay = await relayHere();
    const inviter = keysOf(71);
    const at = systemClock.now();
    const stranger = keysOf(72);
    let honest: Uint8Array[] = [];
    const { network } = await start(71, { relays: [relay] });
    const entryOf = (listId: DeviceListId, signer: typeof inviter, devices: readonly PeerId[]) =>
      signKeyEntry(
        signer,
        { listId, key: createContentKey(randomBytes), generation: 1, devices, at },
        randomBytes,
      );
    const host: PairingHost<Path> = new PairingHost<Path>({
      self: { peerId: inviter.peerId, name: () => 'A' },
      clock: systemClock,
      onState: (state) => {
        if (state.kind !== 'approving') return;
        const { requestId } = state;
        queueMicrotask(() => host.decide(requestId, { kind: 'approve', role: 'device' }));
      },
      admit: async ({ peerId }) => {
        const first = createDeviceList(inviter, { name: 'A', system: 'Linux', at });
        const listId = listIdOfEntry(first);
        if (!listId) throw new Error('no list');
        const added = addDevice(inviter, listId, [first], {
          ...{ peerId, name: 'B', system: 'Linux', at },
        });
        honest = [entryOf(listId, inviter, [inviter.peerId, peerId])];
        const [valid = new Uint8Array()] = honest;
        const unsigned = valid.slice();
        unsigned[unsigned.length - 1] = (unsigned.at(-1) ?? 0) ^ 1;
        const junk = Array.from({ length: 300 }, () => new Uint8Array(randomBytes(JUNK_BYTES)));
        const otherList = 'ab'.repeat(32) as DeviceListId;
        return {
          deviceList: [first, added, ...junk],
          contentKeys: [
            ...junk,
            entryOf(listId, stranger, [peerId]),
            entryOf(otherList, inviter, [peerId]),
            unsigned,
            first,
            valid,
            valid,
          ],
        };
      },
    });
    host.open([], 60_000);
    const words = { nameplate: '4711', words: ['ocean', 'lamp'] };
    host.setCode({ code: words, expiresAt: Number.MAX_SAFE_INTEGER });
    network.acceptPairing(({ peerId, path, channel }) => void host.serve(peerId, path, channel));
    await network.claimNameplate({ next: () => 0.471_15 });
    const b = await OwnDevice.start('B', relay);
    await b.commands.join({ link: '4711-ocean-lamp' });
    await b.close();
    const { list, keyLog } = await logsOf(b.folder);
    expect(keyLog).toEqual(honest);
    // Those that came and are valid, and what B says of itself.
    expect(list.filter(({ byteLength }) => byteLength === JUNK_BYTES)).toEqual([]);
  },
  TIMEOUT_MS,
);
