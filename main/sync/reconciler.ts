import { EMPTY_PAYLOAD, encodePayload, type Hello, type ReconcileFrame } from '../mvds/codec.ts';
import type { MvdsNode } from '../mvds/node.ts';
import type { SyncStore } from '../mvds/ports.ts';
import type { GroupId, MessageId, PeerId } from '../mvds/types.ts';
import { Reconciliation } from '../reconcile/index.ts';
import type { GroupIndexes, OpenIndex } from './group-indexes.ts';

export interface ReconcilerOptions {
  readonly peerId: PeerId;
  /** Of this device's store. */
  readonly storeId: string;
  readonly node: MvdsNode;
  readonly store: SyncStore;
  readonly indexes: GroupIndexes;
  /** The first timestamp of a group that this device keeps messages of; undefined where it keeps all. */
  readonly since: (groupId: GroupId) => bigint | undefined;
  /** What the peer said of that when it was last heard of. */
  readonly knownSince: ReadonlyMap<GroupId, bigint>;
  /** Groups that are reconciled after all others. */
  readonly isLater: (groupId: GroupId) => boolean;
  /** Sends a payload in the current session, in the order of the calls. */
  readonly send: (payload: Uint8Array) => Promise<void>;
  /** What is known of the peer's copies has changed. */
  readonly onCoverage: (coverage: Coverage) => void;
}

export interface Coverage {
  /** Of each message of the shared groups it is known whether the peer holds it: there is a record, or it does. */
  readonly isCovered: boolean;
  /** Each shared group was reconciled in this session. */
  readonly isProven: boolean;
}

/** The number of a wish to begin that holds even where one was begun before: its frames found nobody. */
const AGAIN = 1;

/** A group as it is when a reconciliation begins. */
interface Opened {
  readonly index: OpenIndex;
  /** The newest message here. */
  readonly heldUpTo: number;
}

/** One reconciliation of a group. */
interface Run extends Opened {
  readonly number: number;
  readonly session: Reconciliation;
  frames: number;
  /** Whether anything is to be sent to the peer because of it. */
  hasDifferences: boolean;
}

/**
 * Reconciles the shared groups with one peer, each once a session. A group without a cursor is reconciled at once, since
 * nothing is known of the peer's copy. A group with one is reconciled when nothing is left to be sent either way, which proves
 * the agreement, or finds what was missed.
 *
 * Of the two devices the one with the smaller store id begins; the other asks it to.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  #groups: ReadonlySet<GroupId> = new Set();
  readonly #covered = new Set<GroupId>();
  readonly #proven = new Set<GroupId>();
  readonly #runs = new Map<GroupId, Run>();
  /** Groups whose reconciliation is wanted or under way in this session. */
  readonly #wanted = new Set<GroupId>();
  #peerStoreId: string | undefined;
  #peerSince: ReadonlyMap<GroupId, bigint>;
  /** Counts sessions: what was begun in one does not go on in another. */
  #session = 0;
  #number = 0;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#peerSince = options.knownSince;
  }

  get coverage(): Coverage {
    const groups = [...this.#groups];
    return {
      isCovered: groups.every((groupId) => this.#covered.has(groupId)),
      isProven: groups.every((groupId) => this.#proven.has(groupId)),
    };
  }

  /** The groups that are shared with the peer from now on. */
  async setGroups(groups: ReadonlySet<GroupId>): Promise<void> {
    const { store, peerId } = this.#options;
    const added = new Set([...groups].filter((groupId) => !this.#groups.has(groupId)));
    this.#groups = inOrder(groups, this.#options.isLater);
    const cursors = await store.records.cursors(peerId);
    this.#covered.clear();
    for (const groupId of cursors.keys()) this.#covered.add(groupId);
    this.#changed();
    await this.#beginUncovered(added);
  }

  /** The cursors of the groups are gone: what the peer holds of them is not known any more. */
  uncover(groups: ReadonlySet<GroupId>): void {
    for (const groupId of groups) this.#covered.delete(groupId);
    this.#changed();
  }

  /** A session has begun. */
  begin(): void {
    this.end();
    this.#changed();
  }

  /** The session is over, and with it whatever was under way. */
  end(): void {
    this.#session += 1;
    this.#peerStoreId = undefined;
    this.#runs.clear();
    this.#wanted.clear();
    this.#proven.clear();
  }

  /** The peer has said which store it has. Resolves when what was known of another one is dropped. */
  async heard({ storeId: peerStoreId, since = new Map() }: Hello): Promise<void> {
    const before = this.#peerSince;
    this.#peerSince = since;
    // Of messages that it wants from now on and did not before, there are no records.
    const wantsMore = (groupId: GroupId) =>
      (since.get(groupId) ?? 0n) < (before.get(groupId) ?? 0n);
    const isSameStore = this.#peerStoreId === peerStoreId;
    if (isSameStore && ![...before.keys()].some(wantsMore)) return;
    const { store, node, peerId } = this.#options;
    const session = this.#session;
    const cursors = await store.records.cursors(peerId);
    const stale = [...cursors].filter(
      ([groupId, { storeId }]) => storeId !== peerStoreId || wantsMore(groupId),
    );
    const groups = new Set(stale.map(([groupId]) => groupId));
    if (groups.size > 0) {
      await node.uncover(peerId, groups);
      for (const groupId of groups) this.#covered.delete(groupId);
    }
    if (this.#session !== session) return;
    for (const groupId of groups) {
      this.#proven.delete(groupId);
      this.#wanted.delete(groupId);
    }
    this.#peerStoreId = peerStoreId;
    this.#changed();
    await this.#beginUncovered(isSameStore ? groups : undefined);
  }

  /** Nothing is left to be sent either way: time to prove it. */
  async prove(): Promise<void> {
    if (this.#peerStoreId === undefined || !this.#begins) return;
    for (const groupId of this.#groups) await this.#want(groupId);
  }

  /**
   * A frame of the peer. Resolves when everything that came of it is committed and sent. Throws `FrameError` on what no
   * correct peer sends.
   */
  async receive({ groupId, number, frame }: ReconcileFrame): Promise<void> {
    if (!this.#groups.has(groupId) || this.#peerStoreId === undefined) return;
    if (frame.byteLength === 0) {
      if (number === AGAIN) this.#wanted.delete(groupId);
      if (this.#begins) await this.#want(groupId);
      return;
    }
    const run = this.#runs.get(groupId);
    if (run?.number === number) await this.#take(groupId, run, frame);
    else if (!this.#begins) await this.#respond(groupId, number, frame);
  }

  /** The peer has asked for messages: it is known that it lacks them. */
  requested(): void {
    for (const run of this.#runs.values()) run.hasDifferences = true;
  }

  get #begins(): boolean {
    return this.#peerStoreId !== undefined && this.#options.storeId < this.#peerStoreId;
  }

  /** @param added groups of which frames may have come, and were dropped, before they were shared */
  async #beginUncovered(added: ReadonlySet<GroupId> = new Set()): Promise<void> {
    if (this.#peerStoreId === undefined) return;
    for (const groupId of this.#groups) {
      if (!this.#covered.has(groupId)) await this.#want(groupId, added.has(groupId) ? AGAIN : 0);
    }
  }

  /** Begins, or asks the peer to; once a session. */
  async #want(groupId: GroupId, how = 0): Promise<void> {
    if (this.#wanted.has(groupId)) return;
    this.#wanted.add(groupId);
    if (!this.#begins) {
      if (!this.#runs.has(groupId)) await this.#send([], groupId, how, [new Uint8Array()]);
      return;
    }
    const session = this.#session;
    const opened = await this.#open(groupId);
    if (this.#session !== session) return;
    this.#number += 1;
    const { session: begun, frames } = Reconciliation.initiate(opened.index.ids, {
      expectsEqual: this.#covered.has(groupId),
    });
    this.#runs.set(groupId, newRun(this.#number, begun, opened));
    await this.#send([], groupId, this.#number, frames);
  }

  async #respond(groupId: GroupId, number: number, frame: Uint8Array): Promise<void> {
    const session = this.#session;
    const opened = await this.#open(groupId);
    if (this.#session !== session) return;
    this.#wanted.add(groupId);
    const run = newRun(number, Reconciliation.respond(opened.index.ids), opened);
    this.#runs.set(groupId, run);
    await this.#take(groupId, run, frame);
  }

  /** The sequence before the index: a message that comes in between counts as new. */
  async #open(groupId: GroupId): Promise<Opened> {
    const { store, indexes } = this.#options;
    const heldUpTo = await store.messages.lastSequence();
    const since = later(this.#options.since(groupId), this.#peerSince.get(groupId));
    return { index: await indexes.open(groupId, since), heldUpTo };
  }

  async #take(groupId: GroupId, run: Run, frame: Uint8Array): Promise<void> {
    const { node, peerId } = this.#options;
    const session = this.#session;
    run.frames += 1;
    for (;;) {
      const missing = run.session.missing(frame);
      if (missing.length === 0) break;
      await run.index.load(missing);
      if (this.#session !== session) return;
    }
    for (const { frames, have, need } of run.session.receive(frame)) {
      if (have.length > 0) run.hasDifferences = true;
      const requests =
        have.length + need.length > 0 ? await node.reconciled(peerId, groupId, { have, need }) : [];
      if (this.#session !== session) return;
      await this.#send(requests, groupId, run.number, frames);
    }
    if (this.#session !== session || !run.session.isDone) return;
    this.#runs.delete(groupId);
    await this.#settle(groupId, run);
  }

  /**
   * The peer holds everything that was held here at the start, except what has a record. Where nothing differed, it holds
   * that, too.
   */
  async #settle(groupId: GroupId, run: Run): Promise<void> {
    const { node, peerId } = this.#options;
    const session = this.#session;
    const isEqual = run.frames === 1 && !run.hasDifferences;
    const storeId = this.#peerStoreId;
    if (!this.#covered.has(groupId) && storeId !== undefined) {
      const hasOffered = await this.#offerOlder(groupId);
      // Messages that were offered were not compared: the peer is not known to hold them.
      const heldUpTo = isEqual && !hasOffered ? run.heldUpTo : undefined;
      await node.cover(peerId, groupId, storeId, heldUpTo);
      this.#covered.add(groupId);
    }
    if (this.#session !== session) return;
    this.#proven.add(groupId);
    this.#changed();
  }

  /**
   * Messages that this device would not ask for were left out; the peer is offered those of them that it wants. Returns whether there
   * may be any.
   */
  async #offerOlder(groupId: GroupId): Promise<boolean> {
    const { node, peerId } = this.#options;
    const since = this.#options.since(groupId);
    const theirs = this.#peerSince.get(groupId) ?? 0n;
    if (since === undefined || since <= theirs) return false;
    await node.offerOlder(peerId, groupId, since);
    return true;
  }

  async #send(
    requests: readonly MessageId[],
    groupId: GroupId,
    number: number,
    frames: readonly Uint8Array[],
  ): Promise<void> {
    if (requests.length + frames.length === 0) return;
    // Beside the first frame: who gets it knows what is asked for before it takes the matter for done.
    const [first, ...rest] = frames.map((frame) => ({ groupId, number, frame }));
    const reconcile = first === undefined ? [] : [first];
    await this.#options.send(encodePayload({ ...EMPTY_PAYLOAD, requests, reconcile }, 'spec'));
    for (const frame of rest) {
      await this.#options.send(encodePayload({ ...EMPTY_PAYLOAD, reconcile: [frame] }, 'spec'));
    }
  }

  #changed(): void {
    this.#options.onCoverage(this.coverage);
  }
}

/** Those that can wait last. */
function inOrder(
  groups: ReadonlySet<GroupId>,
  isLater: (groupId: GroupId) => boolean,
): ReadonlySet<GroupId> {
  const all = [...groups];
  return new Set([...all.filter((groupId) => !isLater(groupId)), ...all.filter(isLater)]);
}

/** Neither side sends what the other does not keep. */
function later(one: bigint | undefined, other: bigint | undefined): bigint | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}

function newRun(number: number, session: Reconciliation, opened: Opened): Run {
  return { number, session, ...opened, frames: 0, hasDifferences: false };
}
