import { z } from 'zod';
import type { Clock } from '../helpers/clock.ts';
import type { PeerId } from '../helpers/ids.ts';
import type { SettingStore } from '../store/ports.ts';
import type { Orchestrator } from '../sync/orchestrator.ts';
import { DEFAULT_SETTINGS } from '../sync/peer-state.ts';
import type { PeerSettings } from '../sync/peer-state.ts';
import { beginPause, pauseLeft } from './pause.ts';
import type { Pause } from './pause.ts';
import type { DeviceSettings } from './settings.ts';

const SETTING = 'pause-all';
const setting = z.object({ since: z.number(), until: z.union([z.number(), z.literal('resumed')]) });

type Peers = Pick<Orchestrator, 'peers' | 'pause' | 'resume'>;

export interface PauseAllOptions {
  readonly store: SettingStore;
  /** What a person has set for each device by itself, which counts again afterwards. */
  readonly settings: Pick<DeviceSettings, 'sync' | 'history'>;
  readonly clock: Clock;
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

/** Pauses all other devices together, those that join later too, until a time or until it is ended; also over restarts. */
export class PauseAll {
  readonly #options: PauseAllOptions;
  #pause: Pause | undefined;
  #peers: Peers | undefined;
  #cancel: () => void = () => undefined;
  /** One change after another: each reads what the one before has written. */
  #changing: Promise<void> = Promise.resolve();

  private constructor(options: PauseAllOptions, pause: Pause | undefined) {
    this.#options = options;
    this.#pause = pause;
  }

  static async open(options: PauseAllOptions): Promise<PauseAll> {
    const kept = setting.safeParse(await options.store.get(SETTING));
    const isOver = !kept.success || pauseLeft(kept.data, options.clock.now()) === 0;
    return new PauseAll(options, isOver ? undefined : kept.data);
  }

  /** See `Status.pausedUntil`. */
  get until(): number | 'resumed' | null {
    return this.#pause?.until ?? null;
  }

  /** What the orchestrator is to begin with: no device that was met before is called while all are paused. */
  async settingsAtStart(): Promise<ReadonlyMap<PeerId, PeerSettings>> {
    const { settings } = this.#options;
    const own = await settings.sync();
    if (!this.#pause) return own;
    const known = new Set([...own.keys(), ...(await settings.history()).keys()]);
    return new Map(
      [...known].map((id) => [id, { ...(own.get(id) ?? DEFAULT_SETTINGS), paused: true }]),
    );
  }

  /** To be called once the peers are there. */
  start(peers: Peers): void {
    this.#peers = peers;
    this.#wait();
    this.follow();
  }

  stop(): void {
    this.#cancel();
    this.#peers = undefined;
  }

  /** Resolves once it is kept, so that a crash does not undo it. */
  begin(minutes: number | undefined): Promise<void> {
    return this.#set(beginPause(minutes, this.#options.clock.now()));
  }

  end(): Promise<void> {
    return this.#set(undefined);
  }

  /** A device has joined, perhaps: it is paused with the others. */
  follow(): void {
    if (!this.#pause) return;
    for (const { peerId, state } of this.#peers?.peers() ?? []) {
      if (state.kind !== 'paused' && state.kind !== 'removed') this.#peers?.pause(peerId);
    }
  }

  /** The time may have passed without timers, as it does while a computer sleeps. */
  check(): void {
    const { clock, onError } = this.#options;
    if (this.#pause && pauseLeft(this.#pause, clock.now()) === 0) this.end().catch(onError);
    else this.#wait();
  }

  #set(pause: Pause | undefined): Promise<void> {
    const changed = this.#changing.then(() => this.#keepAndApply(pause));
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  async #keepAndApply(pause: Pause | undefined): Promise<void> {
    const { store, settings, onChange } = this.#options;
    await store.set(SETTING, pause ? { ...pause } : null);
    const own = await settings.sync();
    this.#pause = pause;
    this.#wait();
    if (pause) this.follow();
    else {
      for (const { peerId, state } of this.#peers?.peers() ?? []) {
        if (state.kind === 'paused' && own.get(peerId)?.paused !== true)
          this.#peers?.resume(peerId);
      }
    }
    onChange();
  }

  #wait(): void {
    this.#cancel();
    this.#cancel = () => undefined;
    if (!this.#pause || !this.#peers) return;
    const left = pauseLeft(this.#pause, this.#options.clock.now());
    if (left < Infinity) this.#cancel = this.#options.clock.schedule(left, () => this.check());
  }
}
