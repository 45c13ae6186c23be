import { z } from 'zod';
import type { HostSettings } from './types.ts';

/** Ten years: more days than anybody waits for a device. */
const STALE_DAYS_MAX = 3_650;

const none = z.object({}).strict();

/** What of the settings a person sets. */
export const writableHostSettings = z
  .object({
    background: z.boolean(),
    startAtLogin: z.boolean(),
    startHidden: z.boolean(),
    notifyMessages: z.boolean(),
    notifyWhileFocused: z.boolean(),
    notifyPairing: z.boolean(),
    notifyProblems: z.boolean(),
    staleDays: z.number().int().min(0).max(STALE_DAYS_MAX),
    spellCheck: z.boolean(),
  })
  .strict();

/** Arguments of the commands about the host. In a browser all but the first fail with not-found. */
export const hostArguments = {
  /** Null in a browser, which has none. */
  hostSettings: none,
  /** Those that are not given stay as they are. */
  setHostSettings: writableHostSettings.partial(),
  checkForUpdates: none,
  /** Ends the app and starts the version that is `ready`; fails with not-found where there is none. */
  installUpdate: none,
} as const;

export interface HostResults {
  readonly hostSettings: HostSettings | null;
  readonly setHostSettings: HostSettings;
  readonly checkForUpdates: HostSettings;
  readonly installUpdate: Record<string, never>;
}
