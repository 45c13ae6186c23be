import type { FileStore, KnownCopy } from '../../conversations/ports.ts';
import type { Clock } from '../../helpers/clock.ts';
import { coalesced } from '../../helpers/coalesced.ts';
import type { MessageId, PeerId } from '../../helpers/ids.ts';

/** Chunks asked for at a time, 7 MiB: enough to fill a line, few enough to go on elsewhere when the peer leaves. */
const WINDOW = 72;
/** Where none of those that are there has a file, they are asked again after this, milliseconds. */
const RETRY_MS = 60_000;
/** A peer that sends nothing of it for so long has none of it, or is not there, milliseconds. */
const PATIENCE_MS = 10_000;

export interface FetcherOptions {
  readonly files: FileStore;
  readonly clock: Clock;
  /** Peers that are connected, those first that are likely to have a file of that time. */
  readonly peers: (storedAt: number) => readonly PeerId[];
  readonly want: (peer: PeerId, ids: readonly MessageId[]) => Promise<void>;
  readonly unwant: (ids: readonly MessageId[]) => Promise<void>;
  /** Whether nothing is to be fetched for now. */
  readonly isHeld: () => boolean;
  readonly onError: (error: unknown) => void;
}

/**
 * Gets the files that a person has asked for, chunk by chunk from one peer at a time. One that sends nothing is left for the
 * next, and a file that no peer sends for the next file; all is tried again whenever a peer comes.
 */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #asked = new Set<MessageId>();
  /** Peers that have sent nothing of a copy, by its number. */
  readonly #silent = new Map<number, Set<PeerId>>();
  #current: { readonly copy: number; readonly peer: PeerId } | undefined;
  #cancel: (() => void) | undefined;
  /** The peers that were there when anybody was asked last. */
  #present = '';
  #isStopped = false;

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  /** Chunks have come, from anywhere. */
  arrived(ids: readonly MessageId[]): void {
    const before = this.#asked.size;
    for (const id of ids) this.#asked.delete(id);
    if (this.#asked.size === before || !this.#current) return;
    this.#silent.get(this.#current.copy)?.clear();
    this.#await();
    if (this.#asked.size <= WINDOW / 2) this.#run();
  }

  /** Peers have come or gone: those that had nothing may be asked again. */
  peersChanged(): void {
    const peers = this.#options.peers(0);
    if (this.#current && peers.includes(this.#current.peer)) return;
    const present = [...peers].sort().join(' ');
    if (!this.#current && present === this.#present) return;
    this.#present = present;
    this.#silent.clear();
    this.#current = undefined;
    this.#asked.clear();
    this.#run();
  }

  /** What is wanted has changed. */
  changed(): void {
    this.#silent.clear();
    this.#run();
  }

  /** Nobody is asked for the copy any more. */
  async cancel({ copy }: KnownCopy): Promise<void> {
    const { files, unwant } = this.#options;
    await unwant(await files.missing(copy, Infinity));
    if (this.#current?.copy !== copy) return;
    this.#rest();
    this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    await this.#go();
  }

  #run(): void {
    this.#go().catch(this.#options.onError);
  }

  readonly #go = coalesced(async () => {
    const { files, isHeld, want, unwant } = this.#options;
    if (this.#isStopped) return;
    if (isHeld()) {
      await unwant([...this.#asked]);
      this.#rest();
      return;
    }
    const all = await files.wanted();
    for (const known of all) {
      if (known.missingLists.length > 0) continue;
      const missing = await files.missing(known.copy, WINDOW);
      const peer = this.#peerFor(known);
      if (missing.length === 0 || !peer) continue;
      this.#current = { copy: known.copy, peer };
      this.#asked.clear();
      for (const id of missing) this.#asked.add(id);
      await want(peer, missing);
      this.#await();
      return;
    }
    this.#rest();
    if (all.length > 0) this.#tryLater();
  });

  #rest(): void {
    this.#current = undefined;
    this.#asked.clear();
    this.#cancel?.();
  }

  #tryLater(): void {
    if (this.#isStopped) return;
    this.#cancel = this.#options.clock.schedule(RETRY_MS, () => this.changed());
  }

  #peerFor({ copy, storedAt }: KnownCopy): PeerId | undefined {
    const silent = this.#silent.get(copy);
    const peers = this.#options.peers(storedAt).filter((peer) => !silent?.has(peer));
    const { peer: present } = this.#current?.copy === copy ? this.#current : {};
    return peers.find((peer) => peer === present) ?? peers[0];
  }

  #await(): void {
    this.#cancel?.();
    if (this.#isStopped) return;
    this.#cancel = this.#options.clock.schedule(PATIENCE_MS, () => {
      this.#giveUp().catch(this.#options.onError);
    });
  }

  /** The peer has sent nothing in time. */
  async #giveUp(): Promise<void> {
    if (!this.#current || this.#isStopped) return;
    const { copy, peer } = this.#current;
    const silent = this.#silent.get(copy) ?? new Set();
    this.#silent.set(copy, silent.add(peer));
    const asked = [...this.#asked];
    this.#current = undefined;
    this.#asked.clear();
    await this.#options.unwant(asked);
    await this.#go();
  }
}
