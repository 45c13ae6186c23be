import { describe, expect, it } from 'vitest';
import {
  ENTRIES_PER_SIGNER_MAX,
  ListAdmission,
  NAMED_KEYS_MAX,
  REMOVALS_PER_SIGNER_MAX,
} from '../../../main/device/admission/list-admission.ts';
import {
  KEY_ENTRIES_PER_SIGNER_MAX,
  KeyLogAdmission,
} from '../../../main/device/admission/key-log-admission.ts';
import { createContentKey } from '../../../main/identity/content-key.ts';
import { contentKeyGroup, deviceListGroup } from '../../../main/identity/device-list.ts';
import { signEntry } from '../../../main/identity/device-list-entry.ts';
import { signKeyEntry } from '../../../main/identity/key-entry.ts';
import { toMessageId } from '../../../main/mvds/ids.ts';
import { ContentKeyEntry, DeviceListEntry } from '../../../main/proto/identity.ts';
import { hashOfEntry, ListMaker } from '../../helpers/device-lists.ts';
import { keysOf } from '../../helpers/identities.ts';
import { entryMessage, messageOf } from '../../helpers/made-messages.ts';

const maker = new ListMaker();
const two = maker.members(2);
const [group, keyGroup] = [deviceListGroup(maker.id), contentKeyGroup(maker.id)];

function admissions() {
  const list = new ListAdmission(maker.id);
  list.follow(two);
  const keyLog = new KeyLogAdmission(maker.id, (peer) => list.hasNamed(peer));
  return { list, keyLog };
}

const fill = (length: number) => new Uint8Array(length).fill(3);
const keyEntry = (by: number, at: number) =>
  signKeyEntry(
    keysOf(by),
    { listId: maker.id, key: createContentKey(), generation: 1, devices: [keysOf(0).peerId], at },
    fill,
  );

describe('admission to the device list', () => {
  it('takes an entry under its own time, without metadata, and under no other', () => {
    const { list } = admissions();
    const entry = maker.add(0, 2, two);
    const message = entryMessage(group, entry);
    const redated = messageOf(group, message.timestamp + 1n, entry);
    expect(list.admit(redated)).toMatchObject({ type: 'reject' });
    const parents = { parents: [toMessageId(fill(32))], ephemeral: false };
    expect(list.admit({ ...message, metadata: parents })).toMatchObject({ type: 'reject' });
    const ephemeral = { parents: [], ephemeral: true };
    expect(list.admit({ ...message, metadata: ephemeral })).toMatchObject({ type: 'reject' });
    expect(list.admit(message)).toEqual({ type: 'accept' });
  });

  it('rejects what is no entry, or of another list', () => {
    const { list } = admissions();
    const other = new ListAdmission(hashOfEntry(two[1] ?? maker.root) as typeof maker.id);
    expect(list.admit(messageOf(group, 1n, fill(8)))).toMatchObject({ type: 'reject' });
    expect(list.admit(messageOf(group, 1n, new Uint8Array()))).toMatchObject({ type: 'reject' });
    expect(other.admit(entryMessage(group, two[1] ?? maker.root))).toMatchObject({
      type: 'reject',
    });
  });

  it('asks who has signed before it looks whether that is so: a stranger costs no signature check', () => {
    const { list } = admissions();
    const byStranger = maker.add(0, 2, two);
    const outer = DeviceListEntry.decode(byStranger);
    // Not signed at all; were that looked at first, it would be rejected.
    const unsigned = DeviceListEntry.encode({ ...outer, signature: fill(64) });
    const { peerId } = keysOf(5);
    const strangers = signEntry(keysOf(5), {
      ...{ kind: 'add', listId: maker.id, subject: peerId, at: 5, previous: two.map(hashOfEntry) },
    });
    const forged = DeviceListEntry.encode({
      ...DeviceListEntry.decode(strangers),
      signature: fill(64),
    });
    expect(list.admit(entryMessage(group, forged))).toMatchObject({ type: 'hold' });
    expect(list.admit(entryMessage(group, unsigned))).toMatchObject({
      type: 'reject',
      reason: 'an entry that was not signed',
    });
  });

  it('holds the entry of a signer until another one names it', () => {
    const { list } = admissions();
    const adds = maker.add(0, 2, two);
    const byNew = maker.confirm(2, [...two, adds]);
    expect(list.admit(entryMessage(group, byNew))).toMatchObject({ type: 'hold' });
    expect(list.admit(entryMessage(group, adds))).toEqual({ type: 'accept' });
    expect(list.admit(entryMessage(group, byNew))).toEqual({ type: 'accept' });
  });

  it('takes so many entries of a signer, and so many removals, and leaves room for the others', () => {
    const { list } = admissions();
    const previous = two.map(hashOfEntry);
    const sign = (by: number, kind: 'address' | 'remove', at: number) =>
      signEntry(keysOf(by), { kind, listId: maker.id, subject: keysOf(by).peerId, at, previous });
    const admitted = (by: number, kind: 'address' | 'remove', count: number) => {
      const verdicts = Array.from({ length: count }, (_, at) =>
        list.admit(entryMessage(group, sign(by, kind, 1_000 + at))),
      );
      return verdicts.filter(({ type }) => type === 'accept').length;
    };
    expect(admitted(1, 'remove', REMOVALS_PER_SIGNER_MAX + 5)).toBe(REMOVALS_PER_SIGNER_MAX);
    const left = ENTRIES_PER_SIGNER_MAX - REMOVALS_PER_SIGNER_MAX;
    expect(admitted(1, 'address', left + 5)).toBe(left);
    expect(list.admit(entryMessage(group, maker.remove(0, 1, two)))).toEqual({ type: 'accept' });
  });

  it('names so many keys and no more', () => {
    const { list } = admissions();
    const previous = two.map(hashOfEntry);
    let accepted = 0;
    for (let number = 10; number < 10 + NAMED_KEYS_MAX; number += 1) {
      const subject = keysOf(number).peerId;
      const fields = { kind: 'add', listId: maker.id, subject, at: number, previous } as const;
      const verdict = list.admit(entryMessage(group, signEntry(keysOf(0), fields)));
      if (verdict.type === 'accept') accepted += 1;
    }
    // The first two are on the list already; keys of numbers above 254 are those of smaller ones again.
    expect(accepted).toBeLessThanOrEqual(NAMED_KEYS_MAX);
    expect(accepted).toBeGreaterThan(200);
  });
});

describe('admission to the log of content keys', () => {
  it('takes the entry of a device that the list has named, under its own time', () => {
    const { keyLog } = admissions();
    const entry = keyEntry(1, 50);
    expect(keyLog.admit(messageOf(keyGroup, 51n, entry))).toMatchObject({ type: 'reject' });
    expect(keyLog.admit(entryMessage(keyGroup, entry))).toEqual({ type: 'accept' });
  });

  it('asks who has signed before it looks whether that is so', () => {
    const { keyLog } = admissions();
    const forged = (by: number) => {
      const outer = ContentKeyEntry.decode(keyEntry(by, 60));
      return entryMessage(keyGroup, ContentKeyEntry.encode({ ...outer, signature: fill(64) }));
    };
    expect(keyLog.admit(forged(5))).toMatchObject({ type: 'hold' });
    expect(keyLog.admit(forged(1))).toMatchObject({ type: 'reject' });
  });

  it('takes so many entries of a signer', () => {
    const { keyLog } = admissions();
    const entry = keyEntry(1, 70);
    const { change } = ContentKeyEntry.decode(entry);
    // As they are stored: with the last bytes of the signature making each another one.
    const stored = Array.from({ length: KEY_ENTRIES_PER_SIGNER_MAX }, (_, number) => {
      const signature = fill(64);
      new DataView(signature.buffer).setUint32(0, number);
      return ContentKeyEntry.encode({ ...ContentKeyEntry.decode(entry), change, signature });
    });
    keyLog.follow(stored);
    expect(keyLog.admit(entryMessage(keyGroup, entry))).toMatchObject({ type: 'reject' });
    expect(keyLog.admit(entryMessage(keyGroup, keyEntry(0, 71)))).toEqual({ type: 'accept' });
  });
});
