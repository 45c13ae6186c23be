import { ReunionError } from '../api/errors.ts';
import type { Status, Updates } from '../api/types.ts';

/*
 * New versions of the app. Invariants, each held by the test of that number in test/desktop/updates.test.ts:
 *
 *  1. Without a place to publish to nothing is ever looked for.
 *  2. A version that is here is told once, and installed only where a person says so.
 *  3. Nothing restarts while messages are being transferred.
 *  4. An update that is not signed by whoever publishes this build is refused, told, and never installed.
 *  5. What fails is tried again at the next time, and never in the way of anything else.
 */

/** What looks for new versions and installs them: electron-updater, or a double in tests. */
export interface UpdateSource {
  /** Looks for a version and fetches it. What comes of it is told to the listener. */
  check(): Promise<unknown>;
  /** Ends the app and starts the version that was fetched. */
  install(): void;
  onEvent(listener: (event: UpdateEvent) => void): void;
}

export type UpdateEvent =
  | { readonly kind: 'found'; readonly version: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'fetched'; readonly version: string }
  /** It is here, and not signed by whoever publishes this build. */
  | { readonly kind: 'refused'; readonly version: string }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface UpdaterParts {
  /** Undefined where this build is not published anywhere. */
  readonly source: UpdateSource | undefined;
  readonly status: () => Promise<Status>;
  readonly onChange: () => void;
  /** Told once for each version that is here: the person is asked, and `install` called on a yes. */
  readonly onReady: (version: string) => void;
  readonly onError: (error: unknown) => void;
}

const BUSY =
  'Messages are being transferred; the new version is installed when that is done and you ask again.';

export class Updater {
  readonly #parts: UpdaterParts;
  #updates: Updates;

  constructor(parts: UpdaterParts) {
    this.#parts = parts;
    this.#updates = { state: parts.source ? 'idle' : 'off', version: null };
    parts.source?.onEvent((event) => this.#heard(event));
  }

  get updates(): Updates {
    return this.#updates;
  }

  /** Looks for a new version, unless one is here or on its way. Never rejects. */
  async check(): Promise<void> {
    const { source } = this.#parts;
    const { state } = this.#updates;
    if (!source || !['idle', 'failed', 'refused'].includes(state)) return;
    this.#set({ state: 'checking', version: null });
    try {
      await source.check();
    } catch (error) {
      this.#heard({ kind: 'failed', error });
    }
  }

  /** Restarts into the version that is here. Rejects with `not-found` where none is, and with `busy` during a transfer. */
  async install(): Promise<void> {
    const { source, status } = this.#parts;
    if (!source || this.#updates.state !== 'ready') {
      throw new ReunionError('not-found', 'There is no new version to install.');
    }
    const { peers } = await status();
    const isMoving = peers.some(({ state }) => state === 'transferring' || state === 'reconciling');
    if (isMoving) throw new ReunionError('busy', BUSY);
    source.install();
  }

  #heard(event: UpdateEvent): void {
    const { onReady, onError } = this.#parts;
    // What is here stays so, whatever is heard of another attempt.
    if (this.#updates.state === 'ready' && event.kind !== 'refused') return;
    switch (event.kind) {
      case 'found':
        this.#set({ state: 'downloading', version: event.version });
        break;
      case 'none':
        this.#set({ state: 'idle', version: null });
        break;
      case 'fetched':
        this.#set({ state: 'ready', version: event.version });
        onReady(event.version);
        break;
      case 'refused':
        onError(new Error(`the update to ${event.version} is not signed by its publisher`));
        this.#set({ state: 'refused', version: event.version });
        break;
      case 'failed':
        if (this.#updates.state !== 'failed') onError(event.error);
        this.#set({ state: 'failed', version: null });
        break;
    }
  }

  #set(updates: Updates): void {
    this.#updates = updates;
    this.#parts.onChange();
  }
}
