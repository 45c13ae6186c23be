import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyFileError, openKeys } from '../../main/identity/keys.ts';
import { ARGON2_COST, passphraseProtection } from '../../main/identity/passphrase-protection.ts';

/** So little that tests do not wait for it. */
const cheap = { memoryKiB: 64, passes: 1, lanes: 1 };
const withPassphrase = (passphrase: string) => passphraseProtection(passphrase, cheap);

let folder: string;
const file = () => join(folder, 'device.key');
const content = () => readFileSync(file(), 'utf8');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reunion-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Opening fails with this message, and leaves the file as it is. */
function expectRefusal(open: () => unknown, message: RegExp): void {
  const before = content();
  expect(open).toThrow(KeyFileError);
  expect(open).toThrow(message);
  expect(content()).toBe(before);
  expect(readdirSync(folder)).toEqual(['device.key']);
}

describe('the key file', () => {
  it('is made once, for nobody else to read, and says what protects it', () => {
    const keys = openKeys(folder, false);
    expect(openKeys(folder, true)).toEqual(keys);
    expect(statSync(file()).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
    expect(JSON.parse(content())).toMatchObject({ version: 1, backend: 'file' });
  });

  it('of the first version opens still', () => {
    const [seed, storeKey] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const encoded = [seed, storeKey].map((bytes) => Buffer.from(bytes).toString('base64url'));
    writeFileSync(file(), JSON.stringify({ version: 1, seed: encoded[0], storeKey: encoded[1] }));
    expect(openKeys(folder, true)).toMatchObject({ seed, storeKey });
  });

  it('is not made beside messages, and not read when damaged', () => {
    expect(() => openKeys(folder, true)).toThrow(/Put it back from a backup/u);
    expect(readdirSync(folder)).toEqual([]);
    for (const damaged of ['', '{', '{"version":1,"seed":"AA","storeKey":"AA"}', '{"version":2}']) {
      writeFileSync(file(), damaged);
      expectRefusal(() => openKeys(folder, false), /damaged|cannot be read/u);
    }
  });
});

describe('a key file under a passphrase', () => {
  it('opens with it alone, and holds no secret in clear', () => {
    const keys = openKeys(folder, false, withPassphrase('correct horse'));
    expect(openKeys(folder, true, withPassphrase('correct horse'))).toEqual(keys);
    expect(content()).not.toContain(Buffer.from(keys.seed).toString('base64url'));
    expect(JSON.parse(content())).toMatchObject({ version: 1, backend: 'passphrase', ...cheap });
    expectRefusal(
      () => openKeys(folder, true, withPassphrase('correct hors')),
      /passphrase does not fit/u,
    );
  });

  it('opens however the letters of the passphrase were composed', () => {
    const keys = openKeys(folder, false, withPassphrase('\u00e9t\u00e9'));
    expect(openKeys(folder, true, withPassphrase('e\u0301te\u0301'))).toEqual(keys);
  });

  it('says so where it is opened without one, and the other way round', () => {
    openKeys(folder, false, withPassphrase('correct horse'));
    expectRefusal(() => openKeys(folder, true), /protected by "passphrase"/u);
    rmSync(file());
    openKeys(folder, false);
    expectRefusal(() => openKeys(folder, true, withPassphrase('x')), /protected by "file"/u);
  });

  it('is refused where it asks for more than any of ours does, and where a field is wrong', () => {
    openKeys(folder, false, withPassphrase('correct horse'));
    const fields = JSON.parse(content()) as Record<string, unknown>;
    const damages = [{ memoryKiB: 2 ** 24 }, { lanes: 16 }, { salt: 'AA' }, { sealed: undefined }];
    for (const damage of damages) {
      writeFileSync(file(), JSON.stringify({ ...fields, ...damage }));
      expectRefusal(() => openKeys(folder, true, withPassphrase('correct horse')), /damaged/u);
    }
  });

  it('costs by default what RFC 9106 recommends, and is never empty', () => {
    const keys = openKeys(folder, false, passphraseProtection('correct horse'));
    expect(JSON.parse(content())).toMatchObject({ ...ARGON2_COST });
    expect(openKeys(folder, true, withPassphrase('correct horse'))).toEqual(keys);
    expect(() => passphraseProtection('')).toThrow(RangeError);
  });
});
