import { coalesced } from '../../helpers/coalesced.ts';
import type { Clock } from '../../helpers/clock.ts';
import type { StoredMessage } from '../../mvds/ports.ts';
import type { PeerId } from '../../mvds/types.ts';
import { peerAddressOf } from '../../network/peers/peer-address.ts';
import { GroupNode } from '../group-node.ts';
import type { GroupNodeOptions } from '../group-node.ts';
import { Attendance, PRESENCE_MS } from './attendance.ts';
import {
  decodeLine,
  decodePresence,
  encodeLine,
  encodePresence,
  nickOf,
  NICK_LENGTH_MAX,
  TEXT_BYTES_MAX,
} from './chat-format.ts';
import type { ChatLine, Presence } from './chat-format.ts';
import { changeText, ChatPrinter, HELP, peersText, whoText } from './chat-text.ts';
import type { ChatWording } from './chat-text.ts';
import { Transcript } from './transcript.ts';

/** Lines shown at a time: a few screens. */
const SHOWN_MAX = 200;
/** Lines of the history that are shown on joining. */
const HISTORY_LINES = 50;
/** Messages that arrive together are put in order before they are shown, milliseconds. */
const SETTLE_MS = 150;
/** How long leaving may take, milliseconds. */
const LEAVE_MS = 1_000;
/** A connection that is lost may be back at once, milliseconds. */
const LOST_MS = 5_000;
/** Nodes of which the chat learns by what others say, beside those that were named: enough to hold a room together. */
const LEARNT_MAX = 16;

export interface ChatRoomOptions extends Omit<GroupNodeOptions, 'onMessages'> {
  readonly nick: string;
  /** Lines of the history to show on joining: 0 to 1,000. */
  readonly history: number;
  readonly wording: ChatWording;
  /** Shows text to the person: one or more whole lines. */
  readonly print: (text: string) => void;
}

/** The outcome of a line that was typed. */
export type Typed = 'handled' | 'quit';

/** A chat among the nodes of one group: a nickname, the history, and who is there. */
export class ChatRoom {
  readonly #options: ChatRoomOptions;
  readonly #node: GroupNode;
  readonly #clock: Clock;
  readonly #attendance = new Attendance();
  readonly #transcript = new Transcript(SHOWN_MAX);
  readonly #printer: ChatPrinter;
  readonly #learnt = new Set<PeerId>();
  #nick: string;
  #arrived: ChatLine[] = [];
  #cancelShow: (() => void) | undefined;
  #cancelPresence: (() => void) | undefined;
  readonly #losing = new Set<() => void>();
  #connected: ReadonlySet<PeerId> = new Set();
  #isClosed = false;

  private constructor(options: ChatRoomOptions, node: GroupNode) {
    this.#options = options;
    this.#clock = options.clock;
    this.#nick = options.nick;
    this.#printer = new ChatPrinter(options.wording);
    this.#node = node;
  }

  /** Rejects as `GroupNode.open` does. Nothing is shown before `start`. */
  static async open(options: ChatRoomOptions): Promise<ChatRoom> {
    const node = await GroupNode.open({
      ...options,
      onMessages: (messages) => room.#take(messages),
    });
    // Before the node is connected, and so before the first message.
    const room: ChatRoom = new ChatRoom(options, node);
    return room;
  }

  get node(): GroupNode {
    return this.#node;
  }

  get nick(): string {
    return this.#nick;
  }

  /** Shows the history and joins the others. Rejects with `ListenError`. */
  async start(): Promise<void> {
    if (this.#options.history > 0) {
      const lines = await this.#history(this.#options.history);
      this.#printAll(this.#printer.shown(this.#transcript.add(lines)));
    }
    this.#node.onPeers((peers) => {
      const connected = peers.filter(({ state }) => 'path' in state && state.kind !== 'connecting');
      this.#follow(new Set(connected.map(({ peerId }) => peerId)));
    });
    await this.#node.start();
    this.#keepPresent();
  }

  /** Takes a line that the person typed. Rejects as the store does. */
  async type(line: string): Promise<Typed> {
    const text = line.replace(/\r$/u, '');
    if (text.trim() === '') return 'handled';
    if (text.startsWith('/') && !text.startsWith('//')) return this.#command(text);
    await this.#say(text.startsWith('//') ? text.slice(1) : text);
    return 'handled';
  }

  /** Whether another node holds all that this one does. */
  get isDelivered(): boolean {
    return this.#node.isHeldElsewhere();
  }

  /** Says that this one leaves, and ends. The store is the caller's. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelPresence?.();
    this.#cancelShow?.();
    for (const cancel of this.#losing) cancel();
    await this.#leave().catch(this.#options.onError);
    await this.#node.close();
  }

  /** Waits for the transport to take it, though not for long: one that is stuck must not keep a person from leaving. */
  async #leave(): Promise<void> {
    await this.#node.announce(this.#presence(true));
    const late = Promise.withResolvers<undefined>();
    const cancel = this.#clock.schedule(LEAVE_MS, () => late.resolve(undefined));
    await Promise.race([this.#node.settled(), late.promise]);
    cancel();
  }

  async #say(text: string): Promise<void> {
    const bytes = Buffer.byteLength(text);
    if (bytes > TEXT_BYTES_MAX) {
      this.#print(`* That is too long: ${bytes} bytes; ${TEXT_BYTES_MAX} are the most.`);
      return;
    }
    await this.#node.send(encodeLine(this.#nick, text, this.#clock.now()));
  }

  async #command(text: string): Promise<Typed> {
    const [name = '', ...words] = text.trim().split(/\s+/u);
    switch (name) {
      case '/quit':
      case '/exit':
        return 'quit';
      case '/who':
        this.#print(whoText(this.#nick, this.#attendance.present));
        break;
      case '/peers': {
        const { peers, addresses } = await this.#node.status();
        this.#print(peersText(peers, addresses));
        break;
      }
      case '/history': {
        const asked = Number(words[0] ?? HISTORY_LINES);
        const count = Number.isInteger(asked) && asked > 0 ? Math.min(asked, 1_000) : HISTORY_LINES;
        this.#printAll(this.#printer.history(await this.#history(count)));
        break;
      }
      case '/nick':
        this.#rename(words.join(' '));
        break;
      case '/help':
        this.#print(HELP);
        break;
      default:
        this.#print(`* There is no command ${name}. /help lists them.`);
    }
    return 'handled';
  }

  #rename(text: string): void {
    const nick = nickOf(text);
    if (nick === undefined) {
      this.#print(`* A name has 1 to ${NICK_LENGTH_MAX} characters that can be seen.`);
      return;
    }
    this.#nick = nick;
    this.#print(`* You are called ${nick} now`);
    void this.#sayPresence();
  }

  async #history(count: number): Promise<ChatLine[]> {
    const messages = await this.#node.messages(count);
    return messages.map(decodeLine).filter((line) => line !== undefined);
  }

  #take(messages: readonly StoredMessage[]): void {
    for (const message of messages) {
      if (message.metadata.ephemeral) {
        const presence = decodePresence(message.body);
        if (presence && presence.peer !== this.#node.id) this.#heard(presence);
        continue;
      }
      const line = decodeLine(message);
      if (line) this.#arrived.push(line);
    }
    if (this.#arrived.length === 0) return;
    this.#cancelShow ??= this.#clock.schedule(SETTLE_MS, () => {
      this.#cancelShow = undefined;
      this.#show();
    });
  }

  #show(): void {
    const lines = this.#arrived;
    this.#arrived = [];
    this.#printAll(this.#printer.shown(this.#transcript.add(lines)));
  }

  #heard(presence: Presence): void {
    const change = this.#attendance.heard(presence, this.#clock.now());
    if (!presence.isLeaving) this.#learn(presence);
    if (!change) return;
    this.#print(changeText(change));
    // A newcomer does not know who is here.
    if (change.kind === 'came') void this.#sayPresence();
  }

  /** So that the room holds together when the node leaves that everybody was told of. */
  #learn({ peer, addresses }: Presence): void {
    if (!this.#options.isOpen || this.#learnt.has(peer) || this.#learnt.size >= LEARNT_MAX) return;
    const found = addresses
      .map((bytes) => peerAddressOf(peer, bytes))
      .filter((address) => address !== undefined);
    if (found.length === 0) return;
    this.#learnt.add(peer);
    this.#node.meet(found);
  }

  #keepPresent(): void {
    this.#cancelPresence = this.#clock.schedule(PRESENCE_MS, () => {
      for (const change of this.#attendance.expire(this.#clock.now())) {
        this.#print(changeText(change));
      }
      void this.#sayPresence();
      this.#keepPresent();
    });
  }

  /** A session has begun, or ended: who has just come is told who is here. */
  #follow(connected: ReadonlySet<PeerId>): void {
    const before = this.#connected;
    this.#connected = connected;
    if ([...connected].some((peer) => !before.has(peer))) void this.#sayPresence();
    if ([...before].every((peer) => connected.has(peer))) return;
    const cancel = this.#clock.schedule(LOST_MS, () => {
      this.#losing.delete(cancel);
      for (const peer of before) {
        const change = this.#connected.has(peer) ? undefined : this.#attendance.lost(peer);
        if (change) this.#print(changeText(change));
      }
    });
    this.#losing.add(cancel);
  }

  readonly #sayPresence = coalesced(async () => {
    if (this.#isClosed) return;
    await this.#node.announce(this.#presence(false)).catch(this.#options.onError);
  });

  #presence(isLeaving: boolean): Uint8Array {
    const addresses = this.#node.binaryAddresses();
    return encodePresence({ nick: this.#nick, peer: this.#node.id, addresses, isLeaving });
  }

  #print(text: string): void {
    this.#options.print(this.#options.wording.safe(text));
  }

  #printAll(lines: readonly string[]): void {
    if (lines.length > 0) this.#options.print(lines.join('\n'));
  }
}
