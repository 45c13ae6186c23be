import { acceptAll } from './admission.ts';
import { AdmissionControl } from './admission-control.ts';
import {
  decodePayload,
  EMPTY_PAYLOAD,
  type DecodeResult,
  type Dialect,
  type Hello,
  type Payload,
} from './codec.ts';
import { FIRST_EPOCH } from './constants.ts';
import { Engine } from './engine.ts';
import type { Policy, Rejection } from './events.ts';
import { loadPayloadSlice } from './load.ts';
import {
  policyOf,
  type AppendInput,
  type MvdsNodeOptions,
  type PeerConfig,
  type Readmission,
  type ReceiveResult,
} from './options.ts';
import { OwnMessages } from './own-messages.ts';
import { ParentReview } from './parent-review.ts';
import { NOTHING_RECEIVED, payloadsTogether, resultsTogether } from './payloads-together.ts';
import type { RecordCounts, Tombstone } from './ports.ts';
import type { NodeState, NumberedPayload } from './state.ts';
import type { GroupId, Message, MessageId, PeerId } from './types.ts';

/**
 * A 2/MVDS node: the shell around the decisions of `decide.ts`. Events are handled one at a time in order; each is one
 * transaction of the store, and what it says to the world is said only after that was committed. Every method rejects,
 * with nothing changed, where the store could not commit.
 */
export class MvdsNode {
  private readonly options: MvdsNodeOptions;
  private readonly policy: Policy;
  private readonly engine: Engine;
  private readonly ownMessages: OwnMessages;
  private readonly admission: AdmissionControl;
  private readonly parents: ParentReview;

  private constructor(options: MvdsNodeOptions, policy: Policy, epoch: number) {
    this.options = options;
    this.policy = policy;
    this.engine = new Engine(options, policy, epoch);
    this.ownMessages = new OwnMessages(options.store, this.engine);
    this.parents = new ParentReview(options.store, this.engine);
    this.admission = new AdmissionControl(options.admission ?? acceptAll);
  }

  /**
   * Opens a node on a store. It knows no peers until `setPeer`; their records are still in the store. Rejects with
   * `RangeError` where the store id is malformed.
   */
  static async open(options: MvdsNodeOptions): Promise<MvdsNode> {
    const epoch = Math.max(FIRST_EPOCH, await options.store.records.epoch());
    return new MvdsNode(options, policyOf(options), epoch);
  }

  /** The in-memory state, for inspection. */
  get view(): NodeState {
    return this.engine.view;
  }

  /** Adds a peer, or changes its groups or mode. It gets the whole history of each group that is new to it. */
  async setPeer(peerId: PeerId, config: PeerConfig): Promise<void> {
    await this.engine.queue.add(() => this.setPeerNow(peerId, config));
  }

  /** Forgets the peer and everything that was to be said to it. */
  async removePeer(peerId: PeerId): Promise<void> {
    await this.engine.queue.add(async () => {
      await this.engine.handle({ type: 'peerRemoved', peerId });
      this.admission.forget(peerId);
      await this.parents.reviewAll();
    });
  }

  /**
   * A session with the peer began: whatever there is for it is due at once. Unknown peers are ignored. `isReliable`: `send` loses
   * nothing until `peerOffline`, and the peer does not count on retransmission, so that no body is sent twice in between.
   */
  async peerOnline(
    peerId: PeerId,
    { isReliable = false }: { readonly isReliable?: boolean } = {},
  ): Promise<void> {
    const event = { type: 'peerOnline', peerId, isReliable } as const;
    await this.engine.queue.add(() => this.engine.handle(event));
  }

  /**
   * Takes from a peer's hello which messages it wants and which extensions it understands. To be called before `peerOnline`,
   * which sends the messages that are due. Offers of messages that the peer no longer wants are taken back.
   */
  async heardSince(
    peerId: PeerId,
    since: ReadonlyMap<GroupId, bigint> | undefined,
    { sharedGroup = false, bulkAcks = false }: Pick<Hello, 'sharedGroup' | 'bulkAcks'> = {},
  ): Promise<void> {
    const event = { type: 'sinceHeard', peerId, since, sharedGroup, bulkAcks } as const;
    await this.engine.queue.add(() => this.engine.handle(event));
  }

  /** The session ended: nothing is sent until the next one. */
  async peerOffline(peerId: PeerId): Promise<void> {
    await this.engine.queue.add(() => this.engine.handle({ type: 'peerOffline', peerId }));
  }

  /** Lets one epoch pass: what was not answered in time is sent again, at most one payload per peer. */
  async tick(): Promise<void> {
    await this.engine.queue.add(async () => {
      await this.engine.handle({ type: 'epochTick' });
      await this.parents.tick();
    });
  }

  /**
   * Writes a message and sends it at once to every member that is online. Resolves after the commit; appends that wait
   * together share one. Rejects with `InvalidMessageError` where the body is longer than 248 KiB, the timestamp no
   * int64, or a parent not held here.
   */
  append(input: AppendInput): Promise<Message> {
    return this.ownMessages.append(input);
  }

  /**
   * Takes a payload from a peer, or several that came one after another, which share a transaction where they can. Resolves after
   * the commit. Never rejects because of what the peer sent.
   */
  async receive(peerId: PeerId, bytes: Uint8Array | readonly Uint8Array[]): Promise<ReceiveResult> {
    const frames = bytes instanceof Uint8Array ? [bytes] : bytes;
    return this.receiveDecoded(peerId, frames.map(decodePayload));
  }

  /** As `receive`, of payloads that were decoded before. */
  async receiveDecoded(peerId: PeerId, payloads: readonly DecodeResult[]): Promise<ReceiveResult> {
    return this.engine.queue.add(() => this.receiveNow(peerId, payloads));
  }

  /** Does ahead of `receiveDecoded` whatever work about the messages needs no store, such as to open them. */
  prepare(decoded: DecodeResult): void {
    const prepare = this.options.admission?.prepare;
    if (!decoded.ok || prepare === undefined) return;
    for (const message of decoded.payload.messages) prepare(message);
  }

  /**
   * Judges the messages that admission holds once more: what they waited for may be here. Those that are accepted are
   * stored, acknowledged and delivered as if they arrived now. Resolves after the commits; rejects as the store does.
   */
  async readmit(): Promise<Readmission> {
    return this.engine.queue.add(async () => {
      const stored = new Map<PeerId, number>();
      const overflowed: PeerId[] = [];
      for (const { peerId, messages, overflowed: hadMore } of this.admission.release()) {
        if (!this.view.peers.has(peerId)) continue;
        const result = await this.take(peerId, { ...EMPTY_PAYLOAD, messages }, undefined);
        if (result.stored.length === 0) continue;
        stored.set(peerId, result.stored.length);
        if (hadMore) overflowed.push(peerId);
      }
      return { stored, overflowed };
    });
  }

  /**
   * A reconciliation has found what one of the two does not hold: `have` is sent to the peer, `need` is asked for. Resolves
   * after the commit, to those of `need` that are to be requested; the caller sends these requests, before or beside whatever
   * tells the peer that its list was taken. Asked again, as any request, while they are not answered.
   */
  async reconciled(
    peerId: PeerId,
    groupId: GroupId,
    { have, need }: { readonly have: readonly MessageId[]; readonly need: readonly MessageId[] },
  ): Promise<readonly MessageId[]> {
    return this.engine.queue.add(async () => {
      const { store, random } = this.options;
      const missing = need.filter((id) => !this.admission.isHeld(peerId, id));
      const ids = [...have, ...missing];
      const slice = {
        held: await store.messages.held(ids),
        records: await store.records.records(peerId, ids),
        requestCount: (await store.records.counts(peerId)).requests,
      };
      const differences = { peerId, groupId, have, need: missing, slice };
      const event = { type: 'reconciled', ...differences } as const;
      const { decision } = await this.engine.handle({ ...event, jitter: random.next() });
      return (decision.changes?.putRecords ?? [])
        .filter(({ type }) => type === 'request')
        .map(({ messageId }) => messageId);
    });
  }

  /**
   * Sets a cursor: the peer's store `storeId` is known to hold every message of the group that has no record for it, and
   * with `heldUpTo` also those up to that sequence that have one.
   */
  async cover(
    peerId: PeerId,
    groupId: GroupId,
    storeId: string,
    heldUpTo: number | undefined,
  ): Promise<void> {
    const event = { type: 'covered', peerId, groupId, storeId, heldUpTo } as const;
    await this.engine.queue.add(() => this.engine.handle(event));
  }

  /** Drops the cursors: what the peer holds of the groups is not known any more. */
  async uncover(peerId: PeerId, groups: ReadonlySet<GroupId>): Promise<void> {
    await this.engine.queue.add(() => this.engine.handle({ type: 'uncovered', peerId, groups }));
  }

  /** Offers the whole history of the groups that have no cursor: for a peer that speaks plain MVDS. */
  async backfill(peerId: PeerId, groups: ReadonlySet<GroupId>): Promise<void> {
    await this.engine.queue.add(() => this.engine.handle({ type: 'plain', peerId, groups }));
  }

  /** Deletes messages here, and here alone: their bodies go, and nobody is asked for them again. */
  async tombstone(tombstones: readonly Tombstone[]): Promise<void> {
    await this.engine.queue.add(async () => {
      await this.engine.handle({ type: 'tombstoned', tombstones });
      await this.parents.reviewAll();
    });
  }

  /**
   * Wants messages again that were deleted here: they count as not held until they come. Whoever asks for this asks for
   * them, too: see `want`.
   */
  async revive(ids: readonly MessageId[]): Promise<void> {
    await this.engine.queue.add(async () => {
      await this.engine.handle({ type: 'revived', ids });
      this.engine.forget(ids);
    });
  }

  /** Asks a peer for messages by their ids, until they are here or `unwant`. Those that are held are passed over. */
  async want(peerId: PeerId, ids: readonly MessageId[]): Promise<void> {
    await this.engine.queue.add(async () => {
      const { store } = this.options;
      const slice = {
        held: await store.messages.held(ids),
        records: await store.records.records(peerId, ids),
        requestCount: (await store.records.counts(peerId)).requests,
      };
      await this.engine.handle({ type: 'wanted', peerId, ids, slice });
    });
  }

  /** Asks nobody for them any more. */
  async unwant(ids: readonly MessageId[]): Promise<void> {
    await this.engine.queue.add(async () => {
      const about = await this.options.store.records.recordsAbout(ids);
      const records = about.filter(({ type }) => type === 'request');
      if (records.length === 0) return;
      await this.engine.handle({ type: 'unwanted', records });
      await this.parents.reviewAll();
    });
  }

  /** Takes back what was announced of the groups to the peer: see `MvdsNodeOptions.mutes`. */
  async mute(peerId: PeerId, groups: ReadonlySet<GroupId>): Promise<void> {
    await this.engine.queue.add(() => this.engine.handle({ type: 'muted', peerId, groups }));
  }

  /** Offers a peer the messages of a group below a timestamp that it wants. Where it has a cursor, nothing. */
  async offerOlder(peerId: PeerId, groupId: GroupId, until: bigint): Promise<void> {
    const event = { type: 'older', peerId, groupId, until } as const;
    await this.engine.queue.add(() => this.engine.handle(event));
  }

  /** What is still to be sent to the peer (offers, messages) and to be got from it (requests), by the store. */
  async counts(peerId: PeerId): Promise<RecordCounts> {
    return this.options.store.records.counts(peerId);
  }

  /** Resolves when everything that was asked for is done and everything that may be sent now is sent. */
  settled(): Promise<void> {
    return this.engine.queue.idle();
  }

  private async setPeerNow(peerId: PeerId, config: PeerConfig): Promise<void> {
    const { groups, mode } = config;
    const { engine } = this;
    const known = this.view.peers.get(peerId);
    const filled = known?.groups ?? [...(await this.options.store.records.cursors(peerId)).keys()];
    const hasLostGroups = [...filled].some((groupId) => !groups.has(groupId));
    if (known !== undefined && !hasLostGroups) {
      if (known.mode !== mode) await engine.handle({ type: 'modeSet', peerId, mode });
      await engine.handle({ type: 'groupsAdded', peerId, groups });
      return;
    }
    const { online = false, isReliable = false } = known ?? {};
    const dialect = known?.dialect ?? config.dialect ?? 'spec';
    const storeId = known?.storeId ?? config.storeId;
    // Only a node that speaks the specification's dialect says a store id.
    const dialectHeard = known?.dialectHeard ?? (storeId !== undefined && dialect === 'spec');
    // A group that is lost must lose its mark, or it would not be filled when it comes back. The marks of a peer go
    // together, so its other groups are offered again: ids only, and they are acknowledged.
    if (hasLostGroups) await engine.handle({ type: 'peerRemoved', peerId });
    const backfillType = mode === 'batch' && !hasLostGroups ? 'message' : 'offer';
    const since = known?.since ?? config.since;
    const about = { dialect, dialectHeard, storeId, since };
    const fields = { peerId, groups, mode, ...about, backfillType } as const;
    await engine.handle({ type: 'peerAdded', ...fields });
    if (online) await engine.handle({ type: 'peerOnline', peerId, isReliable });
  }

  private async receiveNow(
    peerId: PeerId,
    payloads: readonly DecodeResult[],
  ): Promise<ReceiveResult> {
    const { parts, errors } = payloadsTogether(payloads);
    let result = NOTHING_RECEIVED;
    for (const { payload, dialect, numbered } of parts) {
      result = resultsTogether(result, await this.take(peerId, payload, dialect, numbered));
    }
    for (const error of errors) this.options.onRejected?.(peerId, error);
    return { ...result, rejected: [...result.rejected, ...errors] };
  }

  /** A payload that was read: judged, decided, committed. */
  private async take(
    peerId: PeerId,
    received: Payload,
    dialect: Dialect | undefined,
    numbered: readonly NumberedPayload[] = [],
  ): Promise<ReceiveResult> {
    const { store, onRejected } = this.options;
    const { view, policy, engine } = this;
    const { messages } = received;
    const judged = await this.admission.judge({ state: view, policy }, store, peerId, messages);
    const { keptOut, rejections } = judged;
    const payload = { ...received, messages: judged.accepted };
    const isHeldApart = (id: MessageId): boolean => this.admission.isHeld(peerId, id);
    const admission = { keptOut, isHeldApart };
    const slice = await loadPayloadSlice(
      ...([store, policy, peerId, view.peers.get(peerId), payload, admission] as const),
      engine.isKnownDelivered,
    );
    const about = { peerId, payload, dialect, numbered, keptOut, slice };
    const event = { type: 'payloadReceived', ...about } as const;
    const { decision, added } = await engine.handle(event);
    for (const rejection of rejections) onRejected?.(peerId, rejection);
    const rejected: Rejection[] = [
      ...decision.effects.flatMap((effect) => (effect.type === 'rejected' ? [effect.reason] : [])),
      ...rejections,
    ];
    const acknowledged = decision.patches.flatMap((patch) =>
      patch.type === 'queueAcks' && patch.peerId === peerId
        ? [...patch.ids, ...patch.payloads.flatMap(({ ids }) => ids)]
        : [],
    );
    const { held } = judged;
    return { stored: added, acknowledged, rejected, held, requested: received.requests.length };
  }
}
