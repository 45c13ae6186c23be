import type { ConversationSummary, PeerStatus, Status } from '../../main/api/types.ts';

export const NOW = 1_800_000_000_000;
export const DAY = 24 * 60 * 60_000;

/** Another device as the api tells of it; up to date where nothing else is said. */
export function peer(name: string, change: Partial<PeerStatus> = {}): PeerStatus {
  return {
    id: `id of ${name}`,
    name,
    similarTo: [],
    role: 'device',
    state: 'up-to-date',
    path: 'lan',
    roundTrip: 1,
    interval: 'live',
    toSend: 0,
    toReceive: 0,
    bytesSent: 0,
    bytesReceived: 0,
    sendingRate: 0,
    receivingRate: 0,
    secondsLeft: null,
    lastContact: NOW,
    lastInSync: NOW,
    nextTryAt: null,
    failure: null,
    versions: null,
    ...change,
  };
}

/** A device as the api tells of it; a member where nothing else is said. */
export function status(peers: readonly PeerStatus[], change: Partial<Status> = {}): Status {
  return {
    device: { id: 'own', name: 'Desk' },
    membership: 'member',
    role: 'device',
    disputes: [],
    mailboxLimits: null,
    historySince: null,
    firstTransfer: null,
    keyProtection: 'keychain',
    hasRecoveryPhrase: true,
    confirmDevices: false,
    storage: { messages: 0, readable: 0, bytes: 0, unsupported: 0, unindexed: 0 },
    pausedUntil: null,
    peers,
    relays: [],
    files: {
      policy: 'all',
      metered: false,
      sendLimit: null,
      receiveLimit: null,
      bytes: 0,
      files: 0,
      freeBytes: null,
      deferred: null,
    },
    ...change,
  };
}

/** A conversation with a last message. */
export function conversation(
  name: string,
  unread: number,
  text = 'Hello',
  change: Partial<ConversationSummary> = {},
): ConversationSummary {
  const id = `id of ${name}`;
  return {
    id,
    name,
    emoji: null,
    colour: null,
    archived: false,
    isPinned: false,
    messages: unread,
    latest: {
      id: '0',
      conversationId: id,
      author: { id: 'other', name: 'Laptop' },
      text,
      writtenAt: NOW,
      order: 1,
      own: false,
      editedAt: null,
      deleted: false,
      pinned: false,
      reactions: [],
      attachments: [],
      unsupported: false,
    },
    unread,
    readUpTo: null,
    draft: '',
    pinned: 0,
    activeAt: NOW,
    ...change,
  };
}
