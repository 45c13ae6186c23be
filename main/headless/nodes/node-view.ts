import type { StoredMessage } from '../../mvds/ports.ts';
import type { Message } from '../../mvds/types.ts';
import type { GroupNodeStatus } from '../../node/group-node.ts';
import type { PeerSyncStatus } from '../../sync/status.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('headless:nodes:node-view');

/** A message as `--json` prints it. */
export interface NodeMessageView {
  /** 64 hexadecimal characters. */
  readonly id: string;
  /** Of the group: 64 hexadecimal characters. */
  readonly group: string;
  /** As the message has it: Unix milliseconds by Reunion. A number beyond 2^53 is a string. */
  readonly timestamp: number | string;
  /** The body, where it is UTF-8. */
  readonly text?: string;
  /** The body in base64, where it is not. */
  readonly base64?: string;
}

export interface NodePeerView {
  readonly id: string;
  readonly state: string;
  /** `lan`, `direct` or `relay`, while there is a session. */
  readonly path: string | null;
  readonly reason: string | null;
  readonly interval: 'live' | number;
  readonly toSend: number;
  /** Null while it is not known. */
  readonly toReceive: number | null;
  /** Unix milliseconds. */
  readonly lastContact: number | null;
  /** When both sides last held the same; Unix milliseconds. */
  readonly lastInSync: number | null;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export interface NodeStatusView {
  readonly id: string;
  readonly group: string;
  readonly addresses: readonly string[];
  readonly messages: number;
  readonly peers: readonly NodePeerView[];
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function messageView({
  id,
  groupId,
  timestamp,
  body,
}: Message | StoredMessage): NodeMessageView {
  const time = Number(timestamp);
  return {
    ...{ id, group: groupId },
    timestamp: Number.isSafeInteger(time) ? time : timestamp.toString(),
    ...bodyView(body),
  };
}

function bodyView(body: Uint8Array): Pick<NodeMessageView, 'text' | 'base64'> {
  try {
    return { text: utf8.decode(body) };
  } catch (error) {
    ignored(error);
    return { base64: Buffer.from(body).toString('base64') };
  }
}

export function statusView({
  id,
  group,
  addresses,
  messages,
  peers,
}: GroupNodeStatus): NodeStatusView {
  return { id, group, addresses, messages, peers: peers.map(peerView) };
}

export function peerView(peer: PeerSyncStatus): NodePeerView {
  const { peerId, state, interval, toSend, toReceive, lastContact, lastInSync } = peer;
  return {
    id: peerId,
    state: state.kind,
    path: ('path' in state ? state.path : undefined) ?? null,
    reason: 'reason' in state ? state.reason : null,
    ...{ interval, toSend },
    toReceive: toReceive ?? null,
    lastContact: lastContact ?? null,
    lastInSync: lastInSync ?? null,
    ...{ bytesSent: peer.bytesSent, bytesReceived: peer.bytesReceived },
  };
}
