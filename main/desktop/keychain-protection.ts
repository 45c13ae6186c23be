import type { SafeStorage } from 'electron';
import { z } from 'zod';
import { encodedBytes, fileProtection, SECRETS_BYTES } from '../identity/key-protection.ts';
import type { KeyProtection } from '../identity/key-protection.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('desktop:keychain-protection');

/** What of Electron's `safeStorage` is used. */
export type Keychain = Pick<
  SafeStorage,
  | 'isAsyncEncryptionAvailable'
  | 'getSelectedStorageBackend'
  | 'encryptStringAsync'
  | 'decryptStringAsync'
>;

/** Bytes that `decryptStringAsync` gave back as base64url. */
const secrets = encodedBytes(SECRETS_BYTES);
const fields = z.object({ keychain: z.string(), sealed: z.base64url() });

/** Names for a person. Which one a system has is recorded: on Linux it changes with the desktop that was logged in to. */
const NAMES: Readonly<Record<string, string>> = {
  darwin: 'the macOS Keychain',
  win32: 'Windows (DPAPI)',
  gnome_libsecret: 'the GNOME keyring',
  kwallet: 'KWallet',
  kwallet5: 'KWallet 5',
  kwallet6: 'KWallet 6',
};

/**
 * How the app protects keys on this computer, the best first: by the keychain of the system where it has one, else by
 * `passphrase`. `basic_text` counts as none: it is a fixed password that everybody knows. Keys that `reunion` put under the
 * mode of their file alone are opened, and none are put so.
 */
export async function desktopWays(
  keychain: Keychain,
  platform: NodeJS.Platform,
  passphrase: KeyProtection,
): Promise<KeyProtection[]> {
  const name = await keychainOf(keychain, platform);
  const way = keychainProtection(keychain, name);
  return name === undefined ? [passphrase, way, fileProtection] : [way, passphrase, fileProtection];
}

function keychainProtection(keychain: Keychain, name: string | undefined): KeyProtection {
  return {
    backend: 'keychain',
    protect: async (bytes) => {
      if (name === undefined) throw new Error('a computer without a keychain');
      const sealed = await keychain.encryptStringAsync(Buffer.from(bytes).toString('base64url'));
      return { keychain: name, sealed: sealed.toString('base64url') };
    },
    unprotect: async (content) => {
      const parsed = fields.safeParse(content);
      if (!parsed.success) return 'damaged';
      const { keychain: before, sealed } = parsed.data;
      if (name !== before) return { reason: otherKeychain(before, name) };
      try {
        const { result } = await keychain.decryptStringAsync(Buffer.from(sealed, 'base64url'));
        const opened = secrets.safeParse(result);
        return opened.success ? opened.data : 'damaged';
      } catch (error) {
        ignored(error);
        return { reason: `${nameOf(before)} does not open the keys any more. ${RECOVERY}` };
      }
    },
  };
}

const RECOVERY = 'With the recovery phrase you get back to your messages: reunion recover.';

function otherKeychain(before: string, now: string | undefined): string {
  const switchBack =
    before in NAMES && before !== 'darwin' && before !== 'win32'
      ? ` Log in to the desktop of before, or start the app with --password-store=${before.replaceAll('_', '-')}.`
      : '';
  const found = now === undefined ? 'none is there now' : `now there is ${nameOf(now)}`;
  return `The keys were given to ${nameOf(before)}, and ${found}.${switchBack} ${RECOVERY}`;
}

function nameOf(keychain: string): string {
  return NAMES[keychain] ?? `the keychain “${keychain}”`;
}

/** Undefined where there is none that protects anything. */
async function keychainOf(
  keychain: Keychain,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  if (!(await keychain.isAsyncEncryptionAvailable())) return undefined;
  if (platform !== 'linux') return platform;
  const backend = keychain.getSelectedStorageBackend();
  return backend === 'basic_text' || backend === 'unknown' ? undefined : backend;
}
