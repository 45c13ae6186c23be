import { z } from 'zod';
import type { WebLink, WebSession } from './types.ts';

/** Longer than the path of any file, whose name may be 255 bytes, each as three characters. */
const PATH_LENGTH_MAX = 4_096;
const SESSION_LENGTH_MAX = 100;

const none = z.object({}).strict();

/** Arguments of the commands about the page of a device in a browser. */
export const webArguments = {
  /** Those that may use the page, the newest first. Null where a device has no page in a browser. */
  webSessions: none,
  /** One, by its id, or `all`: its page goes on with nothing. Fails with not-found. */
  endWebSession: z.object({ session: z.string().max(SESSION_LENGTH_MAX) }).strict(),
  /** Good for one session, and for a minute. Not for pages: fails with forbidden there. */
  createWebLink: none,
  /**
   * What lets one request pass: of that method, to that path with its query (see `file-requests.ts`), once, within a minute. It
   * goes with a GET as the parameter `ticket`, and with a POST as `Authorization: Ticket …`. Null where none is needed.
   */
  contentTicket: z
    .object({ method: z.enum(['GET', 'POST']), path: z.string().max(PATH_LENGTH_MAX) })
    .strict(),
} as const;

export interface WebResults {
  readonly webSessions: readonly WebSession[] | null;
  readonly endWebSession: readonly WebSession[];
  readonly createWebLink: WebLink;
  readonly contentTicket: { readonly ticket: string | null };
}
