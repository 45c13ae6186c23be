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
  renewStoreKey,
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
    expect(JSON.parse(content())).toMatchObject({ version: 2, backend: 'file' });
  });

  it('of a build before 0.1.0 is refused in one sentence, and left as it is', async () => {
    const [seed, storeKey] = [1, 2].map((value) => Buffer.alloc(32, value).toString('base64url'));
    writeFileSync(file(), JSON.stringify({ version: 1, seed, storeKey }));
    await expectRefusal(() => openKeys(folder, true), /before 0\.1\.0/u);
  });

  it('gets another store key without what protects it, keeps those of before, and no older copy has it', async () => {
    const first = await openKeys(folder, false, withPassphrase('correct horse'));
    const copy = content();
    const second = renewStoreKey(folder, first);
    const third = renewStoreKey(folder, second);
    expect(third.earlierStoreKeys).toEqual([second.storeKey, first.storeKey]);
    expect(await openKeys(folder, true, withPassphrase('correct horse'))).toEqual(third);
    expect(content()).not.toContain(Buffer.from(third.storeKey).toString('base64url'));
    writeFileSync(file(), copy);
    expect((await openKeys(folder, true, withPassphrase('correct horse'))).storeKey).toEqual(
      first.storeKey,
    );
    // Of another time, or of somebody else.
    writeFileSync(file(), copy.replace(/"stores":"...../u, '"stores":"AAAAA'));
    expect(() => renewStoreKey(folder, third)).toThrow(/changed while it was in use/u);
  });

  it('keeps no more earlier keys than it has room for', async () => {
    let keys = await openKeys(folder, false);
    for (let round = 0; round < 40; round += 1) keys = renewStoreKey(folder, keys);
    expect(keys.earlierStoreKeys).toHaveLength(32);
    expect(await openKeys(folder, true)).toEqual(keys);
    expect(content().length).toBeLessThan(4_096);
  });

  it('is not made beside messages, and not read when damaged', async () => {
    await expect(openKeys(folder, true)).rejects.toThrow(/Put it back from a backup/u);
    expect(readdirSync(folder)).toEqual([]);
    for (const damaged of [
      '',
      '{',
      '{"version":2,"backend":"file","seed":"AA","wrappingKey":"AA","stores":"AA"}',
      '{"version":3}',
    ]) {
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
    expect(JSON.parse(content())).toMatchObject({ version: 2, backend: 'passphrase', ...cheap });
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
  it('takes the place of the one before: the device stays the same, and its store gets another key', async () => {
    const [file, passphrase] = [
      fileProtection,
      passphraseProtection(async () => 'correct horse', cheap),
    ];
    const keys = await openKeys(folder, false);
    const second = await protectKeys(folder, [file], passphrase);
    expect(backendOf(folder)).toBe('passphrase');
    expect(await openKeys(folder, true, [passphrase])).toEqual(second);
    const third = await protectKeys(folder, [passphrase], file);
    expect(await openKeys(folder, true)).toEqual(third);
    expect([second.peerId, third.peerId]).toEqual([keys.peerId, keys.peerId]);
    expect(third.earlierStoreKeys).toEqual([second.storeKey, keys.storeKey]);
    const secrets = [keys, second, third].flatMap(({ storeKey, wrappingKey }) => [
      Buffer.from(storeKey).toString('hex'),
      Buffer.from(wrappingKey).toString('hex'),
    ]);
    expect(new Set(secrets).size).toBe(6);
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
    const content = {
      ...{ version: 2, backend: 'keychain', keychain: 'kwallet6', sealed: 'AA' },
      stores: 'AA',
    };
    writeFileSync(file(), JSON.stringify(content));
    await expectRefusal(() => openKeys(folder, true), /keychain .* reunion recover/u);
    writeFileSync(file(), JSON.stringify({ ...content, backend: 'moon' }));
    await expectRefusal(() => openKeys(folder, true), /“moon”, which this version does not know/u);
  });

  it('of a store that was taken over comes with an identity of its own', async () => {
    const before = await openKeys(folder, false);
    const after = await takeOverStore(folder, before);
    expect(after.storeKey).toEqual(before.storeKey);
    expect(after.peerId).not.toBe(before.peerId);
    expect(await openKeys(folder, true)).toEqual(after);
  });
});
