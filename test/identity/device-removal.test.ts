import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceRemovedError, deviceListOf, renameDevice } from '../../main/identity/device-list.ts';
import type { Removal } from '../../main/identity/device-list.ts';
import { PREVIOUS_MAX, signEntry } from '../../main/identity/device-list-entry.ts';
import type { PeerId } from '../../main/helpers/ids.ts';
import { hashOfEntry, ListMaker } from '../helpers/device-lists.ts';
import { keysOf } from '../helpers/identities.ts';

const maker = new ListMaker();
const peer = (device: number) => keysOf(device).peerId;

/** The devices that are members, as numbers. */
function membersOf(entries: readonly Uint8Array[]): number[] {
  const { members } = deviceListOf(maker.id, entries) ?? { members: new Map() };
  return [0, 1, 2, 3, 4, 5].filter((device) => members.has(peer(device)));
}

describe('removal from the device list', () => {
  const three = maker.members(3);

  it('takes the device off the list, and says which it was, who did it and when', () => {
    const entries = [...three, maker.remove(1, 2, three, 77)];
    expect(membersOf(entries)).toEqual([0, 1]);
    expect(deviceListOf(maker.id, entries)?.removed).toEqual(
      new Map([[peer(2), { name: 'device 2', role: 'device', by: peer(1), at: 77 }]]),
    );
  });

  it('beats an addition that was made at the same time', () => {
    const remove = maker.remove(1, 2, three);
    const addAgain = maker.add(0, 2, three);
    expect(membersOf([...three, addAgain, remove])).toEqual([0, 1]);
  });

  it('is for good, whoever adds the device again', () => {
    const removed = [...three, maker.remove(1, 2, three)];
    const again = signEntry(keysOf(0), {
      kind: 'add',
      listId: maker.id,
      subject: peer(2),
      at: 99,
      previous: [hashOfEntry(removed.at(-1) ?? maker.root)],
    });
    expect(membersOf([...removed, again])).toEqual([0, 1]);
    expect(() => maker.add(0, 2, removed)).toThrow(DeviceRemovedError);
  });

  it('makes what the device signs afterwards void', () => {
    const removed = [...three, maker.remove(0, 2, three)];
    const later = {
      listId: maker.id,
      at: 99,
      previous: [hashOfEntry(removed.at(-1) ?? maker.root)],
    };
    const hostile = [
      signEntry(keysOf(2), { kind: 'add', subject: peer(3), ...later }),
      signEntry(keysOf(2), { kind: 'remove', subject: peer(0), ...later }),
      signEntry(keysOf(2), { kind: 'rename', subject: peer(1), name: 'mine', ...later }),
    ];
    const [after, before] = [[...removed, ...hostile], removed].map((entries) =>
      deviceListOf(maker.id, entries),
    );
    expect(after?.members).toEqual(before?.members);
    expect(after?.removed).toEqual(before?.removed);
    expect(() => maker.add(2, 3, removed)).toThrow(DeviceRemovedError);
  });

  it('does not let a thief add a device as if before the removal', () => {
    const remove = maker.remove(0, 2, three);
    const backdated = maker.add(2, 3, three, { at: 1 });
    const byItsGuest = maker.add(3, 4, [...three, backdated], { at: 1 });
    expect(membersOf([...three, backdated, byItsGuest])).toEqual([0, 1, 2, 3, 4]);
    expect(membersOf([...three, backdated, byItsGuest, remove])).toEqual([0, 1]);
    // Nor by a removal of its own that knows of the addition.
    const fake = maker.remove(3, 2, [...three, backdated]);
    expect(membersOf([...three, backdated, byItsGuest, remove, fake])).toEqual([0, 1]);
  });

  it('leaves what the device did before, as far as its remover knew of it', () => {
    const four = [...three, maker.add(2, 3, three)];
    const five = [...four, maker.add(3, 4, four)];
    expect(membersOf([...five, maker.remove(0, 2, five)])).toEqual([0, 1, 3, 4]);
    // One remover knew, the other did not: what not all of them knew of is void.
    const unaware = [...three, maker.remove(1, 2, three)];
    const both = [...five, maker.remove(0, 2, five), ...unaware];
    expect(membersOf(both)).toEqual([0, 1]);
    // Added again by a member, it is back: its own key was never removed. What it signed before that stays void.
    const again = maker.add(1, 3, unaware);
    expect(membersOf([...both, again])).toEqual([0, 1, 3]);
    expect(membersOf([again, ...both].reverse())).toEqual([0, 1, 3]);
    expect(membersOf([again, ...both])).toEqual([0, 1, 3]);
  });

  it('by a key that was removed before counts for nothing, whatever it links to and in whatever order it comes', () => {
    // Device 0 made the list, was removed long ago, and everybody knows. Its key turns up again.
    const removal = maker.remove(1, 0, three);
    const seen = [...three, removal];
    const later = [...seen, maker.confirm(2, seen)];
    const hostile = [
      maker.remove(0, 1, three, 1),
      maker.remove(0, 2, three, 1),
      maker.remove(0, 1, [maker.root, ...three.slice(1, 2)], 0),
      maker.remove(0, 1, later.slice(0, 3)),
    ];
    const guest = maker.add(0, 3, three, { at: 1 });
    const byGuest = [
      maker.remove(3, 1, [...three, guest]),
      maker.remove(3, 2, [...three, guest]),
      maker.confirm(3, [...three, guest, ...hostile]),
    ];
    const all = [...later, ...hostile, guest, ...byGuest];
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (arrived) => {
        expect(membersOf(arrived)).toEqual([1, 2]);
      }),
      { numRuns: 100 },
    );
  });

  it('by a key that was removed counts where its remover knew of it', () => {
    const known = [...three, maker.remove(1, 2, three)];
    expect(membersOf([...known, maker.remove(0, 1, known)])).toEqual([0]);
    // The remover did not know: the removed device is back, until another one removes it.
    expect(membersOf([...known, maker.remove(0, 1, three)])).toEqual([0, 2]);
  });

  it('of each other at the same time leaves the one that was there first, and asks a person', () => {
    const entries = [...three, maker.remove(1, 2, three), maker.remove(2, 1, three)];
    const list = deviceListOf(maker.id, entries);
    expect(membersOf(entries)).toEqual([0, 1]);
    expect(list?.disputes).toEqual([{ kept: peer(1), lost: peer(2) }]);
    // Neither of the two takes the other's word for it.
    expect(deviceListOf(maker.id, entries, peer(2))?.removed.has(peer(1))).toBe(true);
    const settled = [...entries, maker.settle(0, 2, 1, entries)];
    expect(membersOf(settled)).toEqual([0, 2]);
    expect(deviceListOf(maker.id, settled)?.disputes).toEqual([]);
    expect(deviceListOf(maker.id, settled, peer(1))?.removed.has(peer(1))).toBe(true);
    const other = [...entries, maker.settle(0, 1, 2, entries)];
    expect(deviceListOf(maker.id, other)?.disputes).toEqual([]);
    expect(membersOf(other)).toEqual([0, 1]);
  });

  it('of each other goes by what the others had seen first, whoever is older', () => {
    const four = maker.members(4);
    const [mine, theirs] = [maker.remove(2, 1, four), maker.remove(1, 2, four)];
    const seen = maker.confirm(3, [...four, mine]);
    expect(membersOf([...four, theirs, mine])).toEqual([0, 1, 3]);
    expect(membersOf([...four, theirs, seen, mine])).toEqual([0, 2, 3]);
    expect(membersOf([...four, theirs, seen, mine, maker.confirm(0, [...four, theirs])])).toEqual([
      0, 1, 3,
    ]);
  });

  it('may be of the first device, of oneself, and of a device that nobody knows yet', () => {
    expect(membersOf([...three, maker.remove(1, 0, three)])).toEqual([1, 2]);
    expect(membersOf([...three, maker.remove(1, 1, three)])).toEqual([0, 2]);
    const unknown = [...three, maker.remove(1, 4, three), maker.add(0, 4, three)];
    expect(membersOf(unknown)).toEqual([0, 1, 2]);
    const alone = [maker.root, maker.remove(0, 0, [maker.root])];
    expect(deviceListOf(maker.id, alone)?.members.size).toBe(0);
  });

  it('works against a key that floods the list with forks', () => {
    const first = [maker.root, maker.add(0, 2, [maker.root])];
    const addOne = maker.add(0, 1, [maker.root]);
    // As many as fit among the links, all without the entry that added device 1 in their past.
    const forks = [];
    for (let at = 0; forks.length < PREVIOUS_MAX; at++) {
      const fork = renameDevice(keysOf(2), maker.id, first, { peerId: peer(2), name: 'fork', at });
      if (hashOfEntry(fork) < hashOfEntry(addOne)) forks.push(fork);
    }
    const flooded = [...first, addOne, ...forks];
    expect(membersOf([...flooded, maker.remove(1, 2, flooded)])).toEqual([0, 1]);
  });
});

describe('renaming in the device list', () => {
  const two = maker.members(2);
  const rename = (by: number, name: string, at: number, known: readonly Uint8Array[]) =>
    renameDevice(keysOf(by), maker.id, known, { peerId: peer(1), name, at });
  const nameIn = (entries: readonly Uint8Array[]) =>
    deviceListOf(maker.id, entries)?.members.get(peer(1))?.name;

  it('goes by what came after, whatever the clocks say, and by the clocks only between forks', () => {
    const early = rename(0, 'early', 500, two);
    const late = rename(1, 'late', 3, [...two, early]);
    expect(nameIn([...two, late, early])).toBe('late');
    const fork = rename(0, 'fork', 4, [...two, early]);
    expect(nameIn([...two, late, early, fork])).toBe('fork');
  });
});

/** A step of a history: who signs what about whom, after which of the entries so far. */
const step = fc.record({
  by: fc.nat(4),
  subject: fc.nat(4),
  kind: fc.constantFrom('add', 'add', 'add', 'remove', 'rename' as const),
  /** Counted from the newest: mostly a chain, with forks. */
  after: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }),
  at: fc.nat(9),
});

const four = maker.members(4);

/** Any history of what begins as a list of four, of entries that may be in order or not, each behind those it links to. */
const history = fc.array(step, { maxLength: 12 }).map((steps) => {
  const entries = [...four];
  for (const { by, subject, kind, after, at } of steps) {
    const previous = after.map((number) => entries.at(-1 - number) ?? maker.root);
    const hashes = [...new Set(previous.map(hashOfEntry))];
    const fields = { kind, subject: peer(subject), listId: maker.id, name: `${at}`, at };
    entries.push(signEntry(keysOf(by), { ...fields, previous: hashes }));
  }
  return entries;
});

describe('any history of the device list', () => {
  it('amounts to the same in any order, with duplicates and with junk among it', () => {
    const arrival = history.chain((entries) =>
      fc.tuple(
        fc.constant(entries),
        fc
          .array(fc.oneof(fc.constantFrom(...entries), fc.uint8Array({ maxLength: 90 })))
          .chain((more) =>
            fc.shuffledSubarray([...entries, ...more], {
              minLength: entries.length + more.length,
            }),
          ),
      ),
    );
    fc.assert(
      fc.property(arrival, ([entries, arrived]) => {
        const list = deviceListOf(maker.id, arrived);
        expect(list).toEqual(deviceListOf(maker.id, entries));
        expect([...(list?.members.keys() ?? [])]).toEqual([
          ...(deviceListOf(maker.id, entries)?.members.keys() ?? []),
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it('brings a removed key back only where those who removed it were removed, by somebody who did not know', () => {
    let removals = 0;
    fc.assert(
      fc.property(
        history.chain((entries) => fc.tuple(fc.constant(entries), fc.nat(entries.length))),
        ([entries, early]) => {
          const before =
            deviceListOf(maker.id, entries.slice(0, early))?.removed ?? new Map<PeerId, Removal>();
          const after = deviceListOf(maker.id, entries);
          for (const [key, { by }] of before) {
            removals++;
            const isRemoved = after?.removed.has(key) === true;
            expect(isRemoved || after?.removed.has(by) === true || !after?.members.has(by)).toBe(
              true,
            );
            if (isRemoved) expect(after.members.has(key)).toBe(false);
          }
        },
      ),
    );
    expect(removals).toBeGreaterThan(0);
  });

  it('has as members only devices that a chain of additions leads to', () => {
    fc.assert(
      fc.property(history, (entries) => {
        const list = deviceListOf(maker.id, entries);
        for (const { peerId, addedBy } of list?.members.values() ?? []) {
          expect(addedBy === undefined).toBe(peerId === peer(0));
          if (addedBy === undefined) continue;
          expect([list?.members.has(addedBy), list?.removed.has(addedBy)]).toContain(true);
        }
      }),
    );
  });
});
