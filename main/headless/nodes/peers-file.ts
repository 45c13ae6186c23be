import { unwatchFile, watchFile } from 'node:fs';
import { parsePeerAddress } from '../../network/peers/peer-address.ts';
import type { PeerAddress } from '../../network/peers/peer-address.ts';
import { readListFile } from '../list-file.ts';

/** How often the file is looked at: editors and tools replace files in so many ways that nothing else notices them all. */
const WATCH_MS = 1_000;

/** The peers in a file: a multiaddr a line. Throws `ExpectedFailure` as `readListFile` does. */
export function readPeersFile(path: string): PeerAddress[] {
  const description = 'the address of a peer, a multiaddr that ends in /p2p/ and its id';
  return readListFile(path, parsePeerAddress, description);
}

/** Calls `listener` after each change of the file, and when it comes or goes. Returns what ends that. */
export function watchPeersFile(path: string, listener: () => void): () => void {
  const changed = () => listener();
  watchFile(path, { interval: WATCH_MS, persistent: false }, changed);
  return () => unwatchFile(path, changed);
}
