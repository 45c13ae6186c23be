import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceGroup } from '../../main/group/device-group.ts';
import { createContentKey } from '../../main/identity/content-key.ts';
import { ContentKeyring } from '../../main/identity/content-keyring.ts';
import { deviceListOf } from '../../main/identity/device-list.ts';
import { signEntry } from '../../main/identity/device-list-entry.ts';
import { readKeyEntry, signKeyEntry } from '../../main/identity/key-entry.ts';
import { hashOfEntry, ListMaker } from '../helpers/device-lists.ts';
import { keysOf } from '../helpers/identities.ts';

const maker = new ListMaker();
const peer = (device: number) => keysOf(device).peerId;
const [DEVICE, OTHER, MAILBOX, RECOVERY, STRANGER] = [0, 1, 2, 3, 4];

function listOf(entries: readonly Uint8Array[]) {
  const list = deviceListOf(maker.id, entries);
  if (!list) throw new Error('no list');
  return list;
}

const two = maker.members(2);
const withMailbox = [...two, maker.add(DEVICE, MAILBOX, two, { role: 'mailbox' })];
const all = [...withMailbox, maker.add(DEVICE, RECOVERY, withMailbox, { role: 'recovery' })];
const list = listOf(all);

/** What the mailbox signs, as a modified program would. */
function byMailbox(kind: 'add' | 'remove' | 'rename', subject: number, known: Uint8Array[]) {
  return signEntry(keysOf(MAILBOX), {
    kind,
    listId: maker.id,
    subject: peer(subject),
    name: 'by the mailbox',
    at: 100,
    previous: known.slice(-1).map(hashOfEntry),
  });
}

describe('the role of a member', () => {
  it('is what the device that added it has said, in whatever order the entries arrive', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (arrived) => {
        const roles = [...listOf(arrived).members.values()].map(({ peerId, role }) => [
          peerId,
          role,
        ]);
        expect(new Map(roles as [string, string][])).toEqual(
          new Map([
            [peer(DEVICE), 'device'],
            [peer(OTHER), 'device'],
            [peer(MAILBOX), 'mailbox'],
            [peer(RECOVERY), 'recovery'],
          ]),
        );
      }),
    );
  });

  it('gives a mailbox no say in the list', () => {
    for (const entry of [
      byMailbox('add', STRANGER, all),
      byMailbox('remove', DEVICE, all),
      byMailbox('rename', OTHER, all),
    ]) {
      expect(listOf([...all, entry])).toEqual(list);
    }
  });

  it('gives a recovery key a say: it adds a device, and removes one', () => {
    const added = [...all, maker.add(RECOVERY, STRANGER, all)];
    expect(listOf(added).members.get(peer(STRANGER))?.addedBy).toBe(peer(RECOVERY));
    const removed = [...added, maker.remove(RECOVERY, OTHER, added)];
    expect(listOf(removed).removed.get(peer(OTHER))?.by).toBe(peer(RECOVERY));
  });

  it('of a device that two have added at the same time is the lesser one', () => {
    const asMailbox = maker.add(DEVICE, STRANGER, two, { role: 'mailbox' });
    const asDevice = maker.add(OTHER, STRANGER, two);
    for (const entries of [
      [...two, asMailbox, asDevice],
      [...two, asDevice, asMailbox],
    ]) {
      expect(listOf(entries).members.get(peer(STRANGER))?.role).toBe('mailbox');
    }
  });

  it('decides with whom to synchronize: with mailboxes, not with a key on paper', () => {
    const group = new DeviceGroup(peer(DEVICE));
    group.follow(list);
    expect([...group.members.keys()].sort()).toEqual([peer(OTHER), peer(MAILBOX)].sort());
  });
});

const NOW = 1_800_000_000_000;
const USE = { now: NOW, messages: () => 0 };

describe('content keys', () => {
  const ring = (device: number, entries: readonly Uint8Array[], of = list) =>
    new ContentKeyring(keysOf(device), of, entries);
  const first = ring(DEVICE, []).startEpoch(NOW);

  it('are sealed to devices and to the recovery key, and to no mailbox', () => {
    const readers = [...(readKeyEntry(first)?.sealed.keys() ?? [])].sort();
    expect(readers).toEqual([peer(DEVICE), peer(OTHER), peer(RECOVERY)].sort());
    expect(ring(MAILBOX, [first]).current(USE)).toBeUndefined();
    expect(ring(RECOVERY, [first]).current(USE)).toEqual(ring(OTHER, [first]).current(USE));
    expect(ring(DEVICE, [first]).passOn(NOW)).toEqual([]);
  });

  it('that a mailbox was given are not used, and those that it started are not even read', () => {
    const key = createContentKey();
    const devices = [peer(DEVICE), peer(OTHER), peer(MAILBOX)];
    const fields = { listId: maker.id, key, generation: 9, at: NOW, devices };
    const leaked = signKeyEntry(keysOf(OTHER), fields, randomBytes);
    expect(ring(DEVICE, [first, leaked]).current(USE)).toEqual(ring(DEVICE, [first]).current(USE));
    const planted = signKeyEntry(keysOf(MAILBOX), fields, randomBytes);
    expect(ring(DEVICE, [planted]).get(key.epoch)).toBeUndefined();
    const without = listOf([...all, maker.remove(DEVICE, MAILBOX, all)]);
    expect(ring(DEVICE, [planted], without).get(key.epoch)).toBeUndefined();
    expect(ring(DEVICE, [leaked], without).get(key.epoch)).toEqual(key);
  });
});
