import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDevice,
  createDeviceList,
  deviceListOf,
  listIdOfEntry,
} from '../../main/identity/device-list.ts';
import type { DeviceListId } from '../../main/identity/device-list.ts';
import { DeviceListEntry } from '../../main/proto/identity.ts';
import { signEntry } from '../../main/identity/device-list-entry.ts';
import { hashOfEntry, ListMaker } from '../helpers/device-lists.ts';
import { keysOf } from '../helpers/identities.ts';

const described = (name: string, at: number) => ({ name, system: 'Linux', at });
const [first, second, third, stranger] = [keysOf(0), keysOf(1), keysOf(2), keysOf(3)];

function listOfThree(): { id: DeviceListId; entries: Uint8Array[] } {
  const root = createDeviceList(first, described('first', 1));
  const id = listIdOfEntry(root);
  if (!id) throw new Error('the creating entry is not valid');
  const addSecond = addDevice(first, id, [root], {
    peerId: second.peerId,
    ...described('second', 2),
  });
  // Added by a device that was itself added: it counts only once that entry has come.
  const addThird = addDevice(second, id, [root, addSecond], {
    peerId: third.peerId,
    ...described('third', 3),
  });
  return { id, entries: [root, addSecond, addThird] };
}

describe('the device list', () => {
  it('names each device, and who added it', () => {
    const { id, entries } = listOfThree();
    const members = [...(deviceListOf(id, entries)?.members.values() ?? [])];
    expect(members).toMatchObject([
      { peerId: first.peerId, name: 'first', addedBy: undefined },
      { peerId: second.peerId, name: 'second', addedBy: first.peerId },
      { peerId: third.peerId, name: 'third', addedBy: second.peerId },
    ]);
  });

  it('shows names that are fit to be shown, whoever gave them', () => {
    const maker = new ListMaker();
    const named = addDevice(keysOf(0), maker.id, [maker.root], {
      ...{ peerId: keysOf(1).peerId, system: '\n', at: 2 },
      name: ` \u202eLap\u0007top${'!'.repeat(200)}`,
    });
    const member = deviceListOf(maker.id, [maker.root, named])?.members.get(keysOf(1).peerId);
    expect(member?.name).toBe(`Laptop${'!'.repeat(94)}`);
    expect(member?.system).not.toContain('\n');
  });

  it('is the same for every order, and with entries that come more than once', () => {
    const { id, entries } = listOfThree();
    const expected = deviceListOf(id, entries)?.members;
    const arrivals = fc
      .array(fc.constantFrom(...entries), { maxLength: 6 })
      .map((more) => [...entries, ...more]);
    fc.assert(
      fc.property(
        arrivals.chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
        (arrived) => {
          const members = deviceListOf(id, arrived)?.members;
          expect(new Map([...(members ?? [])].sort())).toEqual(
            new Map([...(expected ?? [])].sort()),
          );
        },
      ),
    );
  });

  it('does not count what a stranger has signed, whoever it names', () => {
    const { id, entries } = listOfThree();
    const hostile = [
      signEntry(stranger, {
        kind: 'add',
        listId: id,
        subject: stranger.peerId,
        previous: [...entries.map(hashOfEntry)],
        ...described('me', 4),
      }),
      createDeviceList(stranger, described('another list', 5)),
      new Uint8Array([1, 2, 3]),
      new Uint8Array(5_000),
    ];
    expect(() =>
      addDevice(stranger, id, entries, { peerId: stranger.peerId, ...described('me', 4) }),
    ).toThrow(RangeError);
    const list = deviceListOf(id, [...hostile, ...entries, ...hostile]);
    expect([...(list?.members.keys() ?? [])].sort()).toEqual(
      [first.peerId, second.peerId, third.peerId].sort(),
    );
  });

  it('does not count an entry in which a byte was changed', () => {
    const { id, entries } = listOfThree();
    const [root, addSecond] = entries as [Uint8Array, Uint8Array];
    const change = new Uint8Array(DeviceListEntry.decode(addSecond).change);
    fc.assert(
      fc.property(fc.nat(change.byteLength - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const altered = new Uint8Array(change);
        altered[at] = (altered[at] ?? 0) ^ flip;
        const forged = DeviceListEntry.encode({
          ...DeviceListEntry.decode(addSecond),
          change: altered,
        });
        expect(deviceListOf(id, [root, forged])?.members.size).toBe(1);
      }),
    );
  });

  it('is undefined without the entry that created it', () => {
    const { id, entries } = listOfThree();
    expect(deviceListOf(id, entries.slice(1))).toBeUndefined();
  });
});
