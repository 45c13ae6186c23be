import { peerIdOfBytes, peerIdToBytes } from '../../helpers/peer-id.ts';
import type { StoredMessage } from '../../mvds/ports.ts';
import type { PeerId } from '../../mvds/types.ts';
import { ChatMessage, ChatPresence } from '../../proto/chat.ts';

/** Characters of a nickname: a name fits a line beside its text. */
export const NICK_LENGTH_MAX = 32;
/** Bytes of a text: some twenty pages. */
export const TEXT_BYTES_MAX = 64 * 1024;
/** Addresses that a presence names; what a node has more of is of no use to others. */
const ADDRESSES_MAX = 8;
const MS_PER_SECOND = 1_000;

/** One line of the conversation. */
export interface ChatLine {
  readonly id: string;
  /** Unix milliseconds: with the id, the place in the order that all nodes share. */
  readonly at: number;
  readonly nick: string;
  readonly text: string;
}

export interface Presence {
  readonly nick: string;
  readonly peer: PeerId;
  /** Binary multiaddrs. */
  readonly addresses: readonly Uint8Array[];
  readonly isLeaving: boolean;
}

/** Nothing that a terminal would not show as one line; undefined where nothing visible is left, or too much. */
export function nickOf(text: string): string | undefined {
  const nick = text
    .normalize('NFC')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  return nick === '' || Array.from(nick).length > NICK_LENGTH_MAX ? undefined : nick;
}

export function encodeLine(nick: string, text: string, now: number): Uint8Array {
  return ChatMessage.encode({
    timestamp: BigInt(Math.floor(now / MS_PER_SECOND)),
    nick,
    payload: new TextEncoder().encode(text),
  });
}

/** The line of a message; undefined for a body that is none. */
export function decodeLine({ id, timestamp, body }: StoredMessage): ChatLine | undefined {
  try {
    const { nick, payload } = ChatMessage.decode(body);
    if (payload.byteLength > TEXT_BYTES_MAX) return undefined;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    const shown = nickOf(nick);
    return shown === undefined ? undefined : { id, at: Number(timestamp), nick: shown, text };
  } catch {
    return undefined;
  }
}

export function encodePresence({ nick, peer, addresses, isLeaving }: Presence): Uint8Array {
  return ChatPresence.encode({
    ...{ nick, peer: peerIdToBytes(peer), leaving: isLeaving },
    addresses: addresses.slice(0, ADDRESSES_MAX),
  });
}

/** Undefined for a body that is none. */
export function decodePresence(body: Uint8Array): Presence | undefined {
  try {
    const { nick, peer, addresses, leaving } = ChatPresence.decode(body, {
      limits: { addresses: ADDRESSES_MAX },
    });
    const [shown, peerId] = [nickOf(nick), peerIdOfBytes(peer)];
    if (shown === undefined || peerId === undefined) return undefined;
    return { nick: shown, peer: peerId, addresses, isLeaving: leaving };
  } catch {
    return undefined;
  }
}

/** The order that all nodes share. */
export function compareLines(a: ChatLine, b: ChatLine): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
