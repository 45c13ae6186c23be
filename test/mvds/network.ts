import { fromHex, utf8 } from '../../main/helpers/bytes.ts';
import { decodePayload, type Payload } from '../../main/mvds/codec.ts';
import type { Rejection, UnmetParents } from '../../main/mvds/events.ts';
import { toGroupId, toPeerId } from '../../main/mvds/ids.ts';
import { createMemorySyncStore, type MemorySyncStore } from '../../main/mvds/memory-store.ts';
import { MvdsNode } from '../../main/mvds/node.ts';
import type { AppendInput, MvdsNodeOptions } from '../../main/mvds/options.ts';
import type { StoredMessage } from '../../main/mvds/ports.ts';
import type { GroupId, MessageId, PeerId } from '../../main/mvds/types.ts';

export const GROUP = toGroupId(fromHex('01'.repeat(32)));
export const OTHER_GROUP = toGroupId(fromHex('02'.repeat(32)));

class SentPayload {
  readonly from: PeerId;
  readonly to: PeerId;
  readonly bytes: Uint8Array;

  constructor(from: PeerId, to: PeerId, bytes: Uint8Array) {
    this.from = from;
    this.to = to;
    this.bytes = bytes;
  }

  get payload(): Payload {
    const decoded = decodePayload(this.bytes);
    if (!decoded.ok) throw new Error('a node sent what it could not read');
    return decoded.payload;
  }
}

export type Sent = SentPayload;

export interface TestNode {
  readonly id: PeerId;
  readonly mvds: MvdsNode;
  readonly store: MemorySyncStore;
  readonly delivered: StoredMessage[];
  readonly rejected: (readonly [PeerId, Rejection])[];
  readonly acknowledged: (readonly [PeerId, MessageId])[];
  readonly unmet: UnmetParents[];
}

type Options = Partial<Omit<MvdsNodeOptions, 'onDelivered' | 'send'>> & {
  readonly memory?: MemorySyncStore;
};

/** Nodes joined by function calls. Nothing travels until `run`, in the order sent. */
export class TestNetwork {
  readonly log: Sent[] = [];
  /** Returns false for a payload that is lost. */
  passes: (sent: Sent) => boolean = () => true;
  private readonly nodes = new Map<PeerId, TestNode>();
  private readonly wire: Sent[] = [];

  async node(name: string, options: Options = {}): Promise<TestNode> {
    const id = toPeerId(name);
    const store = options.memory ?? createMemorySyncStore();
    const delivered: StoredMessage[] = [];
    const rejected: (readonly [PeerId, Rejection])[] = [];
    const acknowledged: (readonly [PeerId, MessageId])[] = [];
    const unmet: UnmetParents[] = [];
    const mvds = await MvdsNode.open({
      store,
      random: { next: () => 0 },
      storeId: '0'.repeat(32),
      ...options,
      onDelivered: (messages) => delivered.push(...messages),
      onRejected: (peerId, reason) => rejected.push([peerId, reason]),
      onAcknowledged: (peerId, ids) => acknowledged.push(...ids.map((it) => [peerId, it] as const)),
      onUnmetParents: (messages) => unmet.push(...messages),
      send: (to, bytes) => this.send(id, to, bytes),
    });
    const node = { id, mvds, store, delivered, rejected, acknowledged, unmet };
    this.nodes.set(id, node);
    return node;
  }

  /** Makes two nodes peers of each other, online at once. */
  async join(
    a: TestNode,
    b: TestNode,
    mode: 'batch' | 'interactive' = 'batch',
    groups: readonly GroupId[] = [GROUP],
  ): Promise<void> {
    for (const [node, peer] of [
      [a, b],
      [b, a],
    ] as const) {
      await node.mvds.setPeer(peer.id, { groups: new Set(groups), mode });
      await node.mvds.peerOnline(peer.id);
    }
  }

  send(from: PeerId, to: PeerId, bytes: Uint8Array): void {
    const sent = new SentPayload(from, to, bytes);
    this.log.push(sent);
    this.wire.push(sent);
  }

  /** Carries payloads until no node has anything more to say without an epoch passing. */
  async run(): Promise<void> {
    for (;;) {
      for (const node of this.nodes.values()) await node.mvds.settled();
      const sent = this.wire.shift();
      if (sent === undefined) return;
      if (this.passes(sent)) await this.nodes.get(sent.to)?.mvds.receive(sent.from, sent.bytes);
    }
  }

  async epochs(count: number): Promise<void> {
    for (let epoch = 0; epoch < count; epoch += 1) {
      for (const node of this.nodes.values()) await node.mvds.tick();
      await this.run();
    }
  }

  /** What was sent since the last call, by anyone or from one node. */
  takeLog(from?: TestNode): Sent[] {
    const log = this.log.splice(0);
    return from === undefined ? log : log.filter((sent) => sent.from === from.id);
  }
}

let written = 0n;

/** A new message: its timestamp sets it apart. */
export function text(body: string, more: Partial<AppendInput> = {}): AppendInput {
  written += 1n;
  return { groupId: GROUP, timestamp: written, body: utf8(body), ...more };
}

export function bodies(messages: readonly StoredMessage[]): string[] {
  return messages.map(({ body }) => new TextDecoder().decode(body));
}

export async function ids(store: MemorySyncStore): Promise<string[]> {
  const all = await store.messages.arrivedAfter(0, Infinity);
  return all.map(({ id }) => id).sort();
}
