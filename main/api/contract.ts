import { z } from 'zod';
import type {
  ConversationSummary,
  Invitation,
  MessagePage,
  MessageView,
  PairingState,
  Status,
} from './types.ts';

/** The most messages that one call returns. */
const PAGE_MAX = 1_000;
/** A link is a key: one that lies about for longer than a day will be found by somebody. */
export const INVITATION_MINUTES_MAX = 24 * 60;

const none = z.object({}).strict();
const position = z.object({
  order: z.number().int().nonnegative(),
  id: z.string().regex(/^[0-9a-f]{64}$/u),
});

/** Arguments of every command. The only place where they are checked is the process that holds the device. */
export const commandArguments = {
  status: none,
  conversations: none,
  messages: z
    .object({
      /** Id or, where no conversation has such an id, name. */
      conversation: z.string(),
      limit: z.number().int().min(1).max(PAGE_MAX),
      before: position.optional(),
    })
    .strict(),
  createConversation: z.object({ name: z.string() }).strict(),
  /** To a conversation by its id, or by its name, in which case it is made where there is none. */
  send: z.object({ conversation: z.string(), text: z.string() }).strict(),
  pairing: none,
  /** Makes this the first device, with a name of its own. */
  createFirstDevice: z.object({ name: z.string().optional() }).strict(),
  /** How long the link is good for, minutes. */
  invite: z
    .object({ minutes: z.number().positive().max(INVITATION_MINUTES_MAX).optional() })
    .strict(),
  approve: z.object({ requestId: z.string() }).strict(),
  reject: z.object({ requestId: z.string() }).strict(),
  cancelPairing: none,
  /** Resolves once this device belongs to the others; the messages arrive after that. */
  join: z.object({ link: z.string(), name: z.string().optional() }).strict(),
} as const;

export type Command = keyof typeof commandArguments;
export type CommandArguments = { readonly [C in Command]: z.infer<(typeof commandArguments)[C]> };

export interface CommandResults {
  readonly status: Status;
  readonly conversations: readonly ConversationSummary[];
  readonly messages: MessagePage;
  readonly createConversation: ConversationSummary;
  readonly send: MessageView;
  readonly pairing: PairingState;
  readonly createFirstDevice: Status;
  readonly invite: Invitation;
  readonly approve: Record<string, never>;
  readonly reject: Record<string, never>;
  readonly cancelPairing: Record<string, never>;
  readonly join: Status;
}
