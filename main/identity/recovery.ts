import { ed25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { z } from 'zod';
import { utf8 } from '../helpers/bytes.ts';
import { peerIdOfPublicKey } from '../helpers/peer-id.ts';
import type { PeerId } from '../mvds/types.ts';
import { encodedBytes } from './key-protection.ts';
import { openSecret, SEALED_SECRET_BYTES, sealSecretTo } from './key-sealing.ts';
import type { SigningKeys } from './keys.ts';

/*
 * The recovery phrase is a member of the device list that exists on paper alone: its key comes from 24 words, content keys
 * are sealed to it as to any device, and so is the store key of each device, in a file that is kept with its backups.
 * With the words and one backup, messages can be read and a new device let in; with either alone, nothing.
 */

/** BIP39: 256 bits, with a checksum of 8, are 24 words. */
const ENTROPY_BYTES = 32;
const SEED_BYTES = 32;
const KEY_LABEL = 'reunion recovery key 1';
const CONTEXT = utf8('reunion store key 1');

/** A new phrase: 24 English words of BIP39. `random` gives as many random bytes as it is asked for. */
export function createRecoveryPhrase(random: (length: number) => Uint8Array): readonly string[] {
  return entropyToMnemonic(Uint8Array.from(random(ENTROPY_BYTES)), wordlist).split(' ');
}

/**
 * The key that a phrase stands for: Ed25519, its seed from the phrase's 256 bits by HKDF-SHA256 (RFC 5869). Undefined where
 * the words are not 24 of BIP39 with a right checksum. Case and spaces do not count.
 */
export function recoveryKeysOf(phrase: string): SigningKeys | undefined {
  const words = phrase.trim().toLowerCase().split(/\s+/u).join(' ');
  let entropy: Uint8Array;
  try {
    entropy = mnemonicToEntropy(words, wordlist);
  } catch {
    return undefined;
  }
  if (entropy.byteLength !== ENTROPY_BYTES) return undefined;
  const seed = hkdf(sha256, entropy, undefined, utf8(KEY_LABEL), SEED_BYTES);
  return { peerId: peerIdOfPublicKey(ed25519.getPublicKey(seed)), seed };
}

const sealedStoreKeys = z.object({
  version: z.literal(1),
  keys: z.array(z.object({ recovery: z.string(), sealed: encodedBytes(SEALED_SECRET_BYTES) })),
});

/** What is kept beside a store and its backups: its key of 32 bytes, sealed to each recovery key. JSON. */
export function sealStoreKey(
  recovery: readonly PeerId[],
  storeKey: Uint8Array,
  random: (length: number) => Uint8Array,
): string {
  const keys = recovery.map((peerId) => ({
    recovery: peerId,
    sealed: Buffer.from(sealSecretTo(peerId, storeKey, CONTEXT, random)).toString('base64url'),
  }));
  return JSON.stringify({ version: 1, keys });
}

/** The recovery keys that a store key was sealed to; empty for anything that `sealStoreKey` has not made. */
export function recoveryKeysIn(content: string): readonly string[] {
  return readSealed(content).map(({ recovery }) => recovery);
}

/** The store key in what `sealStoreKey` made; undefined where none was sealed to this recovery key. */
export function openStoreKey(content: string, recovery: SigningKeys): Uint8Array | undefined {
  const found = readSealed(content).find(({ recovery: peerId }) => peerId === recovery.peerId);
  return found && openSecret(recovery.seed, found.sealed, CONTEXT);
}

function readSealed(content: string) {
  try {
    return sealedStoreKeys.parse(JSON.parse(content)).keys;
  } catch {
    return [];
  }
}
