import type { Clock, Random } from '../helpers/clock.ts';
import { EMPTY_PAYLOAD, encodePayload, type ReconcileFrame } from '../mvds/codec.ts';
import { HELLO_VERSION, MAX_PAYLOAD_BYTES } from '../mvds/constants.ts';
import type { MvdsNode } from '../mvds/node.ts';
import type { ReceiveResult } from '../mvds/options.ts';
import type { SyncStore } from '../mvds/ports.ts';
import type { GroupId, Message, PeerId } from '../mvds/types.ts';
import { FrameError } from '../reconcile/index.ts';
import type { ActivityBook } from './activity.ts';
import { applied, failureOf } from './applied.ts';
import { FAREWELL_MS } from './constants.ts';
import { evaluate, type Reach } from './evaluate.ts';
import { decodeFrame, framesTogether, type FrameGroup } from './frame-group.ts';
import { FrameInbox } from './frame-inbox.ts';
import {
  newPeer,
  type PeerEvent,
  type PeerHistory,
  type PeerSettings,
  type PeerState,
  type Said,
} from './peer-state.ts';
import type { GroupIndexes } from './group-indexes.ts';
import type { Session } from './ports.ts';
import { Link } from './link.ts';
import { Reconciler } from './reconciler.ts';
import { endNote, refusedIn } from './session-notes.ts';
import { statusWakeAt } from './status.ts';
import { earliest } from './timing.ts';
import type { TotalsBook } from './totals.ts';
import { WakeUp } from './wake-up.ts';

export interface PeerSyncOptions {
  readonly peerId: PeerId;
  readonly storeId: string;
  /** What a session that begins at once is about; `setGroups` follows. */
  readonly groups: ReadonlySet<GroupId>;
  readonly settings: PeerSettings | undefined;
  readonly history: PeerHistory | undefined;
  readonly node: MvdsNode;
  readonly store: SyncStore;
  readonly indexes: GroupIndexes;
  /** The first timestamp of a group that this device keeps messages of; undefined where it keeps all. */
  readonly since: (groupId: GroupId) => bigint | undefined;
  /** Groups that are reconciled after all others. */
  readonly isLater: (groupId: GroupId) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly activity: ActivityBook;
  readonly totals: TotalsBook;
  /** The state may have changed, and with it what is shown. */
  readonly onChange: () => void;
  /** Something else is wanted of the transport. */
  readonly onReach: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Hellos that may wait for room at the same time: one, and one that takes back its “nothing” before messages follow. So a
 * peer that reads nothing is never owed more than these and the one payload that MVDS waits for.
 */
const SAYING_MAX = 2;

/** The shell around the state of one peer: it carries out what `evaluate` decides, and tells the state what happens. */
export class PeerSync {
  readonly #options: PeerSyncOptions;
  readonly #reconciler: Reconciler;
  readonly #wakeUp: WakeUp;
  #groups: ReadonlySet<GroupId>;
  #state: PeerState;
  #link: Link | undefined;
  #reach: Reach = 'accept';
  /** Commits that concern this peer: begun and not ended, and ended. */
  #committing = 0;
  #commits = 0;
  /** Whether the peer has acknowledged anything since the last frame was looked at. */
  #hasAcknowledged = false;
  #isStopped = false;
  #sent: Promise<void> = Promise.resolve();
  /** The first timestamps kept here, as this session's hello gave them. */
  #saidSince: ReadonlyMap<GroupId, bigint> | undefined;

  constructor(options: PeerSyncOptions) {
    this.#options = options;
    this.#groups = options.groups;
    this.#wakeUp = new WakeUp(options.clock, () => this.evaluate());
    this.#state = newPeer(options.peerId, options.settings, options.history);
    const { peerId, storeId, node, store, indexes, since, isLater } = options;
    const knownSince = this.#state.history.since;
    this.#reconciler = new Reconciler({
      ...{ peerId, storeId, node, store, indexes, since, isLater, knownSince },
      send: async (payload) => {
        await this.#link?.post(payload);
      },
      onCoverage: (coverage) => this.tell({ type: 'coverage', ...coverage }),
    });
  }

  get state(): PeerState {
    return this.#state;
  }

  get reach(): Reach {
    return this.#reach;
  }

  /** Whether the epochs of MVDS have anything to send again here. */
  get needsEpochs(): boolean {
    if (this.#link?.isOnline !== true) return false;
    const { counts, session } = this.#state;
    const { offers, messages, requests } = counts;
    return offers + messages + requests > 0 || (session?.heard?.pending ?? 0) > 0;
  }

  /** Takes note of something, and does whatever follows from it. */
  tell(event: PeerEvent): void {
    this.#apply(event);
    this.evaluate();
  }

  /**
   * The groups that will be shared with the peer. Where what this device keeps of them is not what the peer was told in this session,
   * another one begins: else the peer would send of a group that is new all that it has. `setGroups` follows.
   */
  async prepareGroups(groups: ReadonlySet<GroupId>): Promise<void> {
    this.#groups = groups;
    if (this.#saidSince && !isSame(this.#saidSince, this.#since())) await this.renew();
  }

  /** The groups that are shared with the peer. */
  async setGroups(groups: ReadonlySet<GroupId>): Promise<void> {
    this.#groups = groups;
    await this.#reconciler.setGroups(groups);
  }

  /** Nothing of the groups is to be sent for now, or what is to be sent of them is to be found out anew. */
  async mute(groups: ReadonlySet<GroupId>): Promise<void> {
    await this.#options.node.mute(this.#options.peerId, groups);
    this.#reconciler.uncover(groups);
  }

  /** One session, from its first frame to its end. */
  async run(session: Session): Promise<void> {
    const link = this.#begin(session);
    this.evaluate();
    const inbox = new FrameInbox(session.channel, (frame) => {
      const decoded = decodeFrame(frame);
      this.#options.node.prepare(decoded.payload);
      return decoded;
    });
    const filling = inbox.fill();
    filling.catch(() => undefined);
    try {
      while (link.cause === undefined) {
        const frames = await inbox.take();
        if (!frames) {
          await filling;
          break;
        }
        for (const group of framesTogether(frames)) await this.#take(link, group);
      }
    } catch (error) {
      this.#options.onError(error);
      await link.end('store');
    }
    inbox.drop();
    await session.channel.close();
    await link.settled();
    this.#finish(link);
  }

  /** Ends the session, if there is one, without blame. `run` returns after that. */
  async end(): Promise<void> {
    this.#isStopped = true;
    this.#wakeUp.cancel();
    await this.#link?.end('unwanted');
  }

  /** Ends the session, if there is one, so that a new one begins in its place. */
  async renew(): Promise<void> {
    await this.#link?.end('closed');
  }

  /** The last that the peer is told. Resolves when that is with the transport, or the peer has not taken it in time. */
  async sayLast(messages: readonly Message[]): Promise<void> {
    this.#isStopped = true;
    const link = this.#link;
    if (!link || link.cause !== undefined) return;
    const late = Promise.withResolvers<undefined>();
    const cancel = this.#options.clock.schedule(FAREWELL_MS, () => late.resolve(undefined));
    await Promise.race([
      link.write(encodePayload({ ...EMPTY_PAYLOAD, messages }, 'spec')),
      late.promise,
    ]);
    cancel();
  }

  /** This device could not read or write its store on behalf of the peer. */
  failed(error: unknown): void {
    this.#options.onError(error);
    void this.#link?.end('store');
  }

  /** A payload of MVDS. Resolves when there is room for more: until then MVDS has nothing more for this peer. */
  send(payload: Uint8Array): Promise<void> {
    this.#sent = this.#post(payload);
    return this.#sent;
  }

  /** Resolves once the transport has taken what MVDS gave last. Never rejects. */
  async settled(): Promise<void> {
    await this.#sent.catch(() => undefined);
  }

  async #post(payload: Uint8Array): Promise<void> {
    const link = this.#link;
    // What was said of how much is waiting must hold before any of it arrives.
    await this.recount();
    await link?.afterHello();
    if (link?.isOnline === true && link.cause === undefined) await link.write(payload);
  }

  /** The peer has acknowledged messages, `bodies` of which had to be sent. */
  acknowledged(bodies: number): void {
    this.#hasAcknowledged = true;
    this.moved(bodies, 0);
  }

  /** Messages that the peer has acknowledged and did not hold before, and messages of it that were new here. */
  moved(sent: number, received: number): void {
    this.#apply({ type: 'moved', sent, received });
    this.#options.activity.moved(this.#options.peerId, sent, received);
    this.#options.totals.moved(sent, received);
  }

  committing(): void {
    this.#committing += 1;
    this.#apply({ type: 'committing' });
  }

  committed(): void {
    this.#committing -= 1;
    this.#commits += 1;
    void this.recount();
  }

  async recount(): Promise<void> {
    const { node, peerId } = this.#options;
    const before = this.#commits;
    try {
      const counts = await node.counts(peerId);
      const isFresh = this.#commits === before && this.#committing === 0;
      this.tell({ type: 'counted', counts, isFresh });
    } catch (error) {
      this.failed(error);
    }
  }

  evaluate(): void {
    if (this.#isStopped) return;
    this.#carryOut();
    const { clock, onChange, onReach } = this.#options;
    const { reach, wakeAt } = evaluate(this.#state, clock.now());
    const isOther = reach !== this.#reach;
    this.#reach = reach;
    const isDialled = reach === 'dial' && !this.#link;
    this.#apply({ type: 'dialling', isDialled });
    this.#wakeUp.at(earliest([wakeAt, statusWakeAt(this.#state, clock.now())]));
    if (isOther) onReach();
    onChange();
  }

  /** What was decided about the session, until nothing more is. */
  #carryOut(): void {
    const { clock } = this.#options;
    for (;;) {
      const link = this.#link;
      if (link?.cause !== undefined || !link) return;
      const { say, end, exchange, prove } = evaluate(this.#state, clock.now());
      if (say && link.saying < SAYING_MAX) {
        this.#say(link, say);
      } else if (end) {
        void link.end(end);
      } else if (exchange && !link.isOnline) {
        link.isOnline = true;
        this.#attempt(this.#startExchange());
      } else {
        if (prove) this.#attempt(this.#reconciler.prove());
        return;
      }
    }
  }

  /** A peer that has said nothing so far, or no hello, speaks plain MVDS: it is told all there is. */
  async #startExchange(): Promise<void> {
    const { node, peerId } = this.#options;
    const isPlain = !this.#state.session?.heard;
    // Both asked for at once: what has come in is dealt with after them, and acknowledged.
    await Promise.all([
      isPlain ? node.backfill(peerId, this.#groups) : undefined,
      node.peerOnline(peerId, { isReliable: !isPlain }),
    ]);
  }

  #attempt(work: Promise<void>): void {
    work.catch((error: unknown) => this.failed(error));
  }

  #begin(session: Session): Link {
    const before = this.#link;
    if (before) {
      // It may be the one that hangs: nothing waits for its end.
      void before.end('unwanted');
      this.#finish(before);
    }
    const link = new Link({
      session,
      clock: this.#options.clock,
      onWrote: (bytes, hadToWait) => {
        this.#options.totals.sent(bytes);
        if (this.#link === link) this.#apply({ type: 'wrote', bytes, hadToWait });
      },
    });
    this.#link = link;
    this.#saidSince = undefined;
    session.onOversizedFrame?.((bytes) => {
      if (this.#link === link) this.#refusePayload(bytes);
    });
    this.#options.totals.sessionBegan();
    this.#apply({ type: 'sessionBegan', path: session.path });
    this.#reconciler.begin();
    return link;
  }

  /** Frames that came one after another; one with a hello comes alone. */
  async #take(link: Link, { frames, hello, reconcile }: FrameGroup): Promise<void> {
    const { node, peerId, activity, totals } = this.#options;
    if (this.#link !== link || link.isEnding) return;
    const bytes = frames.reduce((sum, { byteLength }) => sum + byteLength, 0);
    totals.received(bytes);
    if (this.#state.session?.frames === 0) {
      activity.note('connected', peerId, { path: link.session.path });
    }
    // From the next line on the exchange may begin, with whatever MVDS takes the peer to want.
    if (hello && !this.#state.session?.heard) await node.heardSince(peerId, hello.since, hello);
    if (this.#link !== link) return;
    for (const { byteLength } of frames) this.#apply({ type: 'frame', bytes: byteLength, hello });
    // A hello comes before the first word of MVDS: it may tell of a store that was lost.
    if (!hello) this.evaluate();
    if (this.#ends() || link.cause !== undefined) {
      this.evaluate();
      return;
    }
    if (hello) await this.#reconciler.heard(hello);
    if (this.#link !== link) return;
    const payloads = frames.map(({ payload }) => payload);
    const result = await node.receiveDecoded(peerId, payloads);
    if (this.#link !== link) return;
    const isOfUse = this.#takeAcknowledged() || result.stored.length > 0;
    this.#apply({ type: 'taken', bytes, isOfUse });
    this.moved(0, result.stored.length);
    const refused = refusedIn(result);
    if (refused === 'protocol') void link.end('protocol');
    else if (refused.payloadBytes > 0) this.#refusePayload(refused.payloadBytes);
    else if (refused.messages > 0) {
      activity.note('refused', peerId, { messages: refused.messages });
      totals.rejected(refused.messages);
      this.tell({ type: 'rejected', messages: refused.rejected });
    }
    await this.recount();
    await this.#reconcile(link, reconcile, result);
  }

  /** A payload was too large to be read. The session goes on; too many of them end it. */
  #refusePayload(bytes: number): void {
    const { activity, peerId, totals } = this.#options;
    activity.note('refused', peerId, { bytes });
    totals.rejected(1);
    this.tell({ type: 'rejected', messages: 1 });
  }

  /** Whether the peer has acknowledged anything since this was last looked at. */
  #takeAcknowledged(): boolean {
    const hasAcknowledged = this.#hasAcknowledged;
    this.#hasAcknowledged = false;
    return hasAcknowledged;
  }

  async #reconcile(
    link: Link,
    reconcile: readonly ReconcileFrame[],
    { requested }: ReceiveResult,
  ): Promise<void> {
    if (requested > 0) this.#reconciler.requested();
    for (const frame of reconcile) {
      await link.defer(frame.frame.byteLength, async () => {
        if (this.#link !== link) return;
        try {
          await this.#reconciler.receive(frame);
        } catch (error) {
          if (error instanceof FrameError) void link.end('protocol');
          else if (this.#link === link) this.failed(error);
          else this.#options.onError(error);
        }
      });
    }
  }

  #ends(): boolean {
    return evaluate(this.#state, this.#options.clock.now()).end !== undefined;
  }

  #finish(link: Link): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    link.introduced();
    const { node, peerId, random, activity, totals, onError } = this.#options;
    if (link.isOnline) node.peerOffline(peerId).catch(onError);
    this.#reconciler.end();
    const cause = link.cause ?? 'closed';
    activity.sumUp(peerId);
    const note = endNote(this.#state, cause);
    if (note) activity.note(note.kind, peerId, note.detail);
    const failure = this.#state.session && failureOf(cause, this.#state.session);
    if (failure) totals.sessionFailed(failure);
    this.tell({ type: 'sessionEnded', cause, jitter: random.next() });
  }

  #say(link: Link, said: Said): void {
    const { paused, interval, pending } = said;
    const since = this.#since();
    this.#saidSince = since;
    const hello = {
      version: HELLO_VERSION,
      storeId: this.#options.storeId,
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      sharedGroup: true,
      bulkAcks: true,
      ...(pending !== undefined && { pending }),
      ...(paused && { paused }),
      ...(interval > 0 && { interval }),
      since,
    };
    this.#apply({ type: 'said', said });
    link.saying += 1;
    void link.write(encodePayload({ ...EMPTY_PAYLOAD, hello }, 'spec')).finally(() => {
      link.saying -= 1;
      this.evaluate();
    });
    link.introduced();
  }

  #since(): ReadonlyMap<GroupId, bigint> {
    const since = [...this.#groups].map((groupId) => [groupId, this.#options.since(groupId)]);
    return new Map(since.filter((entry): entry is [GroupId, bigint] => entry[1] !== undefined));
  }

  #apply(event: PeerEvent): void {
    this.#state = applied(this.#state, event, this.#options.clock.now());
  }
}

function isSame(a: ReadonlyMap<GroupId, bigint>, b: ReadonlyMap<GroupId, bigint>): boolean {
  return a.size === b.size && [...a].every(([groupId, since]) => b.get(groupId) === since);
}
