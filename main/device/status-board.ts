import type { ApiEvent, Status } from '../api/types.ts';
import { coalesced } from '../helpers/coalesced.ts';
import type { Core } from './core.ts';
import type { Files } from './files/files.ts';
import type { Membership } from './membership.ts';
import { statusOf } from './status.ts';

/** What is remembered of the other devices is written at most this often: a crash forgets no more than that. */
const HISTORY_INTERVAL_MS = 5_000;

/**
 * News of conversations is shown at most this often, milliseconds. While a backlog arrives, each time costs a look
 * at the store.
 */
const CONTENTS_INTERVAL_MS = 20;

/** The search index follows the messages without a word: while it lacks some, the store is asked this often, milliseconds. */
const INDEXING_INTERVAL_MS = 1_000;

export interface StatusBoardOptions {
  readonly core: Core;
  readonly membership: Membership;
  readonly files: Pick<Files, 'status' | 'peersChanged'>;
  readonly emit: (event: ApiEvent) => void;
}

/** The status of a device: what it is now, and word of it whenever it changes. */
export class StatusBoard {
  readonly #options: StatusBoardOptions;
  #storage: Status['storage'] = {
    messages: 0,
    readable: 0,
    bytes: 0,
    unsupported: 0,
    unindexed: 0,
  };
  #cancelSaving: (() => void) | undefined;
  #cancelContents: (() => void) | undefined;
  #haveContentsChanged = false;
  #cancelIndexing: (() => void) | undefined;
  #isEnding = false;

  constructor(options: StatusBoardOptions) {
    this.#options = options;
  }

  /** With what is in the store counted anew. */
  async read(): Promise<Status> {
    this.#storage = await this.#options.core.store.stats();
    if (this.#storage.unindexed > 0) this.#followIndexing();
    return this.#known();
  }

  /** Something in it has changed; the store has not. */
  show(): void {
    this.#options.emit({ kind: 'status', status: this.#known() });
  }

  /** The synchronization has got on, or a device has come or gone. */
  followPeers(): void {
    const { files, core } = this.#options;
    files.peersChanged();
    this.#cancelSaving ??= core.options.clock.schedule(HISTORY_INTERVAL_MS, () => {
      this.#cancelSaving = undefined;
      core.background.run(this.#savePeers());
    });
    core.background.run(this.#showAnew());
  }

  /** Conversations have changed: shown at once, or as soon as `CONTENTS_INTERVAL_MS` have passed since the last time. */
  followContents(): void {
    const { core } = this.#options;
    this.#haveContentsChanged = true;
    if (this.#cancelContents) return;
    this.#haveContentsChanged = false;
    this.#cancelContents = core.options.clock.schedule(CONTENTS_INTERVAL_MS, () => {
      this.#cancelContents = undefined;
      if (this.#haveContentsChanged) this.followContents();
    });
    core.background.run(this.read().then(() => this.show()));
  }

  /** Conversations change no more. */
  contentsEnded(): void {
    this.#isEnding = true;
    this.#cancelContents?.();
    this.#cancelIndexing?.();
  }

  /** Writes down what is remembered of the other devices, for the last time. */
  async close(): Promise<void> {
    this.#cancelSaving?.();
    await this.#savePeers();
  }

  #followIndexing(): void {
    const { core } = this.#options;
    if (this.#isEnding) return;
    this.#cancelIndexing ??= core.options.clock.schedule(INDEXING_INTERVAL_MS, () => {
      this.#cancelIndexing = undefined;
      core.background.run(this.read().then(() => this.show()));
    });
  }

  async #savePeers(): Promise<void> {
    const { settings, sync } = this.#options.core;
    await settings.setHistory(sync.peers());
  }

  /** One look at the store answers all that came while the one before was under way. */
  readonly #showAnew = coalesced(async () => {
    const { core, emit } = this.#options;
    const status = await this.read();
    emit({ kind: 'status', status });
    await core.firstTransfer.follow(status.peers);
    if (status.firstTransfer && !this.#known().firstTransfer) this.show();
  });

  #known(): Status {
    const { core, membership, files } = this.#options;
    const { settings, sync, network, history, firstTransfer, limits, pauseAll, keys } = core;
    return statusOf({
      ...{ history, firstTransfer, storage: this.#storage },
      device: { id: membership.self, name: settings.name },
      list: membership.list,
      peers: sync.peers(),
      relays: network.relays(),
      roundTrip: (peerId) => network.roundTrip(peerId),
      mailboxLimits: limits.limits,
      files: files.status(),
      keyProtection: keys.backend,
      hasRecoveryPhrase: membership.hasRecoveryPhrase,
      confirmDevices: membership.confirmation.isDue,
      pausedUntil: pauseAll.until,
    });
  }
}
