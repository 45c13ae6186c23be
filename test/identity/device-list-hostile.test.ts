import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../main/helpers/bytes.ts';
import { peerIdToBytes } from '../../main/helpers/peer-id.ts';
import { createDeviceList, deviceListOf, timeOfEntry } from '../../main/identity/device-list.ts';
import { ENTRY_BYTES_MAX, PREVIOUS_MAX, signEntry } from '../../main/identity/device-list-entry.ts';
import type { EntryFields } from '../../main/identity/device-list-entry.ts';
import { sign } from '../../main/identity/signing.ts';
import { DeviceChange, DeviceListEntry } from '../../main/proto/identity.ts';
import { hashOfEntry, ListMaker } from '../helpers/device-lists.ts';
import { keysOf } from '../helpers/identities.ts';

const maker = new ListMaker();
const two = maker.members(2);
const addsThird: EntryFields = {
  kind: 'add',
  listId: maker.id,
  subject: keysOf(2).peerId,
  at: 5,
  previous: two.slice(1).map(hashOfEntry),
};

/** An entry of device 0 with anything in it. */
function crafted(change: Partial<DeviceChange>): Uint8Array {
  const encoded = DeviceChange.encode({
    version: 1,
    kind: 1,
    listId: fromHex(maker.id),
    subject: peerIdToBytes(keysOf(2).peerId),
    name: '',
    system: '',
    at: 5n,
    previous: addsThird.previous.map(fromHex),
    ...change,
  });
  const { peerId, seed } = keysOf(0);
  return DeviceListEntry.encode({
    change: encoded,
    signer: peerIdToBytes(peerId),
    signature: sign(seed, 'reunion device list entry', encoded),
  });
}

const countWith = (...entries: Uint8Array[]) =>
  deviceListOf(maker.id, [...two, ...entries])?.members.size;

describe('hostile entries', () => {
  it('crafted as it should be, an entry counts', () => {
    expect(countWith(signEntry(keysOf(0), addsThird))).toBe(3);
    expect(countWith(crafted({}))).toBe(3);
  });

  it.each([
    ['another version', { version: 2 }],
    ['another list', { listId: fromHex(hashOfEntry(two[1] ?? maker.root)) }],
    ['no list', { listId: new Uint8Array(0) }],
    ['no links', { previous: [] }],
    ['a link to nothing', { previous: [new Uint8Array(32)] }],
    ['a link twice', { previous: [fromHex(maker.id), fromHex(maker.id)] }],
    ['a short link', { previous: [fromHex(maker.id).subarray(1)] }],
    [
      'too many links',
      {
        previous: Array.from({ length: PREVIOUS_MAX + 1 }, (_, byte) =>
          new Uint8Array(32).fill(byte),
        ),
      },
    ],
    ['a subject that is no device', { subject: new Uint8Array(38) }],
    ['a time that no date can show', { at: 2n ** 63n }],
    ['the creation of a list', { kind: 0 }],
    ['too many bytes', { system: 'x'.repeat(ENTRY_BYTES_MAX) }],
  ] as [string, Partial<DeviceChange>][])('with %s do not count', (_, change) => {
    expect(countWith(crafted(change))).toBe(2);
  });

  it('of strangers do not count, nor what links to them', () => {
    const byStranger = signEntry(keysOf(5), addsThird);
    const built = signEntry(keysOf(0), { ...addsThird, previous: [hashOfEntry(byStranger)] });
    expect(countWith(byStranger, built)).toBe(2);
  });

  it('do not count for a device that was added elsewhere than in their past', () => {
    const addStranger = maker.add(0, 5, two);
    const early = signEntry(keysOf(5), addsThird);
    expect(countWith(addStranger, early)).toBe(3);
    const removes = signEntry(keysOf(5), { ...addsThird, kind: 'remove' });
    expect(countWith(addStranger, removes, maker.add(0, 2, two))).toBe(4);
    expect(countWith(removes, maker.add(0, 2, two), addStranger)).toBe(4);
    const later = signEntry(keysOf(5), { ...addsThird, previous: [hashOfEntry(addStranger)] });
    expect(countWith(addStranger, later)).toBe(4);
  });

  it('that are another encoding of a good one do not count: copies could fill the list', () => {
    const good = signEntry(keysOf(0), addsThird);
    const padded = new Uint8Array([...good, 0x20, 0x01]);
    expect(countWith(padded)).toBe(2);
    expect(countWith(padded, good)).toBe(3);
  });

  it('old additions change nothing when they come again after a removal', () => {
    const added = [...two, maker.add(0, 2, two)];
    const removed = [...added, maker.remove(1, 2, added)];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...added)), (again) => {
        expect(deviceListOf(maker.id, [...removed, ...again])?.members.size).toBe(2);
      }),
    );
  });

  it('of a kind that only a later version knows are links like any other, and change nothing', () => {
    const later = crafted({ kind: 200, subject: new Uint8Array(0) });
    const next = signEntry(keysOf(0), { ...addsThird, previous: [hashOfEntry(later)] });
    expect(countWith(later)).toBe(2);
    expect(countWith(next)).toBe(2);
    expect(countWith(next, later)).toBe(3);
  });

  it('in other lists do not matter', () => {
    const other = createDeviceList(keysOf(5), { name: 'other', system: 'Linux', at: 1 });
    expect(countWith(other)).toBe(2);
    expect(() => timeOfEntry(new Uint8Array([1]))).toThrow(RangeError);
  });

  it('cannot be kept from counting by withholding another one that they link to', () => {
    const withheld = maker.add(1, 3, two);
    const removal = maker.remove(0, 1, [...two, withheld]);
    const without = deviceListOf(maker.id, [...two, removal]);
    expect(without?.removed.has(keysOf(1).peerId)).toBe(true);
    const whole = deviceListOf(maker.id, [...two, removal, withheld]);
    expect(whole?.members.has(keysOf(3).peerId)).toBe(true);
  });

  it('in thousands, by a key in wrong hands, keep nobody from removing it, whichever of them a device has', () => {
    const three = [...two, maker.add(0, 2, two)];
    const flood = Array.from({ length: 1_000 }, (_, at) =>
      signEntry(keysOf(2), {
        kind: 'address',
        listId: maker.id,
        subject: keysOf(2).peerId,
        at,
        previous: [three.at(-1) ?? maker.root].map(hashOfEntry),
      }),
    );
    const [here, there] = [flood.slice(0, 600), flood.slice(400)];
    const removal = maker.remove(1, 2, [...three, ...here]);
    for (const known of [here, there, flood, []]) {
      const list = deviceListOf(maker.id, [...three, ...known, removal]);
      expect([...(list?.members.keys() ?? [])]).toEqual([keysOf(0).peerId, keysOf(1).peerId]);
    }
  });
});
