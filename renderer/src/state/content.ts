import type { Call } from '../../../main/api/client.ts';

/*
 * What comes and goes as bytes (see main/api/file-requests.ts). In a browser each request needs a ticket, which is asked for over
 * the channel to the device and is good once, within a minute; in the app none is needed.
 */

/** An address that gives what is at a path, once. */
export async function contentUrl(call: Call, path: string): Promise<string> {
  const { ticket } = await call('contentTicket', { method: 'GET', path: absolute(path) });
  if (ticket === null) return path;
  return `${path}${path.includes('?') ? '&' : '?'}ticket=${ticket}`;
}

/** What a POST to a path has to carry. */
export async function postHeaders(call: Call, path: string): Promise<Record<string, string>> {
  const { ticket } = await call('contentTicket', { method: 'POST', path: absolute(path) });
  return ticket === null ? {} : { Authorization: `Ticket ${ticket}` };
}

/** Hands what is at a path to the browser, to be saved as a file. */
export async function save(call: Call, path: string, name = ''): Promise<void> {
  const link = document.createElement('a');
  link.href = await contentUrl(call, path);
  link.download = name;
  link.click();
}

function absolute(path: string): string {
  return path.replace(/^\.\//u, '/');
}
