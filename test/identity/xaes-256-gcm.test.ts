import { createHash } from 'node:crypto';
import { shake128 } from '@noble/hashes/sha3.js';
import { expect, test } from 'vitest';
import { fromHex, toHex, utf8 } from '../../main/helpers/bytes.ts';
import { Xaes256Gcm } from '../../main/identity/xaes-256-gcm.ts';

const nonce = utf8('ABCDEFGHIJKLMNOPQRSTUVWX');

test.each([
  ['01', '', 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271'],
  ['03', 'c2sp.org/XAES-256-GCM', '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d'],
])('the vector of the specification with the key %s…', (byte, associated, ciphertext) => {
  const cipher = new Xaes256Gcm(fromHex(byte.repeat(32)));
  const sealed = cipher.seal(nonce, utf8('XAES-256-GCM'), utf8(associated));
  expect(toHex(sealed)).toBe(ciphertext);
  expect(cipher.open(nonce, sealed, utf8(associated))).toEqual(utf8('XAES-256-GCM'));
});

test('the accumulated vector of the specification: 10,000 random keys, nonces, texts and additional data', () => {
  const random = shake128.create({}).update(new Uint8Array());
  const hash = createHash('shake128', { outputLength: 32 });
  const opaque = (): Uint8Array => random.xof(random.xof(1)[0] ?? 0);
  for (let round = 0; round < 10_000; round += 1) {
    const cipher = new Xaes256Gcm(random.xof(32));
    const [each, plaintext, associated] = [random.xof(24), opaque(), opaque()];
    const sealed = cipher.seal(each, plaintext, associated);
    hash.update(sealed);
    if (round % 100 === 0) expect(cipher.open(each, sealed, associated)).toEqual(plaintext);
  }
  expect(hash.digest('hex')).toBe(
    'e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939',
  );
});

test('a flipped bit anywhere, another nonce and other additional data open nothing', () => {
  const cipher = new Xaes256Gcm(fromHex('07'.repeat(32)));
  const sealed = cipher.seal(nonce, utf8('Grüße aus Ōsaka'), utf8('group'));
  for (let bit = 0; bit < sealed.byteLength * 8; bit += 1) {
    const changed = Uint8Array.from(sealed);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(cipher.open(nonce, changed, utf8('group'))).toBeUndefined();
  }
  expect(cipher.open(nonce, sealed, utf8('groups'))).toBeUndefined();
  expect(cipher.open(utf8('BBCDEFGHIJKLMNOPQRSTUVWX'), sealed, utf8('group'))).toBeUndefined();
  expect(cipher.open(nonce, sealed.subarray(0, 15), utf8('group'))).toBeUndefined();
});

test('keys and nonces of another length are refused', () => {
  expect(() => new Xaes256Gcm(new Uint8Array(16))).toThrow(RangeError);
  const cipher = new Xaes256Gcm(new Uint8Array(32));
  expect(() => cipher.seal(new Uint8Array(12), utf8('x'), utf8(''))).toThrow(RangeError);
});
