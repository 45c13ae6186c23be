import type { FrameChannel } from '../helpers/frame-channel.ts';
import { PairReply } from '../proto/pairing.ts';
import type { Admitted } from '../proto/pairing.ts';
import { receiveReply } from './pairing-messages.ts';

/** What a device that was let in is given. Each entry is one of the two logs, in its encoded form. */
export interface AdmittedEntries {
  /** The whole device list. */
  readonly deviceList: readonly Uint8Array[];
  /** Entries of the log of content keys that concern the new device; none for a mailbox. */
  readonly contentKeys: readonly Uint8Array[];
}

/** Bytes of entries in one frame: an entry has 56,000 at most, and a frame of pairing 128 KiB (network/constants.ts). */
const PART_BYTES = 96 * 1024;
/** A field of an entry: its tag and its length. */
const FIELD_BYTES = 4;
/** What a list and a log of keys may hold by their quotas (device/admission): 64 MiB and 16 MiB. Nobody has a tenth of it. */
const ADMITTED_BYTES_MAX = 80 * 1024 * 1024;
/** Entries, which cost memory beside their bytes. */
export const ADMITTED_ENTRIES_MAX = 32_768;

/** Sends the entries in as many frames as they need. Throws `ChannelClosedError`. */
export async function sendAdmitted(channel: FrameChannel, entries: AdmittedEntries): Promise<void> {
  const parts = partsOf(entries);
  for (const [index, part] of parts.entries()) {
    const more = index < parts.length - 1;
    await channel.write(PairReply.encode({ admitted: { ...part, more } }));
  }
}

/** The entries whose first part has come; undefined where the rest does not come, or is more than there may be. */
export async function receiveAdmitted(
  channel: FrameChannel,
  first: Admitted,
): Promise<AdmittedEntries | undefined> {
  const deviceList: Uint8Array[] = [];
  const contentKeys: Uint8Array[] = [];
  let bytes = 0;
  for (let part: Admitted | undefined = first; part;) {
    const all = [...part.deviceList, ...part.contentKeys];
    bytes += all.reduce((sum, { byteLength }) => sum + byteLength, 0);
    deviceList.push(...part.deviceList);
    contentKeys.push(...part.contentKeys);
    const entries = deviceList.length + contentKeys.length;
    if (bytes > ADMITTED_BYTES_MAX || entries > ADMITTED_ENTRIES_MAX) return undefined;
    if (!part.more) return { deviceList, contentKeys };
    // Parts without entries could go on for ever.
    if (all.length === 0) return undefined;
    part = (await receiveReply(channel))?.admitted;
  }
  return undefined;
}

interface Part {
  readonly deviceList: Uint8Array[];
  readonly contentKeys: Uint8Array[];
}

function partsOf(entries: AdmittedEntries): Part[] {
  let part: Part = { deviceList: [], contentKeys: [] };
  const parts = [part];
  let bytes = 0;
  for (const log of ['deviceList', 'contentKeys'] as const) {
    for (const entry of entries[log]) {
      const size = entry.byteLength + FIELD_BYTES;
      if (bytes > 0 && bytes + size > PART_BYTES) {
        part = { deviceList: [], contentKeys: [] };
        parts.push(part);
        bytes = 0;
      }
      part[log].push(entry);
      bytes += size;
    }
  }
  return parts;
}
