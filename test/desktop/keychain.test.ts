import { describe, expect, it } from 'vitest';
import { desktopWays } from '../../main/desktop/keychain-protection.ts';
import type { KeyProtection } from '../../main/identity/key-protection.ts';
import type { Keychain } from '../../main/desktop/keychain-protection.ts';

type LinuxKeychain = ReturnType<Keychain['getSelectedStorageBackend']>;

/** Stands in for the system's keychain: turns every character round, and gives back only what it made itself. */
function keychain(name: LinuxKeychain, secret = 1, available = true): Keychain {
  return {
    isAsyncEncryptionAvailable: async () => available,
    getSelectedStorageBackend: () => name,
    encryptStringAsync: async (text) => Buffer.from(`${secret}:${reversed(text)}`),
    decryptStringAsync: async (bytes) => {
      const [by, text = ''] = bytes.toString().split(':');
      if (by !== String(secret)) throw new Error('Error while decrypting the ciphertext');
      return { result: reversed(text), shouldReEncrypt: false };
    },
  };
}

const secrets = Uint8Array.from({ length: 64 }, (_, index) => index);
const reversed = (text: string) => Buffer.from(text).reverse().toString();

/** What asks for a passphrase, which nothing here is to do. */
const asked: KeyProtection = {
  backend: 'passphrase',
  protect: async () => Promise.reject(new Error('asked')),
  unprotect: async () => Promise.reject(new Error('asked')),
};

async function first(chain: Keychain, platform: NodeJS.Platform): Promise<KeyProtection> {
  const [way] = await desktopWays(chain, platform, asked);
  if (!way) throw new Error('no way of protecting keys');
  return way;
}

async function keychainWay(chain: Keychain, platform: NodeJS.Platform): Promise<KeyProtection> {
  const way = (await desktopWays(chain, platform, asked)).find(
    ({ backend }) => backend === 'keychain',
  );
  if (!way) throw new Error('no keychain');
  return way;
}

describe('keys in the keychain of the desktop', () => {
  it('come back from it, and its name is recorded', async () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const way = await first(keychain('kwallet6'), platform);
      expect(way.backend).toBe('keychain');
      const fields = await way.protect(secrets);
      expect(fields).toMatchObject({ keychain: platform === 'linux' ? 'kwallet6' : platform });
      expect(JSON.stringify(fields)).not.toContain(Buffer.from(secrets).toString('base64url'));
      expect(await way.unprotect(fields)).toEqual(secrets);
    }
  });

  it('are kept by a passphrase where there is none, or only a password that everybody knows', async () => {
    const none = keychain('unknown', 1, false);
    expect(await first(none, 'darwin')).toBe(asked);
    expect(await first(keychain('basic_text'), 'linux')).toBe(asked);
  });

  it('are opened however they were protected before: by the file, a passphrase or the keychain', async () => {
    for (const chain of [keychain('kwallet6'), keychain('basic_text')]) {
      const backends = (await desktopWays(chain, 'linux', asked)).map(({ backend }) => backend);
      expect(backends.sort()).toEqual(['file', 'keychain', 'passphrase']);
    }
  });

  it('are not opened by another one, which is told, with the ways back', async () => {
    const fields = await (await first(keychain('kwallet6'), 'linux')).protect(secrets);
    const tried = async (now: Keychain) => (await keychainWay(now, 'linux')).unprotect(fields);
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
    const way = await first(keychain('kwallet6'), 'linux');
    const fields = await way.protect(secrets);
    expect(await way.unprotect({ ...fields, sealed: '?' })).toBe('damaged');
    const other = Buffer.from('1:short').toString('base64url');
    expect(await way.unprotect({ ...fields, sealed: other })).toBe('damaged');
  });
});
