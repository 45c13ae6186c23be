import { z } from 'zod';
import { writableHostSettings } from '../api/host-contract.ts';

/** What a person has set, beside what the system and the build say. */
export type ChosenSettings = z.infer<typeof writableHostSettings>;

/** 14 days: a fortnight's holiday does not yet worry anybody. */
const STALE_DAYS = 14;

export const FIRST_SETTINGS: ChosenSettings = {
  background: true,
  startAtLogin: false,
  startHidden: true,
  notifyMessages: true,
  notifyWhileFocused: false,
  notifyPairing: true,
  notifyProblems: true,
  staleDays: STALE_DAYS,
  spellCheck: true,
};

/** As kept: a setting that an earlier version did not know begins as it does at first. */
export const keptSettings: z.ZodType<ChosenSettings> = z.looseObject({}).transform((kept) => {
  const known = writableHostSettings.partial().strip().safeParse(kept);
  return { ...FIRST_SETTINGS, ...(known.success ? defined(known.data) : {}) };
});

/** Without what is undefined, which would hide what is there. */
export function defined<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** What the app itself remembers from one run to the next. */
export interface Remembered {
  /** Whether the person was told that closing the window leaves the device running. */
  readonly toldOfBackground: boolean;
  /** Devices that were told to be stale, and with what last contact: so each is told once. */
  readonly staleTold: Readonly<Record<string, number>>;
}

export const remembered: z.ZodType<Remembered> = z.object({
  toldOfBackground: z.boolean(),
  staleTold: z.record(z.string(), z.number()),
});

export const NOTHING_REMEMBERED: Remembered = { toldOfBackground: false, staleTold: {} };
