/** What a host knows of its computer and tells the device. */
export type SystemEvent =
  | 'suspend'
  | 'resume'
  | 'lock'
  | 'unlock'
  /** It has other addresses, or a network again. */
  | 'network-changed'
  | 'on-battery'
  | 'on-mains';

/**
 * What follows. `retry`: whatever waits is tried now. `reconnect`: connections are gone, though nothing has told of that; drop
 * them, then as `retry`. `save-power`, `spend-power`: nobody is helped by trying often on a battery.
 */
export type SystemEffect = 'retry' | 'reconnect' | 'save-power' | 'spend-power';

export interface SystemState {
  /** Since when the computer sleeps, Unix milliseconds; undefined while it is awake. */
  readonly asleepSince: number | undefined;
}

export const AWAKE: SystemState = { asleepSince: undefined };

/** After so long the other side has given the connection up, see BEAT_MS in network/constants.ts. Milliseconds. */
const CONNECTIONS_SURVIVE_MS = 18_000;

interface Decided {
  readonly state: SystemState;
  readonly effects: readonly SystemEffect[];
}

/** Decides what an event of the computer means for the network of the device. */
export function decideSystem(state: SystemState, event: SystemEvent, now: number): Decided {
  const { asleepSince } = state;
  switch (event) {
    case 'suspend':
      return { state: { asleepSince: asleepSince ?? now }, effects: [] };
    case 'resume': {
      // Some systems tell of waking alone; and a clock that was set back says nothing of how long it was.
      const slept = asleepSince === undefined ? Infinity : now - asleepSince;
      const isGone = slept >= CONNECTIONS_SURVIVE_MS || slept < 0;
      return { state: AWAKE, effects: [isGone ? 'reconnect' : 'retry'] };
    }
    // Synchronizing goes on behind a locked screen.
    case 'lock':
      return { state, effects: [] };
    case 'unlock':
      // Who comes back wants to see what came meanwhile. That it was unlocked says that it is awake, too.
      return asleepSince === undefined
        ? { state, effects: ['retry'] }
        : decideSystem(state, 'resume', now);
    case 'network-changed':
      // Interfaces go and come while a computer falls asleep: what is begun then is lost.
      return { state, effects: asleepSince === undefined ? ['retry'] : [] };
    case 'on-battery':
      return { state, effects: ['save-power'] };
    case 'on-mains':
      return { state, effects: ['spend-power'] };
  }
}
