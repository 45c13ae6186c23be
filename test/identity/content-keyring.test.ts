import { randomBytes } from 'node:crypto';
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peerIdOfPublicKey } from '../../main/helpers/peer-id.ts';
import { contentKeyOf, createContentKey } from '../../main/identity/content-key.ts';
import {
  ContentKeyring,
  EPOCH_MAX_MS,
  EPOCH_MESSAGES_MAX,
} from '../../main/identity/content-keyring.ts';
import type { EpochUse } from '../../main/identity/content-keyring.ts';
import { deviceListGroup, deviceListOf } from '../../main/identity/device-list.ts';
import type { DeviceList, DeviceListId } from '../../main/identity/device-list.ts';
import { readKeyEntry, signKeyEntry } from '../../main/identity/key-entry.ts';
import { openSecret, sealingKeyOf, sealSecretTo } from '../../main/identity/key-sealing.ts';
import { ContentKeyEntry } from '../../main/proto/identity.ts';
import { ListMaker } from '../helpers/device-lists.ts';
import { keysOf } from '../helpers/identities.ts';

const maker = new ListMaker();
const peer = (device: number) => keysOf(device).peerId;

function listOf(entries: readonly Uint8Array[]): DeviceList {
  const list = deviceListOf(maker.id, entries);
  if (!list) throw new Error('no list');
  return list;
}

/** The list of four, and what it becomes as device 0 removes 3, then 2. */
const four = maker.members(4);
const three = [...four, maker.remove(0, 3, four)];
const two = [...three, maker.remove(0, 2, three)];
const [ofFour, ofThree, ofTwo] = [listOf(four), listOf(three), listOf(two)];

const NOW = 1_800_000_000_000;
const USE: EpochUse = { now: NOW, messages: () => 0 };

const otherList = deviceListGroup(maker.id) as string as DeviceListId;

const keyring = (device: number, list: DeviceList, log: readonly Uint8Array[]) =>
  new ContentKeyring(keysOf(device), list, log);

describe('a secret sealed to a device', () => {
  const secret = randomBytes(32);
  const context = new Uint8Array([1, 2, 3]);
  const sealed = sealSecretTo(peer(1), secret, context, randomBytes);

  it('opens for that device alone, in its context alone', () => {
    expect(sealed).toHaveLength(80);
    expect(openSecret(keysOf(1).seed, sealed, context)).toEqual(new Uint8Array(secret));
    expect(openSecret(keysOf(2).seed, sealed, context)).toBeUndefined();
    expect(openSecret(keysOf(1).seed, sealed, new Uint8Array([1, 2]))).toBeUndefined();
    expect(openSecret(keysOf(1).seed, sealed.subarray(1), context)).toBeUndefined();
  });

  it('does not open with any bit changed', () => {
    fc.assert(
      fc.property(fc.nat(sealed.byteLength * 8 - 1), (bit) => {
        const changed = Uint8Array.from(sealed);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(openSecret(keysOf(1).seed, changed, context)).toBeUndefined();
      }),
    );
  });

  it('is sealed anew each time', () => {
    expect(sealSecretTo(peer(1), secret, context, randomBytes)).not.toEqual(sealed);
  });

  it('cannot be sealed to what is no key, or one whose shared secrets everybody knows', () => {
    const noPoint = peerIdOfPublicKey(new Uint8Array(32).fill(2));
    const small = ED25519_TORSION_SUBGROUP.map((hex) => ed25519.Point.fromHex(hex));
    const mixed = small.slice(1).map((point) => ed25519.Point.BASE.add(point));
    const weak = [...small, ...mixed].map((point) => peerIdOfPublicKey(point.toBytes()));
    for (const device of [noPoint, ...weak]) {
      expect(sealingKeyOf(device)).toBeUndefined();
      expect(() => sealSecretTo(device, secret, context, randomBytes)).toThrow(RangeError);
    }
    expect(openSecret(keysOf(1).seed, new Uint8Array(80), context)).toBeUndefined();
  });
});

describe('content keys', () => {
  const first = keyring(0, ofFour, []).startEpoch(NOW);

  it('reach every member, which then seal under the same one', () => {
    const keys = [0, 1, 2, 3].map((device) => keyring(device, ofFour, [first]).current(USE));
    expect(keys[0]).toBeDefined();
    for (const key of keys) expect(key).toEqual(keys[0]);
    expect(keyring(4, ofFour, [first]).current(USE)).toBeUndefined();
  });

  it('have one list of writers everywhere, also where they were passed on', () => {
    const beforeTheLast = listOf(four.slice(0, -1));
    const start = keyring(0, beforeTheLast, []).startEpoch(NOW);
    const given = keyring(0, ofFour, [start]).passOn(NOW);
    const held = readKeyEntry(start)?.epoch;
    if (!held) throw new Error('no epoch');
    const writers = keyring(0, beforeTheLast, [start]).get(held)?.writers;
    expect([...(writers ?? [])].sort()).toEqual([peer(0), peer(1), peer(2)].sort());
    // The last one was added later, and has the key by the second entry alone.
    for (const log of [[...given], [start, ...given]]) {
      expect(keyring(3, ofFour, log).get(held)?.writers).toEqual(writers);
    }
  });

  it('cannot be given other writers by a member that knows the key', () => {
    const key = keyring(1, ofFour, [first]).current(USE);
    if (!key) throw new Error('no key');
    for (const writers of [[], key.writers.toReversed(), [...key.writers, peer(9)]]) {
      const forged = signKeyEntry(
        keysOf(1),
        { listId: ofFour.id, key: { ...key, writers }, generation: 9, devices: [peer(2)], at: NOW },
        randomBytes,
      );
      expect(keyring(2, ofFour, [forged]).get(key.epoch)).toBeUndefined();
      expect(keyring(2, ofFour, [forged, first]).get(key.epoch)).toEqual(key);
    }
  });

  it('are changed at a removal: the removed device cannot open what comes later', () => {
    const second = keyring(0, ofThree, [first]).startEpoch(NOW);
    const log = [first, second];
    const current = keyring(1, ofThree, log).current(USE);
    if (!current) throw new Error('no key');
    expect(current).not.toEqual(keyring(1, ofFour, [first]).current(USE));
    // Neither as the others see the list, nor as the removed device would have it.
    for (const list of [ofFour, ofThree]) {
      expect(keyring(3, list, log).get(current.epoch)).toBeUndefined();
    }
    const entry = readKeyEntry(second);
    expect([...(entry?.sealed.keys() ?? [])].sort()).toEqual([peer(0), peer(1), peer(2)].sort());
  });

  it('that a removed device was given are not used again, even before there is another', () => {
    const ring = keyring(1, ofThree, [first]);
    expect(ring.current(USE)).toBeUndefined();
    const entry = readKeyEntry(first);
    expect(entry && ring.get(entry.epoch)).toBeDefined();
  });

  it('that a removed device has started are not used, whatever it says of them', () => {
    const second = keyring(0, ofThree, [first]).startEpoch(NOW);
    const planted = signKeyEntry(
      keysOf(3),
      {
        listId: maker.id,
        key: createContentKey(),
        generation: 1_000,
        at: NOW,
        devices: [peer(0), peer(1), peer(2)],
      },
      randomBytes,
    );
    const epoch = readKeyEntry(planted)?.epoch;
    const ring = keyring(1, ofThree, [first, planted, second]);
    expect(ring.current(USE)?.epoch).toBe(readKeyEntry(second)?.epoch);
    expect(ring.current(USE)?.epoch).not.toBe(epoch);
    // A member that passes it on does not make it one of the members' own.
    const passedOn = keyring(0, ofThree, [first, planted, second]).passOn(NOW);
    const after = keyring(1, ofThree, [first, planted, second, ...passedOn]);
    expect(after.current(USE)?.epoch).toBe(readKeyEntry(second)?.epoch);
  });

  it('of three missed rotations are all there after catching up', () => {
    const log = [first];
    const lists = [ofThree, ofTwo, ofTwo];
    for (const list of lists) log.push(keyring(0, list, log).startEpoch(NOW));
    const away = keyring(1, ofTwo, log);
    for (const bytes of log) {
      const entry = readKeyEntry(bytes);
      expect(entry && away.get(entry.epoch)?.epoch).toBe(entry?.epoch);
    }
    expect(away.current(USE)).toEqual(keyring(0, ofTwo, log).current(USE));
    expect(away.current(USE)?.epoch).toBe(readKeyEntry(log[3] ?? first)?.epoch);
  });

  it('of the newest epoch are the ones to seal under', () => {
    const log = [first];
    for (let rotation = 0; rotation < 6; rotation++) {
      const started = keyring(0, ofFour, log).startEpoch(NOW);
      log.unshift(started);
      expect(keyring(1, ofFour, log).current(USE)?.epoch).toBe(readKeyEntry(started)?.epoch);
    }
  });

  it('are passed on to a new device, all of them, and once', () => {
    const second = keyring(0, ofThree, [first]).startEpoch(NOW);
    const grown = listOf([...three, maker.add(1, 4, three)]);
    const log = [first, second];
    expect(keyring(4, grown, log).current(USE)).toBeUndefined();
    log.push(...keyring(1, grown, log).passOn(NOW));
    expect(keyring(4, grown, log).current(USE)).toEqual(keyring(0, grown, log).current(USE));
    expect(keyring(4, grown, log).current(USE)).toBeDefined();
    for (const bytes of [first, second]) {
      const entry = readKeyEntry(bytes);
      expect(entry && keyring(4, grown, log).get(entry.epoch)).toBeDefined();
    }
    expect(keyring(1, grown, log).passOn(NOW)).toEqual([]);
    expect(keyring(0, grown, log).passOn(NOW)).toEqual([]);
  });

  it('are the same for every order of the log, also where two devices rotate at the same time', () => {
    const log = [
      first,
      keyring(0, ofTwo, [first]).startEpoch(NOW),
      keyring(1, ofTwo, [first]).startEpoch(NOW),
    ];
    const expected = keyring(0, ofTwo, log).current(USE);
    expect(expected).toBeDefined();
    fc.assert(
      fc.property(fc.shuffledSubarray([...log, ...log], { minLength: 6 }), (arrived) => {
        expect(keyring(0, ofTwo, arrived).current(USE)).toEqual(expected);
        expect(keyring(1, ofTwo, arrived).current(USE)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('of strangers and of other lists are not taken, nor is a signature right with a changed bit', () => {
    const key = createContentKey();
    const fields = { listId: maker.id, key, generation: 5, at: NOW, devices: [peer(1)] };
    const byStranger = signKeyEntry(keysOf(5), fields, randomBytes);
    const ofOther = signKeyEntry(keysOf(0), { ...fields, listId: otherList }, randomBytes);
    expect(keyring(1, ofFour, [byStranger, ofOther]).get(key.epoch)).toBeUndefined();
    const good = signKeyEntry(keysOf(0), fields, randomBytes);
    expect(keyring(1, ofFour, [good]).get(key.epoch)).toEqual(key);
    expect(readKeyEntry(good)).toBeDefined();
    const { change } = ContentKeyEntry.decode(good);
    fc.assert(
      fc.property(fc.nat(change.byteLength * 8 - 1), (bit) => {
        const changed = Uint8Array.from(change);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const forged = ContentKeyEntry.encode({ ...ContentKeyEntry.decode(good), change: changed });
        expect(readKeyEntry(forged)).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  it('that a removed device has are never sealed under by a device that knows of the removal, whatever was withheld', () => {
    // Every device has started an epoch before, between and after the removals, as it saw the list then.
    const log = [first];
    for (const [device, list] of [
      [2, ofFour],
      [0, ofThree],
      [1, ofFour],
      [1, ofTwo],
      [3, ofFour],
    ] as const) {
      log.push(keyring(device, list, log).startEpoch(NOW));
      log.push(...keyring(1, ofFour, log).passOn(NOW));
      log.push(...keyring(0, list, log).passOn(NOW));
    }
    fc.assert(
      fc.property(fc.shuffledSubarray(log), (arrived) => {
        for (const [list, removed] of [
          [ofThree, [3]],
          [ofTwo, [3, 2]],
        ] as const) {
          for (const device of [0, 1]) {
            const current = keyring(device, list, arrived).current(USE);
            for (const former of removed) {
              const known = current && keyring(former, ofFour, log).get(current.epoch);
              expect(known).toBeUndefined();
            }
          }
        }
      }),
      { numRuns: 150 },
    );
    // And it is no vacuous truth: with the whole log there is a key.
    expect(keyring(0, ofTwo, log).current(USE)).toBeDefined();
  });

  it('are not passed on by a device that has not heard of a removal that the epoch knows of', () => {
    const guest = [...four, maker.add(3, 4, four)];
    const removed = [...guest, maker.remove(0, 3, four)];
    const [before, after] = [listOf(guest), listOf(removed)];
    expect(after.members.has(peer(4))).toBe(false);
    const epoch = keyring(0, after, [first]).startEpoch(NOW);
    const log = [first, epoch];
    const givenBy = (list: DeviceList) =>
      keyring(1, list, log)
        .passOn(NOW)
        .flatMap((bytes) => {
          const entry = readKeyEntry(bytes);
          return entry?.epoch === readKeyEntry(epoch)?.epoch
            ? [...(entry?.sealed.keys() ?? [])]
            : [];
        });
    expect(givenBy(before)).toEqual([]);
    expect(givenBy(after)).toEqual([]);
  });

  it('are passed on to nobody while a removal is in dispute', () => {
    const guest = [...four, maker.add(3, 4, four)];
    const disputed = [...guest, maker.remove(2, 3, four), maker.remove(3, 2, four)];
    expect(listOf(disputed).disputes.length).toBe(1);
    expect(keyring(1, listOf(guest), [first]).passOn(NOW).length).toBe(1);
    expect(keyring(1, listOf(disputed), [first]).passOn(NOW)).toEqual([]);
  });

  it('end after a month and after 100,000 messages, and with a clock that is far off', () => {
    const ring = keyring(1, ofFour, [first]);
    expect(ring.current({ ...USE, now: NOW + EPOCH_MAX_MS - 1 })).toBeDefined();
    expect(ring.current({ ...USE, now: NOW + EPOCH_MAX_MS })).toBeUndefined();
    expect(ring.current({ ...USE, now: NOW - EPOCH_MAX_MS })).toBeUndefined();
    const messages = (count: number) => ({ now: NOW, messages: () => count });
    expect(ring.current(messages(EPOCH_MESSAGES_MAX - 1))).toBeDefined();
    expect(ring.current(messages(EPOCH_MESSAGES_MAX))).toBeUndefined();
    const next = ring.startEpoch(NOW + EPOCH_MAX_MS);
    const later = keyring(2, ofFour, [first, next]).current({ ...USE, now: NOW + EPOCH_MAX_MS });
    expect(later?.epoch).toBe(readKeyEntry(next)?.epoch);
  });

  it('under the id of another are not taken', () => {
    const real = createContentKey();
    const fake = { ...contentKeyOf(randomBytes(32), []), epoch: real.epoch };
    const fields = { listId: maker.id, key: fake, generation: 5, at: NOW, devices: [peer(1)] };
    const entry = signKeyEntry(keysOf(0), fields, randomBytes);
    expect(keyring(1, ofFour, [entry]).get(real.epoch)).toBeUndefined();
  });
});
