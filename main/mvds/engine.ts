import { encodePayload, EMPTY_PAYLOAD, type Dialect, type Payload } from './codec.ts';
import { MAX_RECENT_DELIVERED } from './constants.ts';
import { decide } from './decide.ts';
import { EphemeralQueue } from './ephemeral-queue.ts';
import type { Decision, Delivery, Effect, FlushCause, MvdsEvent, Policy } from './events.ts';
import { loadFlushSlice } from './load.ts';
import type { MvdsNodeOptions } from './options.ts';
import type { StoredMessage } from './ports.ts';
import { TaskQueue } from './queue.ts';
import { Recent } from './recent.ts';
import { MutableState, type NodeState, type Patch } from './state.ts';
import type { MessageId, PeerId } from './types.ts';

export interface Handled {
  readonly decision: Decision;
  /** Ids of the messages that were new, in order. */
  readonly added: readonly MessageId[];
}

const SESSION_CHANGES: ReadonlySet<Patch['type']> = new Set([
  'startSession',
  'endSession',
  'removePeer',
]);

/** Carries decisions out: commits, then changes the memory, then delivers and sends. Owns the queue of events. */
export class Engine {
  readonly queue = new TaskQueue(() => this.flushNext());
  private readonly state: MutableState;
  private readonly options: MvdsNodeOptions;
  private readonly policy: Policy;
  private readonly flushes = new Map<PeerId, FlushCause>();
  /** Peers whose transport has not yet taken the last payload of this session, and that payload. */
  private readonly busy = new Map<PeerId, Uint8Array>();
  private readonly ephemeral = new EphemeralQueue();
  private readonly recentlyDelivered = new Recent<MessageId>(MAX_RECENT_DELIVERED);

  constructor(options: MvdsNodeOptions, policy: Policy, epoch: number) {
    this.options = options;
    this.policy = policy;
    this.state = new MutableState(epoch);
  }

  get view(): NodeState {
    return this.state.view;
  }

  readonly isKnownDelivered = (id: MessageId): boolean => this.recentlyDelivered.has(id);

  /** The store is read again for missing parents that were not remembered. */
  rereadAwaited(): void {
    this.state.rereadAwaited();
  }

  /** What was deleted and is wanted again counts as delivered no more. */
  forget(ids: readonly MessageId[]): void {
    for (const id of ids) this.recentlyDelivered.delete(id);
  }

  /** One event: decide, commit, and only then change the memory and speak. Rejects, with nothing changed, as the store does. */
  async handle(event: MvdsEvent): Promise<Handled> {
    const decision = decide({ state: this.view, policy: this.policy }, event);
    const { changes, patches, effects } = decision;
    const added = changes === undefined ? [] : await this.options.store.commit(changes);
    for (const patch of patches) {
      this.state.apply(patch);
      // What a transport never took ends with its session, or the next one would wait for it.
      if (SESSION_CHANGES.has(patch.type) && 'peerId' in patch) {
        this.busy.delete(patch.peerId);
        this.ephemeral.drop(patch.peerId);
      }
    }
    for (const effect of effects) {
      if (effect.type === 'deliver') await this.deliver(effect.deliveries, added);
      else this.perform(effect);
    }
    return { decision, added };
  }

  private perform(effect: Exclude<Effect, { type: 'deliver' }>): void {
    switch (effect.type) {
      case 'flush': {
        const isEager = effect.cause === 'eager' || this.flushes.get(effect.peerId) === 'eager';
        this.flushes.set(effect.peerId, isEager ? 'eager' : 'tick');
        break;
      }
      case 'ephemeral': {
        const { peerId, message } = effect;
        const dropped = this.ephemeral.add(peerId, message);
        if (dropped.length > 0) this.options.onEphemeralDropped?.(peerId, dropped);
        break;
      }
      case 'send':
        this.send(effect.peerId, effect.payload, effect.dialect);
        break;
      case 'hello':
        this.options.onPeerHello?.(effect.peerId, effect.hello);
        break;
      case 'rejected':
        this.options.onRejected?.(effect.peerId, effect.reason);
        break;
      case 'unmetParents':
        this.options.onUnmetParents?.(effect.unmet);
        break;
      case 'acknowledged':
        this.options.onAcknowledged?.(effect.peerId, effect.ids, effect.bodies);
        break;
    }
  }

  private async deliver(
    deliveries: readonly Delivery[],
    added: readonly MessageId[],
  ): Promise<void> {
    const sequences = await this.sequencesOf(added);
    const messages = deliveries.map(({ message, source }): StoredMessage => {
      const sequence = 'sequence' in message ? message.sequence : (sequences.get(message.id) ?? 0);
      const { id, groupId, timestamp, body, metadata } = message;
      return { id, groupId, timestamp, body, metadata, source, sequence, delivered: true };
    });
    for (const { id, metadata } of messages) {
      if (!metadata.ephemeral) this.recentlyDelivered.add(id);
    }
    this.options.onDelivered(messages);
  }

  /** The messages of one commit have consecutive sequences, so the last one tells all. */
  private async sequencesOf(added: readonly MessageId[]): Promise<ReadonlyMap<MessageId, number>> {
    const last = added.at(-1);
    if (last === undefined) return new Map();
    const { sequence = 0 } = (await this.options.store.messages.read([last])).get(last) ?? {};
    const first = sequence - added.length + 1;
    return new Map(added.map((id, index) => [id, first + index]));
  }

  /** One payload for the peer that has waited longest; ephemeral messages, which are of the moment, first. */
  private async flushNext(): Promise<boolean> {
    for (const peerId of this.ephemeral.waiting()) {
      if (this.busy.has(peerId)) continue;
      this.sendEphemeral(peerId);
      return true;
    }
    for (const [peerId, cause] of this.flushes) {
      if (this.busy.has(peerId)) continue;
      this.flushes.delete(peerId);
      try {
        await this.flush(peerId, cause);
      } catch (error) {
        // Nothing was changed, so what was due still is; the next tick tries again.
        this.options.onFlushFailed?.(peerId, error);
      }
      return true;
    }
    return false;
  }

  private async flush(peerId: PeerId, cause: FlushCause): Promise<void> {
    const peer = this.view.peers.get(peerId);
    if (peer?.online !== true) return;
    const { store, random } = this.options;
    const { epoch } = this.view;
    const slice = await loadFlushSlice(store, peerId, peer, epoch, this.policy);
    const waiting = peer.pendingAcks.size + peer.pendingPayloadAcks.size + peer.expired.size;
    if (slice.records.length === 0 && waiting === 0) return;
    await this.handle({ type: 'flush', peerId, cause, jitter: random.next(), slice });
  }

  /** All that wait for the peer, as far as a payload has room. */
  private sendEphemeral(peerId: PeerId): void {
    const peer = this.view.peers.get(peerId);
    if (peer === undefined) {
      this.ephemeral.drop(peerId);
      return;
    }
    const limit = Math.min(this.policy.payloadBytes, peer.maxPayloadBytes ?? Infinity);
    const messages = this.ephemeral.take(peerId, limit);
    this.state.apply({ type: 'setPeer', peerId, fields: { spokenTo: true } });
    this.send(peerId, { ...EMPTY_PAYLOAD, messages }, peer.dialect);
  }

  /** A peer whose transport is still busy or fails holds up nobody else. */
  private send(peerId: PeerId, payload: Payload, dialect: Dialect): void {
    const sharesGroup = this.view.peers.get(peerId)?.sharesGroup === true;
    const bytes = encodePayload(payload, dialect, { sharesGroup });
    const failed = (error: unknown): void => {
      this.flushes.delete(peerId);
      this.options.onSendFailed?.(peerId, error);
    };
    try {
      const sent = this.options.send(peerId, bytes);
      if (!(sent instanceof Promise)) return;
      this.busy.set(peerId, bytes);
      sent.then(
        () => this.free(peerId, bytes),
        (error: unknown) => {
          if (this.busy.get(peerId) === bytes) failed(error);
          this.free(peerId, bytes);
        },
      );
    } catch (error) {
      failed(error);
    }
  }

  private free(peerId: PeerId, bytes: Uint8Array): void {
    if (this.busy.get(peerId) !== bytes) return;
    this.busy.delete(peerId);
    this.queue.wake();
  }
}
