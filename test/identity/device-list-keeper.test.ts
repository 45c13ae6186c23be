import { describe, expect, it } from 'vitest';
import { BodyAdmission } from '../../main/device/admission/body-admission.ts';
import { DeviceAdmission } from '../../main/device/admission/device-admission.ts';
import { DeviceListKeeper } from '../../main/device/device-list-keeper.ts';
import { DeviceGroup } from '../../main/group/device-group.ts';
import type { GroupId } from '../../main/helpers/ids.ts';
import { deviceListGroup } from '../../main/identity/device-list.ts';
import { messageIdOf } from '../../main/mvds/ids.ts';
import { MemoryMessages } from '../../main/mvds/memory-messages.ts';
import { ListMaker } from '../helpers/device-lists.ts';
import { keysOf } from '../helpers/identities.ts';

/** There are no sealed groups here. */
const bodies = new BodyAdmission({
  open: () => ({ kind: 'garbled' }),
  isNamed: () => false,
  onAdmitted: () => undefined,
  isMailbox: () => false,
  roleOf: () => undefined,
  now: () => 0,
});

/** The keeper of a device with its group, over a store in memory. */
function keeperOf(device: number) {
  const messages = new MemoryMessages();
  const settings = new Map<string, unknown>();
  const group = new DeviceGroup(keysOf(device).peerId);
  const arrive = async (groupId: GroupId, timestamp: bigint, body: Uint8Array) => {
    const metadata = { parents: [], ephemeral: false };
    const message = {
      id: messageIdOf(groupId, timestamp, body),
      groupId,
      timestamp,
      body,
      metadata,
    };
    messages.add({ message, delivered: true, source: undefined });
  };
  const keeper = new DeviceListKeeper({
    keys: keysOf(device),
    messages,
    settings: {
      get: async (key) => settings.get(key),
      set: async (key, value) => void settings.set(key, value),
    },
    group,
    admission: new DeviceAdmission(bodies),
    onChange: () => undefined,
  });
  return { keeper, group, arrive };
}

describe('a device that follows the device list', () => {
  const maker = new ListMaker();
  const three = maker.members(3);
  const removal = maker.remove(1, 2, three);
  const peer = (device: number) => keysOf(device).peerId;

  it('no longer has a removed device in its group once the removal has arrived', async () => {
    const { keeper, group, arrive } = keeperOf(0);
    await keeper.adopt(arrive, three);
    expect([...group.members.keys()]).toEqual([peer(1), peer(2)]);
    await arrive(deviceListGroup(maker.id), 9n, removal);
    await keeper.refresh();
    expect([...group.members.keys()]).toEqual([peer(1)]);
    expect(keeper.list?.removed.get(peer(2))?.by).toBe(peer(1));
  });

  it('tells of an earlier removal of the same device that arrives later', async () => {
    const { keeper, arrive } = keeperOf(0);
    await keeper.adopt(arrive, three);
    await arrive(deviceListGroup(maker.id), 9n, maker.remove(1, 2, three, 90));
    await keeper.refresh();
    expect(keeper.list?.removed.get(peer(2))).toMatchObject({ by: peer(1), at: 90 });
    await arrive(deviceListGroup(maker.id), 8n, maker.remove(0, 2, three, 80));
    await keeper.refresh();
    expect(keeper.list?.removed.get(peer(2))).toMatchObject({ by: peer(0), at: 80 });
  });

  it('has the entry that came last for a device it parts from, whatever its clock says', async () => {
    const { keeper, arrive } = keeperOf(0);
    await keeper.adopt(arrive, maker.members(6));
    const group = deviceListGroup(maker.id);
    for (let at = 1_000; at < 1_040; at += 1) {
      await arrive(group, BigInt(at), maker.add(0, 1, three, { at }));
    }
    await arrive(group, 2n, removal);
    const newest = await keeper.newest();
    expect(newest.at(-1)?.body).toEqual(removal);
    expect(newest.length).toBeLessThan(40);
  });

  it('takes nothing but the list once it was removed itself, and calls nobody', async () => {
    const { keeper, group, arrive } = keeperOf(2);
    await keeper.adopt(arrive, three);
    expect(group.members.size).toBe(2);
    await arrive(deviceListGroup(maker.id), 9n, removal);
    await keeper.refresh();
    expect([...group.members.keys()]).toEqual([peer(0), peer(1)]);
    for (const groups of group.members.values()) {
      expect([...groups]).toEqual([deviceListGroup(maker.id)]);
    }
    expect(group.isDialling).toBe(false);
  });
});
