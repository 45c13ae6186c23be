import { createHash } from 'node:crypto';
import { parseGroupId, toGroupId } from '../mvds/ids.ts';
import type { GroupId } from '../mvds/types.ts';

/** Hashed in front of a name, so that no name gives the id of anything else. */
const LABEL = 'reunion group\0';

/**
 * The group that a text stands for: the id itself where it is 64 hexadecimal characters; else SHA-256 over `reunion group`, a
 * zero byte and the name in UTF-8, normalized (NFC). Throws `RangeError` on an empty name.
 */
export function groupOf(text: string): GroupId {
  const name = text.trim().normalize('NFC');
  if (name === '') throw new RangeError('a group has a name');
  return (
    parseGroupId(name.toLowerCase()) ??
    toGroupId(createHash('sha256').update(LABEL).update(name).digest())
  );
}
