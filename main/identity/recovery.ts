import { ed25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { utf8 } from '../helpers/bytes.ts';
import { peerIdOfPublicKey } from '../helpers/peer-id.ts';
import type { SigningKeys } from './keys.ts';

/*
 * The recovery phrase is a member of the device list that exists on paper alone: its key comes from 24 words, and content
 * keys are sealed to it as to any device. With the words and one backup, messages can be read and a new device let in; with
 * either alone, nothing. See `recovery-file.ts` for what is kept with a backup.
 */

/** BIP39: 256 bits, with a checksum of 8, are 24 words. */
const ENTROPY_BYTES = 32;
const SEED_BYTES = 32;
const KEY_LABEL = 'reunion recovery key 1';

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
