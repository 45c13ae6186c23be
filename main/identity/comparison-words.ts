import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { entropyToMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { concatBytes, utf8 } from '../helpers/bytes.ts';
import { peerIdToBytes } from '../helpers/peer-id.ts';
import type { PeerId } from '../mvds/types.ts';

const LABEL = utf8('reunion compare devices 1');
/** 12 words of BIP39: 128 bits, and 4 of their checksum. */
const HASH_BYTES = 16;
/**
 * Somebody between two devices needs two keys of their own that give both of them the same words: 2^64 pairs to try. Each try
 * costs 32 MiB and a tenth of a second (RFC 7914), which nobody has.
 */
const SCRYPT = { cost: 2 ** 15, blockSize: 8, parallelization: 1, maxmem: 64 * 1024 * 1024 };

const derive = promisify<Uint8Array, Uint8Array, number, typeof SCRYPT, Buffer>(scrypt);

/**
 * Twelve words for two devices, the same on both, whichever is named first. They stand for the public keys of both: a PeerId
 * holds the key itself. scrypt over the two PeerIds, in order of their bytes, under a label.
 */
export async function comparisonWords(one: PeerId, other: PeerId): Promise<readonly string[]> {
  const ids = [peerIdToBytes(one), peerIdToBytes(other)].sort((a, b) => Buffer.compare(a, b));
  const lengths = ids.map(({ byteLength }) => new Uint8Array([byteLength]));
  const input = concatBytes(
    ...ids.flatMap((id, index) => [lengths[index] ?? new Uint8Array(), id]),
  );
  const hash = await derive(input, LABEL, HASH_BYTES, SCRYPT);
  return entropyToMnemonic(new Uint8Array(hash), wordlist).split(' ');
}
