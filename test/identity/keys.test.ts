import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileProtection } from '../../main/identity/key-protection.ts';
import type { KeyProtection } from '../../main/identity/key-protection.ts';
import {
  backendOf,
  KeyFileError,
  openKeys,
  protectKeys,
  takeOverStore,
} from '../../main/identity/keys.ts';
import { ARGON2_COST, passphraseProtection } from '../../main/identity/passphrase-protection.ts';

/** So little that tests do not wait for it. */
const cheap = { memoryKiB: 64, passes: 1, lanes: 1 };
const withPassphrase = (passphrase: string) => [
  passphraseProtection(async () => passphrase, cheap),
];

let folder: string;
const file = () => join(folder, 'device.key');
const content = () => readFileSync(file(), 'utf8');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reunion-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Opening fails with this message, and leaves the file as it is. */
async function expectRefusal(open: () => Promise<unknown>, message: RegExp): Promise<void> {
  const before = content();
  await expect(open()).rejects.toThrow(KeyFileError);
  await expect(open()).rejects.toThrow(message);
  expect(content()).toBe(before);
  expect(readdirSync(folder)).toEqual(['device.key']);
}

describe('the key file', () => {
  it('is made once, for nobody else to read, and says what protects it', async () => {
    const keys = await openKeys(folder, false);
    expect(await openKeys(folder, true)).toEqual(keys);
    expect(statSync(file()).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
    expect(JSON.parse(content())).toMatchObject({ version: 1, backend: 'file' });
  });

  it('of the first version opens still', async () => {
    const [seed, storeKey] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const encoded = [seed, storeKey].map((bytes) => Buffer.from(bytes).toString('base64url'));
    writeFileSync(file(), JSON.stringify({ version: 1, seed: encoded[0], storeKey: encoded[1] }));
    expect(await openKeys(folder, true)).toMatchObject({ seed, storeKey });
  });

  it('is not made beside messages, and not read when damaged', async () => {
    await expect(openKeys(folder, true)).rejects.toThrow(/Put it back from a backup/u);
    expect(readdirSync(folder)).toEqual([]);
    for (const damaged of ['', '{', '{"version":1,"seed":"AA","storeKey":"AA"}', '{"version":2}']) {
      writeFileSync(file(), damaged);
      await expectRefusal(() => openKeys(folder, false), /damaged|cannot be read/u);
    }
  });
});

describe('a key file under a passphrase', () => {
  it('opens with it alone, and holds no secret in clear', async () => {
    const keys = await openKeys(folder, false, withPassphrase('correct horse'));
    expect(await openKeys(folder, true, withPassphrase('correct horse'))).toEqual(keys);
    expect(content()).not.toContain(Buffer.from(keys.seed).toString('base64url'));
    expect(JSON.parse(content())).toMatchObject({ version: 1, backend: 'passphrase', ...cheap });
    await expectRefusal(
      () => openKeys(folder, true, withPassphrase('correct hors')),
      /passphrase does not fit/u,
    );
  });

  it('opens however the letters of the passphrase were composed', async () => {
    const keys = await openKeys(folder, false, withPassphrase('\u00e9t\u00e9'));
    expect(await openKeys(folder, true, withPassphrase('e\u0301te\u0301'))).toEqual(keys);
  });

  it('says so where it is opened without one, and the other way round', async () => {
    await openKeys(folder, false, withPassphrase('correct horse'));
    await expectRefusal(() => openKeys(folder, true), /protected by a passphrase/u);
    rmSync(file());
    await openKeys(folder, false);
    await expectRefusal(
      () => openKeys(folder, true, withPassphrase('x')),
      /not protected by a passphrase/u,
    );
  });

  it('is refused where it asks for more than any of ours does, and where a field is wrong', async () => {
    await openKeys(folder, false, withPassphrase('correct horse'));
    const fields = JSON.parse(content()) as Record<string, unknown>;
    const damages = [{ memoryKiB: 2 ** 24 }, { lanes: 16 }, { salt: 'AA' }, { sealed: undefined }];
    for (const damage of damages) {
      writeFileSync(file(), JSON.stringify({ ...fields, ...damage }));
      await expectRefusal(
        () => openKeys(folder, true, withPassphrase('correct horse')),
        /damaged/u,
      );
    }
  });

  it('costs by default what RFC 9106 recommends, and is never empty', async () => {
    const keys = await openKeys(folder, false, [passphraseProtection(async () => 'correct horse')]);
    expect(JSON.parse(content())).toMatchObject({ ...ARGON2_COST });
    expect(await openKeys(folder, true, withPassphrase('correct horse'))).toEqual(keys);
    await expect(openKeys(folder, true, withPassphrase(''))).rejects.toThrow(RangeError);
  });
});

describe('another protection', () => {
  it('takes the place of the one before, the keys staying the same', async () => {
    const [file, passphrase] = [
      fileProtection,
      passphraseProtection(async () => 'correct horse', cheap),
    ];
    const keys = await openKeys(folder, false);
    await protectKeys(folder, [file], passphrase);
    expect(backendOf(folder)).toBe('passphrase');
    expect(await openKeys(folder, true, [passphrase])).toEqual({ ...keys, backend: 'passphrase' });
    await protectKeys(folder, [passphrase], file);
    expect(await openKeys(folder, true)).toEqual(keys);
    expect(readdirSync(folder)).toEqual(['device.key']);
  });

  it('is refused where it does not give back what it was given', async () => {
    await openKeys(folder, false);
    const forgetful: KeyProtection = {
      backend: 'keychain',
      protect: async () => ({ sealed: 'x' }),
      unprotect: async () => new Uint8Array(64),
    };
    await expectRefusal(
      () => protectKeys(folder, [fileProtection], forgetful),
      /does not come back/u,
    );
  });

  it('that is not at hand is named, with what can be done', async () => {
    const content = { version: 1, backend: 'keychain', keychain: 'kwallet6', sealed: 'AA' };
    writeFileSync(file(), JSON.stringify(content));
    await expectRefusal(() => openKeys(folder, true), /keychain .* reunion recover/u);
    writeFileSync(file(), JSON.stringify({ ...content, backend: 'moon' }));
    await expectRefusal(() => openKeys(folder, true), /“moon”, which this version does not know/u);
  });

  it('of a store that was taken over comes with an identity of its own', async () => {
    const before = await openKeys(folder, false);
    const after = await takeOverStore(folder, before.storeKey);
    expect(after.storeKey).toEqual(before.storeKey);
    expect(after.peerId).not.toBe(before.peerId);
    expect(await openKeys(folder, true)).toEqual(after);
  });
});
