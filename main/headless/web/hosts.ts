import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/*
 * A page of another site may make a browser send requests to this computer, and may give its own name an address of this
 * computer (DNS rebinding). The name that the browser was led by is in Host, where no page can change it.
 */

/** Whether a request names this computer, or an address, and no other name. Whatever the port. */
export function namesThisComputer({ headers: { host } }: IncomingMessage): boolean {
  const name = URL.parse(`http://${host ?? ''}/`)?.hostname ?? '';
  return name === 'localhost' || isIP(name.replace(/^\[(.*)\]$/u, '$1')) > 0;
}

/** Whether a request names this server on this port. */
export function isOwnHost({ headers: { host } }: IncomingMessage, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

/** Whether a browser says that a page of this very server has made the request. */
export function isOwnPage({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  const isSame = site === undefined || site === 'same-origin';
  return isSame && headers.origin === `http://${headers.host ?? ''}`;
}

/** The same of a request that says nothing of its origin: a picture, a download, an address that was dragged elsewhere. */
export function isFromNoOtherPage({ headers }: IncomingMessage): boolean {
  const { origin, host = '', 'sec-fetch-site': site } = headers;
  const isSame = site === undefined || site === 'same-origin' || site === 'none';
  return isSame && (origin === undefined || origin === `http://${host}`);
}
