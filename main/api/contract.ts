import { z } from 'zod';
import { conversationArguments, messageId } from './conversation-contract.ts';
import type { ConversationResults } from './conversation-contract.ts';
import { hostArguments } from './host-contract.ts';
import type { HostResults } from './host-contract.ts';
import { fileArguments } from './file-contract.ts';
import type { FileResults } from './file-contract.ts';
import { webArguments } from './web-contract.ts';
import type { WebResults } from './web-contract.ts';
import { HISTORY_DAYS_MAX, PAGE_MAX } from './limits.ts';

import type {
  About,
  ActivityLine,
  DeviceComparison,
  DeviceRecord,
  Diagnosis,
  ImportState,
  Invitation,
  MessageHolders,
  MissingMessages,
  PairingState,
  RecoveryPhrase,
  Status,
} from './types.ts';

export { HISTORY_DAYS_MAX } from './limits.ts';

/** A link is a key: one that lies about for longer than a day will be found by somebody. */
export const INVITATION_MINUTES_MAX = 24 * 60;

/** Longer than any multiaddr that a relay has. */
const ADDRESS_LENGTH_MAX = 1_000;
/** Messages that one call asks about: a page of them. */
const HOLDERS_MAX = PAGE_MAX;
/** More devices than anybody has. */
const DEVICES_MAX = 1_000;
/** What the log shows at once. */
const ACTIVITY_MAX = 1_000;
/** Seconds between two synchronizations: below a few the connection might as well stay, beyond a week nobody remembers. */
export const INTERVAL_SECONDS_MIN = 5;
export const INTERVAL_SECONDS_MAX = 7 * 24 * 60 * 60;

/** A week: who wants it longer pauses until told otherwise. It becomes a timer, and so has to stay below 2^31 ms. */
export const PAUSE_MINUTES_MAX = 7 * 24 * 60;

const none = z.object({}).strict();
const device = z.object({ device: z.string() }).strict();
const interval = z.union([
  z.literal('live'),
  z.number().int().min(INTERVAL_SECONDS_MIN).max(INTERVAL_SECONDS_MAX),
]);
/** A hundred terabytes: more than a disk has. */
export const MAILBOX_MEGABYTES_MAX = 100_000_000;
const history = z.union([
  z.literal('all'),
  z.literal('none'),
  z.object({ days: z.number().int().min(1).max(HISTORY_DAYS_MAX) }).strict(),
]);

/** Arguments of every command. The only place where they are checked is the process that holds the device. */
export const commandArguments = {
  status: none,
  ...conversationArguments,
  ...hostArguments,
  ...fileArguments,
  ...webArguments,
  /** The person's devices, this one first, and after them those that were removed. */
  devices: none,
  /** A device, by its id or its name: it never comes back under its present id. What it holds cannot be taken from it. */
  removeDevice: device,
  /** Of two devices that removed each other, by their ids: the one that stays, and the one that is removed for good. */
  settleDispute: z.object({ keep: z.string(), remove: z.string() }).strict(),
  /**
   * After a backup was put back: removes every other device but these, by their ids or names. Fails with not-found for one
   * that is none.
   */
  confirmDevices: z.object({ keep: z.array(z.string()).max(DEVICES_MAX) }).strict(),
  renameDevice: device.extend({ name: z.string() }),
  /** Twelve words that are the same on this device and another one, by its id or its name. */
  compareDevice: device,
  /** Deletes everything that this device holds, its keys first, and ends it. Only where it was removed by another. */
  eraseDevice: none,
  /** Another device, by its id or its name. Nothing is sent to it or taken from it until it is resumed. */
  pauseDevice: device,
  resumeDevice: device,
  /** All other devices, those that join later too: for so many minutes, or until `resumeAll`. Kept over restarts. */
  pauseAll: z.object({ minutes: z.number().positive().max(PAUSE_MINUTES_MAX).optional() }).strict(),
  /** A device that was paused by itself stays so. */
  resumeAll: none,
  /** `live`: connected all the time. A number: connects, synchronizes and disconnects, and again after so many seconds. */
  setDeviceInterval: device.extend({ interval }),
  /** Makes a recovery phrase, in place of the one there may be. The words are shown now and never again. */
  createRecoveryPhrase: none,
  /** What this device asks the others for from now on. What it holds already stays. */
  setHistory: z.object({ history }).strict(),
  /** How much this device keeps, which has to be a mailbox. What is beyond that it deletes, here alone. */
  setMailboxLimits: z
    .object({
      days: z.number().int().min(1).max(HISTORY_DAYS_MAX).nullable(),
      megabytes: z.number().int().min(1).max(MAILBOX_MEGABYTES_MAX).nullable(),
    })
    .strict(),
  /** Tries now, without waiting any longer: one device, or all. */
  syncNow: device.partial(),
  /** What is here and not known to be on another device, the oldest first. */
  missingMessages: device.extend({ limit: z.number().int().min(1).max(PAGE_MAX) }),
  /** A multiaddr that ends in /p2p/ and a PeerId. Fails with invalid-arguments for anything else. */
  addRelay: z.object({ address: z.string().max(ADDRESS_LENGTH_MAX) }).strict(),
  /** Not used any more, and not told to the others. Fails with not-found. */
  removeRelay: z.object({ address: z.string().max(ADDRESS_LENGTH_MAX) }).strict(),
  /** The version, and what it runs on. */
  about: none,
  messageHolders: z.object({ messageIds: z.array(messageId).max(HOLDERS_MAX) }).strict(),
  /** The newest first; of one device, or of all. */
  activity: device.partial().extend({ limit: z.number().int().min(1).max(ACTIVITY_MAX) }),
  /** Tries every way to every other device, which may take a while. */
  diagnose: none,
  /** What is brought in is a file, by `POST import`: see `file-requests.ts`. */
  importState: none,
  /** What has come stays. */
  cancelImport: none,
  pairing: none,
  /** Makes this the first device, with a name of its own. */
  createFirstDevice: z.object({ name: z.string().optional() }).strict(),
  /** How long the link is good for, minutes. */
  invite: z
    .object({ minutes: z.number().positive().max(INVITATION_MINUTES_MAX).optional() })
    .strict(),
  /**
   * Makes another code for the invitation that is open, in place of the one there may be. Fails with `not-found` where none is
   * open, and with `wrong-code` where too many wrong codes were entered.
   */
  newCode: none,
  /**
   * Lets the device in, as a device where no role is given. `check` is what it shows, where it does; `unchecked` lets whoever
   * used the link first in without looking.
   */
  approve: z
    .object({
      requestId: z.string(),
      role: z.enum(['device', 'mailbox']).optional(),
      check: z
        .union([z.literal('unchecked'), z.string().regex(/^\d{2}$/u, 'two digits')])
        .optional(),
    })
    .strict(),
  reject: z.object({ requestId: z.string() }).strict(),
  cancelPairing: none,
  /** `link`: a link, or a short code. Resolves once this device belongs to the others; the messages arrive after that. */
  join: z
    .object({ link: z.string(), name: z.string().optional(), history: history.optional() })
    .strict(),
} as const;

export type Command = keyof typeof commandArguments;
export type CommandArguments = { readonly [C in Command]: z.infer<(typeof commandArguments)[C]> };

export interface CommandResults extends ConversationResults, FileResults, HostResults, WebResults {
  readonly status: Status;
  readonly devices: readonly DeviceRecord[];
  readonly removeDevice: Status;
  readonly settleDispute: Status;
  readonly confirmDevices: Status;
  readonly renameDevice: Status;
  readonly compareDevice: DeviceComparison;
  readonly eraseDevice: Record<string, never>;
  readonly pauseDevice: Status;
  readonly resumeDevice: Status;
  readonly pauseAll: Status;
  readonly resumeAll: Status;
  readonly setDeviceInterval: Status;
  readonly createRecoveryPhrase: RecoveryPhrase;
  readonly setHistory: Status;
  readonly setMailboxLimits: Status;
  readonly syncNow: Status;
  readonly missingMessages: MissingMessages;
  readonly addRelay: Status;
  readonly removeRelay: Status;
  readonly about: About;
  readonly messageHolders: readonly MessageHolders[];
  readonly activity: readonly ActivityLine[];
  readonly diagnose: Diagnosis;
  readonly importState: ImportState;
  readonly cancelImport: Record<string, never>;
  readonly pairing: PairingState;
  readonly createFirstDevice: Status;
  readonly invite: Invitation;
  readonly newCode: Invitation;
  readonly approve: Record<string, never>;
  readonly reject: Record<string, never>;
  readonly cancelPairing: Record<string, never>;
  readonly join: Status;
}
