import { describe, expect, it } from 'vitest';
import { desktopWays } from '../../main/desktop/keychain-protection.ts';
import type { Keychain } from '../../main/desktop/keychain-protection.ts';

type LinuxKeychain = ReturnType<Keychain['getSelectedStorageBackend']>;

/** Stands in for the system's keychain: turns every character round, and gives back only what it made itself. */
function keychain(name: LinuxKeychain, secret = 1, available = true): Keychain {
  return {
    isEncryptionAvailable: () => available,
    getSelectedStorageBackend: () => name,
    encryptString: (text) => Buffer.from(`${secret}:${[...text].reverse().join('')}`),
    decryptString: (bytes) => {
      const [by, text = ''] = bytes.toString().split(':');
      if (by !== String(secret)) throw new Error('Error while decrypting the ciphertext');
      return [...text].reverse().join('');
    },
  };
}

const secrets = Uint8Array.from({ length: 64 }, (_, index) => index);
const first = (ways: ReturnType<typeof desktopWays>) => ways[0]!;
const way = (ways: ReturnType<typeof desktopWays>) =>
  ways.find(({ backend }) => backend === 'keychain')!;

describe('keys in the keychain of the desktop', () => {
  it('come back from it, and its name is recorded', async () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const ways = desktopWays(keychain('kwallet6'), platform);
      expect(first(ways).backend).toBe('keychain');
      const fields = await first(ways).protect(secrets);
      expect(fields).toMatchObject({ keychain: platform === 'linux' ? 'kwallet6' : platform });
      expect(JSON.stringify(fields)).not.toContain(Buffer.from(secrets).toString('base64url'));
      expect(await first(ways).unprotect(fields)).toEqual(secrets);
    }
  });

  it('are kept by the file where there is none, or only a password that everybody knows', () => {
    const none = keychain('unknown', 1, false);
    expect(first(desktopWays(none, 'darwin')).backend).toBe('file');
    expect(first(desktopWays(keychain('basic_text'), 'linux')).backend).toBe('file');
  });

  it('are not opened by another one, which is told, with the ways back', async () => {
    const fields = await first(desktopWays(keychain('kwallet6'), 'linux')).protect(secrets);
    const tried = async (now: Keychain) => way(desktopWays(now, 'linux')).unprotect(fields);
    expect(await tried(keychain('gnome_libsecret'))).toEqual({
      reason: expect.stringMatching(
        /given to KWallet 6, and now there is the GNOME keyring.*--password-store=kwallet6.*reunion recover/u,
      ) as string,
    });
    expect(await tried(keychain('basic_text'))).toEqual({
      reason: expect.stringMatching(/none is there now/u) as string,
    });
    expect(await tried(keychain('kwallet6', 2))).toEqual({
      reason: expect.stringMatching(/does not open the keys any more/u) as string,
    });
  });

  it('are told to be damaged where they are', async () => {
    const ways = desktopWays(keychain('kwallet6'), 'linux');
    const fields = await first(ways).protect(secrets);
    expect(await first(ways).unprotect({ ...fields, sealed: '?' })).toBe('damaged');
    const other = Buffer.from('1:short').toString('base64url');
    expect(await first(ways).unprotect({ ...fields, sealed: other })).toBe('damaged');
  });
});
