import type { Clock } from '../../../main/helpers/clock.ts';
import type { PeerId } from '../../../main/mvds/types.ts';
import type { Schedule } from '../schedule.ts';

/**
 * Runs something at a time of the world; what it leads to is awaited before the next event, unless it returns false because
 * there was nothing to do. `touched` are the devices that it may change; without any: all.
 */
export type After = (delayMs: number, run: () => boolean, touched?: readonly PeerId[]) => void;

/** The clock of one device: its own idea of the time, which may be years off and may be set in between. */
export class WorldClock implements Clock {
  /** How far it is from the world's time, milliseconds. */
  offsetMs: number;
  private readonly schedule_: Schedule;
  private readonly after: After;
  private readonly touched: readonly PeerId[];

  constructor(schedule: Schedule, after: After, peerId: PeerId, offsetMs: number) {
    this.touched = [peerId];
    this.schedule_ = schedule;
    this.after = after;
    this.offsetMs = offsetMs;
  }

  now(): number {
    return this.schedule_.nowMs + this.offsetMs;
  }

  /** Timers count the time that passes, whatever the clock shows. */
  schedule(delayMs: number, callback: () => void): () => void {
    let isCancelled = false;
    this.after(
      delayMs,
      () => {
        if (!isCancelled) callback();
        return !isCancelled;
      },
      this.touched,
    );
    return () => {
      isCancelled = true;
    };
  }
}
