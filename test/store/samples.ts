import { createHash } from 'node:crypto';
import type { ProjectionChanges } from '../../main/conversations/ports.ts';
import type { ConversationId, Entry, WrittenEntry } from '../../main/conversations/types.ts';
import type { NewMessage } from '../../main/mvds/ports.ts';
import type {
  GroupId,
  Message,
  MessageId,
  PeerId,
  RecordType,
  SyncRecord,
} from '../../main/mvds/types.ts';

function hash(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** Ids that are the same in every run. */
export const messageId = (name: string | number): MessageId => hash(`message ${name}`) as MessageId;
export const groupId = (name: string): GroupId => hash(`group ${name}`) as GroupId;
export const conversationId = (name: string): ConversationId =>
  hash(`conversation ${name}`).slice(0, 32) as ConversationId;
export const peer = (name: string): PeerId => `12D3KooW${name}` as PeerId;

export const GROUP = groupId('one');
export const ALICE = peer('Alice');
export const BOB = peer('Bob');

export function message(name: string | number, about: Partial<Message> = {}): Message {
  return {
    id: messageId(name),
    groupId: GROUP,
    timestamp: typeof name === 'number' ? BigInt(name) : 0n,
    body: new TextEncoder().encode(`body of ${name}`),
    metadata: { parents: [], ephemeral: false },
    ...about,
  };
}

/** A delivered message that was written here, unless `about` says otherwise. */
export function added(
  name: string | number,
  about: Partial<Message> & Partial<Omit<NewMessage, 'message'>> = {},
): NewMessage {
  const { delivered = true, source, ...rest } = about;
  return { message: message(name, rest), delivered, source };
}

export function withParents(...names: (string | number)[]): Pick<Message, 'metadata'> {
  return { metadata: { parents: names.map(messageId), ephemeral: false } };
}

export function record(
  peerId: PeerId,
  name: string | number,
  about: Partial<SyncRecord> & { type?: RecordType } = {},
): SyncRecord {
  return {
    peerId,
    messageId: messageId(name),
    type: 'message',
    groupId: GROUP,
    sendCount: 0,
    sendEpoch: 0,
    ...about,
  };
}

export function entry(
  name: string | number,
  text: string,
  about: Partial<WrittenEntry> = {},
): WrittenEntry {
  return {
    id: messageId(name),
    conversationId: conversationId('notes'),
    order: typeof name === 'number' ? name : 0,
    author: ALICE,
    writtenAt: 1_700_000_000_000,
    text,
    ...about,
  };
}

/** A deletion of an entry of those above. */
export function deletionOf(
  name: string | number,
  about: { readonly order: number; readonly eventId: MessageId },
): NonNullable<ProjectionChanges['deletions']>[number] {
  const { id, order, author, writtenAt, conversationId: of } = entry(name, '');
  const erased = { order, author, timestamp: writtenAt, files: [] };
  return { ...about, target: id, author: BOB, conversationId: of, erased };
}

/** As an entry of which nothing was said since it was written is read. */
export function asWritten({ attachments: _none, ...written }: WrittenEntry): Entry {
  return {
    ...written,
    files: [],
    editedAt: undefined,
    deleted: false,
    pinned: false,
    unsupported: false,
    reactions: [],
  };
}
