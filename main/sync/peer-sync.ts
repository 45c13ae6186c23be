import type { Clock } from '../helpers/clock.ts';
import { EMPTY_PAYLOAD, encodePayload } from '../mvds/codec.ts';
import type { Hello } from '../mvds/codec.ts';
import { HELLO_VERSION, MAX_PAYLOAD_BYTES } from '../mvds/constants.ts';
import type { RecordCounts } from '../mvds/ports.ts';
import type { PeerId } from '../mvds/types.ts';
import type { Path, Session } from './ports.ts';

/** What is kept of a peer across restarts. Times are Unix milliseconds. */
export interface PeerHistory {
  /** 16 bytes as hexadecimal characters: a peer that comes back with another one has lost what it held. */
  readonly storeId: string | undefined;
  readonly lastContact: number | undefined;
  readonly lastInSync: number | undefined;
}

/**
 * `connecting`: not met since the start. `offline`: met, and not connected now. `syncing`: something is still to be
 * acknowledged by either side, or the other side has not yet said whether there is. `up-to-date`: neither side holds
 * anything that the other has not acknowledged, by what both have said in this session.
 */
export type PeerSyncState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'offline' }
  | { readonly kind: 'syncing'; readonly path: Path }
  | { readonly kind: 'up-to-date'; readonly path: Path };

export interface PeerSyncStatus extends PeerHistory {
  readonly peerId: PeerId;
  readonly state: PeerSyncState;
  /** Messages here that the peer has not acknowledged. */
  readonly toSend: number;
  /**
   * Messages there that this device has not acknowledged: what the peer last said, less what has come since. Undefined
   * before it has said so in this session.
   */
  readonly toReceive: number | undefined;
}

/** What is known of one peer, and the session with it while there is one. */
export class PeerSync {
  readonly peerId: PeerId;
  readonly #clock: Clock;
  readonly #storeId: string;
  #session: Session | undefined;
  #met = false;
  #toSend = 0;
  #toReceive: number | undefined;
  /** What was last said to the peer of `#toSend`; undefined before anything was said in this session. */
  #said: number | undefined;
  /** Whether a report waits for room: with a peer that takes nothing, there is never more than one. */
  #reporting = false;
  #peerStoreId: string | undefined;
  #lastContact: number | undefined;
  #lastInSync: number | undefined;

  constructor(peerId: PeerId, storeId: string, clock: Clock, history: PeerHistory | undefined) {
    this.peerId = peerId;
    this.#storeId = storeId;
    this.#clock = clock;
    this.#peerStoreId = history?.storeId;
    this.#lastContact = history?.lastContact;
    this.#lastInSync = history?.lastInSync;
  }

  /** A session has begun; the one before, if it still lives, is over. */
  begin(session: Session): void {
    // It may be the one that hangs: nothing waits for its end.
    void this.#session?.channel.close();
    this.#session = session;
    this.#met = true;
    this.#toReceive = undefined;
    this.#said = undefined;
    this.#reporting = false;
    this.#lastContact = this.#clock.now();
  }

  /** A session is over. Returns whether it was the current one. */
  finish(session: Session): boolean {
    if (this.#session !== session) return false;
    this.#session = undefined;
    this.#toReceive = undefined;
    this.#lastContact = this.#clock.now();
    return true;
  }

  async end(): Promise<void> {
    await this.#session?.channel.close();
  }

  /**
   * Resolves when there is room for more: until then MVDS has nothing more for this peer. A channel that has ended is
   * noticed by its reader; what was not acknowledged is sent again in the next session.
   */
  async send(payload: Uint8Array): Promise<void> {
    await this.#session?.channel.write(payload).catch(() => undefined);
  }

  /** The peer has said how much it still holds for this device. */
  heard(hello: Hello): void {
    if (hello.pending !== undefined) this.#toReceive = hello.pending;
    this.#peerStoreId = hello.storeId;
    this.#noteContact();
  }

  /** `messages` that were new have come from the peer, and are acknowledged. */
  received(messages: number): void {
    if (this.#toReceive !== undefined) this.#toReceive = Math.max(0, this.#toReceive - messages);
    this.#noteContact();
  }

  counted({ offers, messages }: RecordCounts): void {
    this.#toSend = offers + messages;
    this.#noteContact();
  }

  /** Says to the peer how much is held for it, where that is news. */
  report(): void {
    if (!this.#session || this.#reporting || this.#said === this.#toSend) return;
    this.#said = this.#toSend;
    this.#reporting = true;
    const hello: Hello = {
      version: HELLO_VERSION,
      storeId: this.#storeId,
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      pending: this.#toSend,
    };
    void this.send(encodePayload({ ...EMPTY_PAYLOAD, hello }, 'spec')).finally(() => {
      this.#reporting = false;
    });
  }

  status(): PeerSyncStatus {
    return {
      peerId: this.peerId,
      state: this.#state(),
      toSend: this.#toSend,
      toReceive: this.#toReceive,
      storeId: this.#peerStoreId,
      lastContact: this.#session ? this.#clock.now() : this.#lastContact,
      lastInSync: this.#lastInSync,
    };
  }

  #state(): PeerSyncState {
    if (!this.#session) return { kind: this.#met ? 'offline' : 'connecting' };
    const { path } = this.#session;
    return { kind: this.#agrees() ? 'up-to-date' : 'syncing', path };
  }

  #agrees(): boolean {
    return this.#toSend === 0 && this.#toReceive === 0;
  }

  #noteContact(): void {
    if (!this.#session) return;
    this.#lastContact = this.#clock.now();
    if (this.#agrees()) this.#lastInSync = this.#lastContact;
  }
}
