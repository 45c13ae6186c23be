import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { parsePeerAddress } from '../../network/peers/peer-address.ts';
import type { PeerAddress } from '../../network/peers/peer-address.ts';
import { ExpectedFailure } from '../failures.ts';

/** How often the file is looked at: editors and tools replace files in so many ways that nothing else notices them all. */
const WATCH_MS = 1_000;

/**
 * The peers in a file: a multiaddr a line, what follows a # and empty lines left out. Throws `ExpectedFailure` that names the
 * line which holds none, or the file where there is none.
 */
export function readPeersFile(path: string): PeerAddress[] {
  return contentsOf(path)
    .split('\n')
    .map((line) => line.replace(/#.*/u, '').trim())
    .flatMap((text, index) => {
      if (text === '') return [];
      const peer = parsePeerAddress(text);
      if (peer) return [peer];
      throw new ExpectedFailure(
        `${path}, line ${index + 1}: ${text} is not the address of a peer, a multiaddr that ends in /p2p/ and its id.`,
      );
    });
}

/** Calls `listener` after each change of the file, and when it comes or goes. Returns what ends that. */
export function watchPeersFile(path: string, listener: () => void): () => void {
  const changed = () => listener();
  watchFile(path, { interval: WATCH_MS, persistent: false }, changed);
  return () => unwatchFile(path, changed);
}

function contentsOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new ExpectedFailure(`There is no file ${path}.`);
  }
}
