import type { Clock, Random } from '../helpers/clock.ts';
import type { GroupId, PeerId } from '../mvds/types.ts';
import type { PeerGroup } from '../sync/ports.ts';
import {
  isNeighbour,
  neighboursOf,
  newNeighbours,
  nextNeighbours,
  roleOf,
  THIN_MESH,
  THIN_VISIT_MS,
  VISIT_MS,
} from './mesh-neighbours.ts';
import type { MeshEvent, NeighbourRole, Neighbours } from './mesh-neighbours.ts';

/** A peer that misbehaves is no neighbour for a minute at first, and for a day at most. */
const BLOCK_FIRST_MS = 60_000;
const BLOCK_MAX_MS = 24 * 60 * 60_000;
/** Identities cost nothing, so that remembering more of them keeps nobody away. */
const BLOCKED_MAX = 1_024;

/** A topic that nodes subscribe to, and the mesh that forms among them: GossipSub, as this layer sees it. */
export interface MeshTopic {
  /** The peers that this node has grafted, and that have grafted it. */
  readonly mesh: ReadonlySet<PeerId>;
  /** Peers that are said to subscribe to the topic, connected or not. Bounded by whoever keeps them. */
  known(): readonly PeerId[];
  /** Called after every change of `mesh`. */
  onChange(listener: () => void): void;
}

export interface MeshGroupOptions {
  readonly self: PeerId;
  readonly topic: MeshTopic;
  /** Neighbours at most: `DEGREE_MIN` to `DEGREE_MAX`. */
  readonly degree: number;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Nodes that synchronize with their neighbours in the mesh of a topic alone, so that N of them cost O(N). A peer drawn by chance
 * from all that are known is visited now and then: that mends partitions which the mesh does not notice.
 */
export class MeshGroup implements PeerGroup {
  readonly #options: MeshGroupOptions;
  readonly #listeners: (() => void)[] = [];
  #groups: ReadonlySet<GroupId> = new Set();
  #state: Neighbours;
  #members: ReadonlyMap<PeerId, ReadonlySet<GroupId>> = new Map();
  #paused: ReadonlySet<PeerId> = new Set();
  /** Peers that have misbehaved: no neighbours until a time (Unix milliseconds), and how often they have. */
  readonly #blocked = new Map<PeerId, { readonly until: number; readonly strikes: number }>();
  #cancelTick: (() => void) | undefined;
  /** Visits that were refused since the last one that was not. */
  #refusals = 0;

  /** Throws `RangeError` on a degree out of range. */
  constructor(options: MeshGroupOptions) {
    this.#options = options;
    this.#state = newNeighbours(options.self, options.degree);
    options.topic.onChange(() => this.#followMesh());
  }

  get members(): ReadonlyMap<PeerId, ReadonlySet<GroupId>> {
    return this.#members;
  }

  get paused(): ReadonlySet<PeerId> {
    return this.#paused;
  }

  /** Why a peer is a neighbour; undefined of one that is none. */
  roleOf(peer: PeerId): NeighbourRole | undefined {
    return roleOf(this.#state, peer);
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** The first visit is soon, so that a node that has just joined is more than one chance away from a partition. */
  start(): void {
    this.#schedule(THIN_VISIT_MS);
  }

  stop(): void {
    this.#cancelTick?.();
  }

  /** The groups that are synchronized with every neighbour from now on. */
  setGroups(groups: Iterable<GroupId>): void {
    this.#groups = new Set(groups);
    this.#tell();
  }

  /** A peer misbehaves: it is no neighbour, whatever the mesh says, for a while that doubles each time. */
  block(peer: PeerId): void {
    if (this.#isBlocked(peer)) return;
    const strikes = (this.#blocked.get(peer)?.strikes ?? 0) + 1;
    const waitMs = Math.min(BLOCK_FIRST_MS * 2 ** (strikes - 1), BLOCK_MAX_MS);
    this.#blocked.delete(peer);
    this.#blocked.set(peer, { until: this.#options.clock.now() + waitMs, strikes });
    const [oldest] = this.#blocked.keys();
    if (this.#blocked.size > BLOCKED_MAX && oldest !== undefined) this.#blocked.delete(oldest);
    this.#apply({ type: 'blocked', peer });
  }

  /** Lets in a peer that visits this node. Returns false where there is no room, or it is blocked. */
  admit(peer: PeerId): boolean {
    if (this.#isBlocked(peer)) return false;
    this.#apply({ type: 'visit', peer });
    const role = this.roleOf(peer);
    return role !== undefined && role !== 'resting';
  }

  /** A peer that is visited has no room: another one is visited soon, and later where one after the other refuses. */
  refused(peer: PeerId): void {
    const isVisited = this.roleOf(peer) === 'visited';
    this.#apply({ type: 'refused', peer });
    if (!isVisited || !this.#cancelTick) return;
    this.#schedule(Math.min(VISIT_MS, THIN_VISIT_MS * 2 ** this.#refusals));
    this.#refusals += 1;
  }

  /** A visitor leaves by it: one that comes again is let in again. Others keep their places. */
  sessionEnded(peer: PeerId): void {
    this.#apply({ type: 'session-ended', peer });
  }

  #schedule(delayMs: number): void {
    const { clock, random } = this.#options;
    this.#cancelTick?.();
    // Half of it by chance, so that nodes which were started together do not visit together.
    this.#cancelTick = clock.schedule(delayMs * (0.5 + random.next()), () => {
      if (this.#state.visited) this.#refusals = 0;
      this.#apply({ type: 'tick', candidate: this.#candidate() });
      this.#followMesh();
      this.#schedule(this.#options.topic.mesh.size < THIN_MESH ? THIN_VISIT_MS : VISIT_MS);
    });
  }

  #candidate(): PeerId | undefined {
    const { topic, random, self } = this.#options;
    const strangers = topic
      .known()
      .filter((peer) => peer !== self && !isNeighbour(this.#state, peer) && !this.#isBlocked(peer));
    return strangers[Math.floor(random.next() * strangers.length)];
  }

  #followMesh(): void {
    const peers = [...this.#options.topic.mesh].filter((peer) => !this.#isBlocked(peer));
    this.#apply({ type: 'mesh', peers: new Set(peers) });
  }

  #isBlocked(peer: PeerId): boolean {
    const blocked = this.#blocked.get(peer);
    return blocked !== undefined && this.#options.clock.now() < blocked.until;
  }

  #apply(event: MeshEvent): void {
    this.#state = nextNeighbours(this.#state, event, this.#options.clock.now());
    this.#tell();
  }

  #tell(): void {
    const { all, paused } = neighboursOf(this.#state);
    const isSame =
      equal(all, new Set(this.#members.keys())) &&
      equal(paused, this.#paused) &&
      [...this.#members.values()].every((groups) => groups === this.#groups);
    if (isSame) return;
    this.#members = new Map([...all].map((peer) => [peer, this.#groups]));
    this.#paused = paused;
    for (const listener of this.#listeners) listener();
  }
}

function equal<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
