import { randomBytes } from 'node:crypto';
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peerIdOfPublicKey } from '../../main/helpers/peer-id.ts';
import { contentKeyOf, createContentKey } from '../../main/identity/content-key.ts';
import { ContentKeyring } from '../../main/identity/content-keyring.ts';
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
  const first = keyring(0, ofFour, []).startEpoch();

  it('reach every member, which then seal under the same one', () => {
    const keys = [0, 1, 2, 3].map((device) => keyring(device, ofFour, [first]).current);
    expect(keys[0]).toBeDefined();
    for (const key of keys) expect(key).toEqual(keys[0]);
    expect(keyring(4, ofFour, [first]).current).toBeUndefined();
  });

  it('are changed at a removal: the removed device cannot open what comes later', () => {
    const second = keyring(0, ofThree, [first]).startEpoch();
    const log = [first, second];
    const current = keyring(1, ofThree, log).current;
    if (!current) throw new Error('no key');
    expect(current).not.toEqual(keyring(1, ofFour, [first]).current);
    // Neither as the others see the list, nor as the removed device would have it.
    for (const list of [ofFour, ofThree]) {
      expect(keyring(3, list, log).get(current.epoch)).toBeUndefined();
    }
    const entry = readKeyEntry(second);
    expect([...(entry?.sealed.keys() ?? [])].sort()).toEqual([peer(0), peer(1), peer(2)].sort());
  });

  it('that a removed device was given are not used again, even before there is another', () => {
    const ring = keyring(1, ofThree, [first]);
    expect(ring.current).toBeUndefined();
    const entry = readKeyEntry(first);
    expect(entry && ring.get(entry.epoch)).toBeDefined();
  });

  it('that a removed device has started are not used, whatever it says of them', () => {
    const second = keyring(0, ofThree, [first]).startEpoch();
    const planted = signKeyEntry(
      keysOf(3),
      {
        listId: maker.id,
        key: createContentKey(),
        generation: 1_000,
        devices: [peer(0), peer(1), peer(2)],
      },
      randomBytes,
    );
    const epoch = readKeyEntry(planted)?.epoch;
    const ring = keyring(1, ofThree, [first, planted, second]);
    expect(ring.current?.epoch).toBe(readKeyEntry(second)?.epoch);
    expect(ring.current?.epoch).not.toBe(epoch);
    // A member that passes it on does not make it one of the members' own.
    const passedOn = keyring(0, ofThree, [first, planted, second]).passOn();
    const after = keyring(1, ofThree, [first, planted, second, ...passedOn]);
    expect(after.current?.epoch).toBe(readKeyEntry(second)?.epoch);
  });

  it('of three missed rotations are all there after catching up', () => {
    const log = [first];
    const lists = [ofThree, ofTwo, ofTwo];
    for (const list of lists) log.push(keyring(0, list, log).startEpoch());
    const away = keyring(1, ofTwo, log);
    for (const bytes of log) {
      const entry = readKeyEntry(bytes);
      expect(entry && away.get(entry.epoch)?.epoch).toBe(entry?.epoch);
    }
    expect(away.current).toEqual(keyring(0, ofTwo, log).current);
    expect(away.current?.epoch).toBe(readKeyEntry(log[3] ?? first)?.epoch);
  });

  it('of the newest epoch are the ones to seal under', () => {
    const log = [first];
    for (let rotation = 0; rotation < 6; rotation++) {
      const started = keyring(0, ofFour, log).startEpoch();
      log.unshift(started);
      expect(keyring(1, ofFour, log).current?.epoch).toBe(readKeyEntry(started)?.epoch);
    }
  });

  it('are passed on to a new device, all of them, and once', () => {
    const second = keyring(0, ofThree, [first]).startEpoch();
    const grown = listOf([...three, maker.add(1, 4, three)]);
    const log = [first, second];
    expect(keyring(4, grown, log).current).toBeUndefined();
    log.push(...keyring(1, grown, log).passOn());
    expect(keyring(4, grown, log).current).toEqual(keyring(0, grown, log).current);
    expect(keyring(4, grown, log).current).toBeDefined();
    for (const bytes of [first, second]) {
      const entry = readKeyEntry(bytes);
      expect(entry && keyring(4, grown, log).get(entry.epoch)).toBeDefined();
    }
    expect(keyring(1, grown, log).passOn()).toEqual([]);
    expect(keyring(0, grown, log).passOn()).toEqual([]);
  });

  it('are the same for every order of the log, also where two devices rotate at the same time', () => {
    const log = [
      first,
      keyring(0, ofTwo, [first]).startEpoch(),
      keyring(1, ofTwo, [first]).startEpoch(),
    ];
    const expected = keyring(0, ofTwo, log).current;
    expect(expected).toBeDefined();
    fc.assert(
      fc.property(fc.shuffledSubarray([...log, ...log], { minLength: 6 }), (arrived) => {
        expect(keyring(0, ofTwo, arrived).current).toEqual(expected);
        expect(keyring(1, ofTwo, arrived).current).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('of strangers, of other lists and with a changed bit are not taken', () => {
    const key = createContentKey();
    const fields = { listId: maker.id, key, generation: 5, devices: [peer(1)] };
    const byStranger = signKeyEntry(keysOf(5), fields, randomBytes);
    const ofOther = signKeyEntry(keysOf(0), { ...fields, listId: otherList }, randomBytes);
    expect(keyring(1, ofFour, [byStranger, ofOther]).get(key.epoch)).toBeUndefined();
    const good = signKeyEntry(keysOf(0), fields, randomBytes);
    expect(keyring(1, ofFour, [good]).get(key.epoch)).toEqual(key);
    const { change } = ContentKeyEntry.decode(good);
    fc.assert(
      fc.property(fc.nat(change.byteLength * 8 - 1), (bit) => {
        const changed = Uint8Array.from(change);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const forged = ContentKeyEntry.encode({ ...ContentKeyEntry.decode(good), change: changed });
        expect(keyring(1, ofFour, [forged]).get(key.epoch)).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  it('under the id of another are not taken', () => {
    const real = createContentKey();
    const fake = { ...contentKeyOf(randomBytes(32)), epoch: real.epoch };
    const fields = { listId: maker.id, key: fake, generation: 5, devices: [peer(1)] };
    const entry = signKeyEntry(keysOf(0), fields, randomBytes);
    expect(keyring(1, ofFour, [entry]).get(real.epoch)).toBeUndefined();
  });
});
