import { createHash } from 'node:crypto';
import type { AttachmentState, AttachmentView, MessageView } from '../../main/api/types.ts';
import { CHUNK_BYTES } from '../../main/conversations/files.ts';
import type { OwnDevice } from './own-devices.ts';

/** Bytes that look like chance and are the same each time. */
export function bytesOf(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export function chunks(count: number): number {
  return count * CHUNK_BYTES;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** As it comes over a line: in pieces that fit nothing. */
export async function* piecesOf(bytes: Uint8Array, size = 60_001): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

/** Sends a file in the conversation “Notes”. */
export async function sendFile(
  device: OwnDevice,
  content: Uint8Array,
  name = 'a.bin',
  text = '',
): Promise<MessageView> {
  const { id } = await device.files.add(piecesOf(content));
  const attachments = [{ id, name, mediaType: 'application/octet-stream' }];
  return device.commands.send({ conversation: 'Notes', text, attachments });
}

/** The whole content of a file; undefined where it is not here. */
export async function contentOf(device: OwnDevice, id: string): Promise<Uint8Array | undefined> {
  const file = await device.files.open(id);
  if (!file) return undefined;
  const pieces: Uint8Array[] = [];
  for await (const piece of file.read(0, file.bytes)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The files of the conversation “Notes”, as they look now, the newest message's first. */
export async function filesOf(device: OwnDevice): Promise<readonly AttachmentView[]> {
  const known = await device.commands.conversations({});
  if (!known.some(({ name }) => name === 'Notes')) return [];
  const { messages } = await device.commands.conversationFiles({
    conversation: 'Notes',
    limit: 100,
  });
  return messages.flatMap(({ attachments }) => attachments);
}

/** Resolves once the file with this content shows in this state. */
export async function shows(
  device: OwnDevice,
  id: string,
  state: AttachmentState,
): Promise<AttachmentView> {
  let found: AttachmentView | undefined;
  await device.eventually(async () => {
    found = (await filesOf(device)).find((file) => file.id === id);
    return found?.state === state;
  }, `the file is ${state}`);
  if (!found) throw new Error('no such file');
  return found;
}
