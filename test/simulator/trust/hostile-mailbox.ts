import type { FrameChannel } from '../../../main/helpers/frame-channel.ts';
import {
  decodePayload,
  encodePayload,
  extensionsOf,
  type Payload,
} from '../../../main/mvds/codec.ts';
import { createMemorySyncStore } from '../../../main/mvds/memory-store.ts';
import { messageIdOf, toMessageId } from '../../../main/mvds/ids.ts';
import { StaticGroup } from '../../../main/group/static-group.ts';
import type { GroupId, Message, PeerId } from '../../../main/mvds/types.ts';
import { Orchestrator } from '../../../main/sync/orchestrator.ts';
import type { Session, Transport } from '../../../main/sync/ports.ts';
import type { SimulatedNetwork } from '../orchestration/network.ts';
import type { WorldClock } from '../orchestration/world-clock.ts';
import { SeededRandom } from '../random.ts';

/** Messages that a mailbox keeps in mind to send again, or later. */
const REMEMBERED = 200;

/** What a mailbox does with each frame that it sends, each with this probability. */
export interface Mischief {
  /** A message is left out: the other side is never sent it by this frame. */
  readonly drop: number;
  /** A message goes with a later frame instead. */
  readonly delay: number;
  readonly replay: number;
  readonly reorder: number;
  /** A message goes with parents or as ephemeral. */
  readonly alter: number;
  /** Something that nobody wrote goes along. */
  readonly inject: number;
  /** A hello says that nothing is pending. */
  readonly lie: number;
  /** Of this group nothing is passed on from some time on. */
  readonly withheld: GroupId | undefined;
}

/**
 * A mailbox that keeps to no rule but those that let it be spoken with: it judges nothing, stores all, and tampers with what
 * it sends.
 */
export class HostileMailbox {
  readonly peerId: PeerId;
  readonly #clock: WorldClock;
  readonly #network: SimulatedNetwork;
  readonly #random: SeededRandom;
  readonly #mischief: Mischief;
  readonly #groups: readonly GroupId[];
  readonly #seen: Message[] = [];
  readonly #delayed: Message[] = [];
  #sync: Orchestrator | undefined;
  #isActive = true;
  #isWithholding = false;

  constructor(options: {
    readonly peerId: PeerId;
    readonly clock: WorldClock;
    readonly network: SimulatedNetwork;
    readonly seed: number;
    readonly mischief: Mischief;
    readonly groups: readonly GroupId[];
  }) {
    this.peerId = options.peerId;
    this.#clock = options.clock;
    this.#network = options.network;
    this.#random = new SeededRandom(options.seed);
    this.#mischief = options.mischief;
    this.#groups = options.groups;
  }

  async start(peers: readonly PeerId[]): Promise<void> {
    this.#sync = await Orchestrator.open({
      store: createMemorySyncStore(),
      storeId: '5a'.repeat(16),
      transport: this.#transport(),
      group: new StaticGroup(peers, this.#groups),
      ...{ clock: this.#clock, random: this.#random },
      onDelivered: (messages) => {
        this.#seen.push(...messages);
        this.#seen.splice(0, this.#seen.length - REMEMBERED);
      },
      onError: () => undefined,
    });
    await this.#sync.start();
  }

  /** Hands round a message that somebody made up. */
  async plant({ groupId, timestamp, body }: Message): Promise<void> {
    await this.#sync?.append(groupId, timestamp, body);
  }

  /** From now on it keeps back what its mischief says it does. */
  withhold(): void {
    this.#isWithholding = true;
  }

  /** From now on it passes everything on as it is. */
  relent(): void {
    this.#isActive = false;
  }

  #transport(): Transport {
    const transport = this.#network.attach(this.peerId);
    return {
      ...transport,
      onSession: (listener) =>
        transport.onSession((session) => listener({ ...session, channel: this.#channel(session) })),
    };
  }

  #channel({ channel }: Session): FrameChannel {
    return {
      read: () => channel.read(),
      write: (frame) => channel.write(this.#tampered(frame)),
      close: () => channel.close(),
    };
  }

  #tampered(frame: Uint8Array): Uint8Array {
    const decoded = decodePayload(frame);
    if (!decoded.ok || !this.#isActive) return frame;
    const payload = { ...decoded.payload, reconcile: extensionsOf(frame).reconcile };
    const random = this.#random;
    const { drop, delay, replay, reorder, alter, inject, lie, withheld } = this.#mischief;
    let messages: Message[] = [];
    for (const message of payload.messages) {
      const isWithheld = this.#isWithholding && message.groupId === withheld;
      if (isWithheld || random.chance(drop)) continue;
      if (random.chance(delay)) this.#delayed.push(message);
      else messages.push(random.chance(alter) ? this.#altered(message) : message);
    }
    if (random.chance(delay)) messages.push(...this.#delayed.splice(0, 5));
    if (this.#seen.length > 0 && random.chance(replay)) messages.push(random.pick(this.#seen));
    if (random.chance(inject)) messages.push(this.#invented());
    if (random.chance(reorder)) messages = messages.reverse();
    const hello =
      payload.hello && random.chance(lie) ? { ...payload.hello, pending: 0 } : payload.hello;
    const tampered: Payload = { ...payload, messages, ...(hello && { hello }) };
    return encodePayload(tampered, 'spec');
  }

  #altered(message: Message): Message {
    const random = this.#random;
    const other = random.pick(this.#seen.length > 0 ? this.#seen : [message]);
    const parent = random.chance(0.5) ? other.id : toMessageId(random.bytes(32));
    const parents = random.chance(0.7) ? [parent] : [];
    return { ...message, metadata: { parents, ephemeral: parents.length === 0 } };
  }

  /** Junk, or something genuine with its group, its time or a bit of its body changed. */
  #invented(): Message {
    const random = this.#random;
    const groupId = random.pick(this.#groups);
    const timestamp = BigInt(Math.round(this.#clock.now()) + random.below(10_000));
    if (this.#seen.length === 0 || random.chance(0.3)) {
      return made(groupId, timestamp, random.bytes(random.pick([0, 8, 57, 300])));
    }
    const genuine = random.pick(this.#seen);
    switch (random.below(4)) {
      case 0:
        return made(groupId, genuine.timestamp, genuine.body);
      case 1:
        return made(genuine.groupId, timestamp, genuine.body);
      case 2:
        return made(genuine.groupId, genuine.timestamp, genuine.body.subarray(0, -1));
      default: {
        const body = Uint8Array.from(genuine.body);
        const at = random.below(Math.max(1, body.byteLength));
        body[at] = (body[at] ?? 0) ^ (1 << random.below(8));
        return made(genuine.groupId, genuine.timestamp, body);
      }
    }
  }
}

function made(groupId: GroupId, timestamp: bigint, body: Uint8Array): Message {
  const metadata = { parents: [], ephemeral: false };
  return { id: messageIdOf(groupId, timestamp, body), groupId, timestamp, body, metadata };
}
