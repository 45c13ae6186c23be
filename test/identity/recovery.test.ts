import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SigningKeys } from '../../main/identity/keys.ts';
import {
  createRecoveryPhrase,
  openStoreKey,
  recoveryKeysOf,
  sealStoreKey,
} from '../../main/identity/recovery.ts';
import {
  keepBesideBackup,
  keepForRecovery,
  recoveryFileOf,
  recoverStoreKey,
} from '../../main/identity/recovery-file.ts';

const bytes = (value: number) => (length: number) => new Uint8Array(length).fill(value);
const storeKey = new Uint8Array(32).fill(7);
const phraseOf = (value: number) => createRecoveryPhrase(bytes(value)).join(' ');

function keysOf(phrase: string): SigningKeys {
  const keys = recoveryKeysOf(phrase);
  if (!keys) throw new Error('not a phrase');
  return keys;
}

describe('the recovery phrase', () => {
  it('is 24 words of BIP39, as its test vectors have them', () => {
    // https://github.com/trezor/python-mnemonic/blob/master/vectors.json, entropy 7f… of 32 bytes.
    expect(phraseOf(0x7f)).toBe(
      `${'legal winner thank year wave sausage worth useful '.repeat(2)}legal winner thank year wave sausage worth title`,
    );
  });

  it('stands for one key, always the same', () => {
    const keys = keysOf(phraseOf(0x7f));
    expect(keysOf(`  ${phraseOf(0x7f).toUpperCase().replaceAll(' ', '\n  ')}\n`)).toEqual(keys);
    expect(keysOf(phraseOf(0x80)).peerId).not.toBe(keys.peerId);
    // Written-down phrases must be good for ever: this may never change.
    expect(keys.peerId).toBe('12D3KooWNaZFFsAtYWbx6P9qfpHvh9s2dy51SVgwuyFahyYnEpP1');
  });

  it('is told from what is mistyped, incomplete or of another length', () => {
    const words = phraseOf(0x7f).split(' ');
    expect(recoveryKeysOf(words.slice(1).join(' '))).toBeUndefined();
    expect(recoveryKeysOf(words.with(0, 'winner').join(' '))).toBeUndefined();
    expect(recoveryKeysOf(words.with(0, 'leagl').join(' '))).toBeUndefined();
    expect(
      recoveryKeysOf('legal winner thank year wave sausage worth useful legal winner thank yellow'),
    ).toBeUndefined();
    expect(recoveryKeysOf('')).toBeUndefined();
  });
});

describe('a store key that is sealed to recovery keys', () => {
  const one = keysOf(phraseOf(1));
  const other = keysOf(phraseOf(2));
  const stranger = keysOf(phraseOf(3));

  it('opens by each of them and by no other', () => {
    const content = sealStoreKey([one.peerId, other.peerId], storeKey, bytes(9));
    expect(openStoreKey(content, one)).toEqual(storeKey);
    expect(openStoreKey(content, other)).toEqual(storeKey);
    expect(openStoreKey(content, stranger)).toBeUndefined();
    expect(content).not.toContain(Buffer.from(storeKey).toString('base64url'));
    for (const garbled of ['', '{', '[]', content.slice(0, -9)]) {
      expect(openStoreKey(garbled, one)).toBeUndefined();
    }
  });

  describe('in its file', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'reunion-recovery-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('is written anew where the phrases change alone, and goes with the last', () => {
      const path = recoveryFileOf(folder, undefined);
      keepForRecovery(folder, [one.peerId], storeKey, bytes(9));
      const before = readFileSync(path, 'utf8');
      keepForRecovery(folder, [one.peerId], storeKey, bytes(10));
      expect(readFileSync(path, 'utf8')).toBe(before);
      keepForRecovery(folder, [other.peerId], storeKey, bytes(10));
      expect(recoverStoreKey(path, one)).toBe('other-phrase');
      expect(recoverStoreKey(path, other)).toEqual(storeKey);
      keepForRecovery(folder, [], storeKey, bytes(10));
      expect(readdirSync(folder)).toEqual([]);
      expect(recoverStoreKey(path, other)).toBe('no-file');
    });

    it('is copied beside a backup', () => {
      const backup = join(folder, 'backup');
      expect(keepBesideBackup(folder, backup)).toBe(false);
      keepForRecovery(folder, [one.peerId], storeKey, bytes(9));
      expect(keepBesideBackup(folder, backup)).toBe(true);
      expect(recoverStoreKey(recoveryFileOf(folder, backup), one)).toEqual(storeKey);
    });
  });
});
