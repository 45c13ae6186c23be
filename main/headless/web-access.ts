import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** 256 random bits. */
const TOKEN_BYTES = 32;
/** Links that were printed and never opened. */
const LINKS_MAX = 20;

/**
 * Who may use the api of a device: the command line, by the token in the api file; and a browser, by a token that is good
 * for opening one link and is exchanged for a cookie, so that it stays in no history and no address bar.
 */
export class WebAccess {
  readonly commandToken = newToken();
  readonly #session = newToken();
  readonly #links: string[] = [];
  #port = 0;

  /** The port that the server got. Cookies know no ports, so its name has to. */
  setPort(port: number): void {
    this.#port = port;
  }

  /** A link that opens the page once. */
  newLink(): string {
    const token = newToken();
    this.#links.push(token);
    if (this.#links.length > LINKS_MAX) this.#links.shift();
    return `http://127.0.0.1:${this.#port}/?token=${token}`;
  }

  /** Uses up the token of a link. Returns the cookie for it; undefined where it is not good, or no longer. */
  redeem(token: string): string | undefined {
    const index = this.#links.findIndex((link) => equal(link, token));
    if (index < 0) return undefined;
    this.#links.splice(index, 1);
    return `${this.#cookieName()}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Another site's page may make a browser send requests here; none of them passes. */
  isOwnHost(request: IncomingMessage): boolean {
    const host = request.headers.host;
    return host === `127.0.0.1:${this.#port}` || host === `localhost:${this.#port}`;
  }

  isCommandLine(request: IncomingMessage): boolean {
    return equal(request.headers.authorization ?? '', `Bearer ${this.commandToken}`);
  }

  isBrowser(request: IncomingMessage): boolean {
    const { cookie = '', origin } = request.headers;
    const own = origin === undefined || origin === `http://${request.headers.host}`;
    const given = cookie
      .split(';')
      .map((pair) => pair.trim().split('='))
      .find(([name]) => name === this.#cookieName())?.[1];
    return own && given !== undefined && equal(given, this.#session);
  }

  #cookieName(): string {
    return `reunion-${this.#port}`;
  }
}

function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
