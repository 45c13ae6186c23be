import type { App, PowerMonitor } from 'electron';
import type { Clock } from '../helpers/clock.ts';

/** Sessions end and the store closes in well under a second. A system that shuts down waits little longer than this. */
const CLOSE_PATIENCE_MS = 8_000;

export interface LifecycleParts {
  readonly app: Pick<App, 'on' | 'quit' | 'exit'>;
  readonly power: Pick<PowerMonitor, 'on'>;
  readonly signals: Pick<NodeJS.Process, 'on'>;
  readonly clock: Clock;
  /** Ends the sessions and closes the store. */
  readonly close: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

export interface Lifecycle {
  /** Whether the app is about to end: a window that closes now does not go to the tray. */
  readonly isQuitting: boolean;
}

/**
 * Whatever ends the app (a menu, the system shutting down, a signal), the sessions end and the store closes before the
 * process does. What does not close in time is cut off: the store survives that.
 */
export function closeBeforeQuit(parts: LifecycleParts): Lifecycle {
  const { app, power, signals, clock, close, onError } = parts;
  let state: 'running' | 'closing' | 'closed' = 'running';
  app.on('before-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    if (state === 'closing') return;
    state = 'closing';
    const giveUp = clock.schedule(CLOSE_PATIENCE_MS, () => app.exit(1));
    void close()
      .catch(onError)
      .finally(() => {
        giveUp();
        state = 'closed';
        app.quit();
      });
  });
  // Its types leave out the event, by which the system is asked to wait.
  power.on('shutdown', (event?: { preventDefault?: () => void }) => {
    event?.preventDefault?.();
    app.quit();
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    signals.on(signal, () => app.quit());
  }
  return {
    get isQuitting() {
      return state !== 'running';
    },
  };
}
