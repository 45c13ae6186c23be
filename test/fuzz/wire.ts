import { answerFileRequest } from '../../main/api/file-requests.ts';
import type { ContentAccess } from '../../main/api/file-access.ts';
import { encodeEvent, decodeEvent } from '../../main/conversations/events.ts';
import type { EventContent } from '../../main/conversations/events.ts';
import type { ConversationId } from '../../main/conversations/types.ts';
import { KeyLogAdmission } from '../../main/device/admission/key-log-admission.ts';
import { ListAdmission } from '../../main/device/admission/list-admission.ts';
import { fromHex, utf8 } from '../../main/helpers/bytes.ts';
import { contentKeyOf } from '../../main/identity/content-key.ts';
import {
  addDevice,
  contentKeyGroup,
  createDeviceList,
  deviceListGroup,
  listIdOfEntry,
  moveDevice,
  removeDevice,
} from '../../main/identity/device-list.ts';
import { parseEntry } from '../../main/identity/device-list-entry.ts';
import { parseKeyEntry, signKeyEntry } from '../../main/identity/key-entry.ts';
import { openBody, sealBody } from '../../main/identity/sealing.ts';
import { toGroupId, toMessageId } from '../../main/mvds/ids.ts';
import type { MessageId } from '../../main/mvds/types.ts';
import { FrameError, OrderedIds, Reconciliation } from '../../main/reconcile/index.ts';
import { keysOf } from '../helpers/identities.ts';
import { messageOf } from '../helpers/made-messages.ts';
import type { FuzzedParser } from './kept-files.ts';

/*
 * What parses bytes that another device, a mailbox or a page has sent: entries, bodies, events with their lists of files, frames
 * of reconciliation, requests for content. See `FuzzedParser`.
 */

const fill = (length: number) => new Uint8Array(length).fill(5);
const [first, second] = [keysOf(0), keysOf(1)];

function listScene() {
  const root = createDeviceList(first, { name: 'Schreibtisch', system: 'Linux', at: 1 });
  const id = listIdOfEntry(root);
  if (!id) throw new Error('no list');
  const device = { peerId: second.peerId, name: 'ノート', system: 'macOS', at: 2 };
  const added = addDevice(first, id, [root], device);
  const known = [root, added];
  const moved = moveDevice(second, id, known, { addresses: [fill(20), fill(40)], at: 3 });
  const removed = removeDevice(first, id, known, { peerId: second.peerId, at: 4 });
  const key = contentKeyOf(fill(32), []);
  const devices = [first.peerId, second.peerId];
  const fields = { listId: id, key, generation: 1, devices, excluded: ['0a'.repeat(16)], at: 5 };
  return {
    id,
    entries: [root, added, moved, removed],
    keyEntry: signKeyEntry(first, fields, fill),
  };
}

const { id: listId, entries, keyEntry } = listScene();
const list = new ListAdmission(listId);
list.follow(entries.slice(0, 2));
const keyLog = new KeyLogAdmission(listId, (peer) => list.hasNamed(peer));
const [listGroup, keyGroup] = [deviceListGroup(listId), contentKeyGroup(listId)];

const key = contentKeyOf(fill(32), []);
const envelope = { groupId: toGroupId(fill(32)), timestamp: 1_700_000_000_000n };

const conversationId = '0b'.repeat(16) as ConversationId;
const target = toMessageId(fill(32));
const parts = Array.from({ length: 3 }, (_, n) => toMessageId(new Uint8Array(32).fill(n)));
const attachment = {
  ...{ file: 'ab'.repeat(32), bytes: 200_000, storedAt: 9, parts, lists: [] as MessageId[] },
  ...{ name: 'été.png', mediaType: 'image/png' },
};
const CONTENTS = [
  { kind: 'text-written', conversationId, text: 'Grüße', attachments: [attachment] },
  { kind: 'text-edited', conversationId, target, text: 'ändern' },
  { kind: 'reaction', conversationId, target, emoji: '👍', on: true },
  { kind: 'conversation-named', conversationId, name: 'Einkauf' },
  { kind: 'read-up-to', conversationId, position: { order: 5, id: target } },
  { kind: 'draft', conversationId, text: 'halb', editedAt: 7 },
  { kind: 'file-parts', parts },
  { kind: 'file-abandoned', storedAt: 9, parts },
] as unknown as readonly EventContent[];

function heldIds(): OrderedIds {
  const ids = new OrderedIds();
  const packed = Buffer.alloc(64 * 40);
  for (let at = 0; at < 64; at += 1) {
    packed.writeBigInt64BE(BigInt(at), at * 40);
    packed.fill(at + 1, at * 40 + 8, at * 40 + 40);
  }
  ids.insertPacked(packed);
  return ids;
}
const held = heldIds();

const REQUESTS = [
  `GET\n/files/${'ab'.repeat(32)}?name=a%22b.png&type=image/png&inline=1\nbytes=0-9\n12\n"x"`,
  'POST\n/files\n\n5\n',
  'GET\n/export?format=json\nbytes=-5\n\n',
  'POST\n/import?name=WhatsApp%20Chat.zip\nbytes=9-\n999999999999999\n',
  'HEAD\n/backup\nbytes=1-0\n0\n',
];

async function* some(): AsyncGenerator<Uint8Array> {
  yield utf8('some bytes');
}
const outgoing = async () => ({
  name: 'x.json',
  mediaType: 'application/json',
  bytes: 10,
  content: some(),
});
const access: ContentAccess = {
  add: async () => ({ id: 'ab'.repeat(32), bytes: 1 }),
  open: async (id: string) =>
    id === 'ab'.repeat(32) ? { bytes: 100, read: () => some() } : undefined,
  exchange: {
    export: outgoing,
    backup: outgoing,
    import: async () => undefined,
    restore: async () => undefined,
  },
};

async function requested(input: Buffer): Promise<string> {
  const [method = '', path = '', range = '', length = '', match = ''] = input
    .toString('utf8')
    .split('\n');
  let request: Request;
  try {
    const headers = { Range: range, 'Content-Length': length, 'If-None-Match': match };
    const body = method === 'POST' ? { body: 'x' } : {};
    request = new Request(new URL(path, 'http://localhost'), { method, headers, ...body });
  } catch {
    // The HTTP parser of the server lets no such thing through.
    return 'no request';
  }
  const bugs: unknown[] = [];
  const options = { mayAdd: true, onBug: (error: unknown) => bugs.push(error) };
  const { status } = await answerFileRequest(access, request, options);
  if (bugs.length > 0) throw bugs[0];
  return String(status);
}

export const WIRE: readonly FuzzedParser[] = [
  {
    name: 'entries of the device list',
    seeds: entries,
    outcomes: ['accept', 'reject', 'hold'],
    run: (input) => {
      const at = BigInt(parseEntry(input)?.at ?? 0);
      return list.admit(messageOf(listGroup, at, input)).type;
    },
  },
  {
    name: 'entries of the log of content keys',
    seeds: [keyEntry],
    outcomes: ['accept', 'reject'],
    run: (input) => {
      const at = BigInt(parseKeyEntry(input)?.at ?? 0);
      return keyLog.admit(messageOf(keyGroup, at, input)).type;
    },
  },
  {
    name: 'sealed bodies',
    seeds: [utf8('kurz'), fill(900)].map((body) => sealBody(key, envelope, body, fill)),
    outcomes: ['opened', 'garbled', 'unknown-key', 'newer-version'],
    run: (input) =>
      openBody((epoch) => (epoch === key.epoch ? key : undefined), envelope, input).kind,
  },
  {
    name: 'events, with lists of files',
    seeds: CONTENTS.map((content) => encodeEvent({ author: first.peerId, order: 3, content })),
    outcomes: ['none', 'unknown', 'text-written', 'file-parts', 'read-up-to'],
    run: (input) => decodeEvent(input)?.content.kind ?? 'none',
  },
  {
    name: 'frames of reconciliation',
    seeds: [
      ...Reconciliation.initiate(held).frames,
      ...Reconciliation.initiate(new OrderedIds()).frames,
      fromHex('6100000200'),
    ],
    outcomes: ['answered', 'refused'],
    run: (input) => {
      try {
        const session = Reconciliation.respond(held);
        Array.from(session.receive(input));
        return 'answered';
      } catch (error) {
        if (error instanceof FrameError) return 'refused';
        throw error;
      }
    },
  },
  {
    name: 'requests for content',
    seeds: REQUESTS.map((text) => utf8(text)),
    outcomes: ['200', '206', '404', '405', 'no request'],
    run: requested,
  },
];
