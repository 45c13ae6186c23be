import { z } from 'zod';
import { HISTORY_DAYS_MAX, KILOBYTES_PER_SECOND_MAX, KILOBYTES_PER_SECOND_MIN } from './limits.ts';
import type { AttachmentProgress, Status } from './types.ts';

/** The SHA-256 of a file's content. */
export const fileId = z.string().regex(/^[0-9a-f]{64}$/u);
const attachment = z.object({ attachment: fileId }).strict();
const rate = z
  .number()
  .int()
  .min(KILOBYTES_PER_SECOND_MIN)
  .max(KILOBYTES_PER_SECOND_MAX)
  .nullable();

/** Arguments of the commands about files. Their bytes come and go by HTTP: see `file-requests.ts`. */
export const fileArguments = {
  /** Gets a file whatever the policy says, from whichever device has it and is there first. Fails with not-found. */
  fetchAttachment: attachment,
  /** Asks for it no longer. What has come stays, and need not come again. */
  cancelAttachment: attachment,
  /** Which files this device gets by itself. What it has it keeps. */
  setAttachmentPolicy: z
    .object({
      policy: z.union([
        z.enum(['all', 'on-demand']),
        z.object({ days: z.number().int().min(1).max(HISTORY_DAYS_MAX) }).strict(),
      ]),
    })
    .strict(),
  /** Kilobytes (1,000 bytes) a second; null for no limit. A metered device exchanges messages, and files later. */
  setTransfer: z.object({ metered: z.boolean(), sendLimit: rate, receiveLimit: rate }).strict(),
} as const;

export interface FileResults {
  readonly fetchAttachment: AttachmentProgress;
  readonly cancelAttachment: AttachmentProgress;
  readonly setAttachmentPolicy: Status;
  readonly setTransfer: Status;
}
