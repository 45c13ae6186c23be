import type { WebSession } from '../../api/types.ts';
import { newWebLink, withDevice } from '../connect.ts';
import { ExpectedFailure } from '../failures.ts';
import { printJson, timeText } from '../output.ts';

interface WebOptions {
  readonly data: string;
  readonly sessions?: boolean;
  /** The id of a session, or `all`. */
  readonly end?: string;
  readonly json?: boolean;
}

/** `reunion web`: a link, or the sessions that were opened by one. */
export async function runWeb(options: WebOptions): Promise<void> {
  const { data, sessions, end, json } = options;
  if (end !== undefined) {
    await withDevice(data, (client) => client.call('endWebSession', { session: end }));
    console.log(end === 'all' ? 'All sessions have ended.' : 'The session has ended.');
  } else if (sessions) {
    const open = await withDevice(data, (client) => client.call('webSessions', {}));
    if (!open) throw new ExpectedFailure('This device runs without its web page.');
    if (json) printJson(open);
    else printSessions(open);
  } else {
    const link = await newWebLink(data);
    if (json) printJson({ link });
    else console.log(link);
  }
}

function printSessions(sessions: readonly WebSession[]): void {
  if (sessions.length === 0) console.log('No browser may use the page; `reunion web` lets one.');
  for (const { id, browser, openedAt, lastSeenAt } of sessions) {
    const seen = lastSeenAt === null ? 'open now' : `closed ${timeText(lastSeenAt)}`;
    console.log(`${id}  ${browser}  since ${timeText(openedAt)}  ${seen}`);
  }
}
