import { ReunionError } from '../../api/errors.ts';
import { isFilePath } from '../../api/file-requests.ts';
import type { DeviceService } from '../../api/server.ts';
import type { WebLink } from '../../api/types.ts';
import type { WebSessions } from './web-sessions.ts';

/** The device as the command line sees it where it has a page: with the sessions of that, and links to it. */
export function withSessions(
  device: DeviceService,
  sessions: WebSessions,
  createLink: () => WebLink,
): DeviceService {
  return {
    ...device,
    commands: {
      ...device.commands,
      webSessions: async () => sessions.list(),
      endWebSession: async ({ session }) => endSession(sessions, session),
      createWebLink: async () => createLink(),
    },
  };
}

/** The device as one session sees it: it gets tickets, sees which session it is, and lets nobody else in. */
export function forSession(
  device: DeviceService,
  sessions: WebSessions,
  id: string,
): DeviceService {
  return {
    ...device,
    commands: {
      ...device.commands,
      webSessions: async () => sessions.list(id),
      endWebSession: async ({ session }) => endSession(sessions, session, id),
      createWebLink: async () => {
        throw new ReunionError('forbidden', 'Only `reunion web` makes links to this page.');
      },
      contentTicket: async ({ method, path }) => {
        const url = URL.parse(path, 'http://localhost');
        if (!url || !isFilePath(url.pathname)) {
          throw new ReunionError('invalid-arguments', 'There is nothing at that path.');
        }
        const ticket = sessions.newTicket(id, method, pathOf(url));
        if (ticket === undefined) throw new ReunionError('forbidden', 'This session has ended.');
        return { ticket };
      },
    },
  };
}

/** Path and query of a request, without its ticket: what a ticket is for. */
export function pathOf(url: URL): string {
  const query = new URLSearchParams(url.searchParams);
  query.delete('ticket');
  return `${url.pathname}?${query.toString()}`;
}

function endSession(
  sessions: WebSessions,
  session: string,
  own?: string,
): ReturnType<WebSessions['list']> {
  if (sessions.end(session)) return sessions.list(own);
  throw new ReunionError('not-found', 'There is no such session; it may have ended.');
}
