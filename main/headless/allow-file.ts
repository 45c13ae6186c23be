import { parsePeerId } from '../helpers/peer-id.ts';
import { readListFile } from './list-file.ts';

/** The PeerIds in a file, one a line. Throws `ExpectedFailure` as `readListFile` does. */
export function readAllowFile(path: string): string[] {
  return readListFile(path, parsePeerId, 'the id of a device');
}
