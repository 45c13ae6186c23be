import { randomBytes } from 'node:crypto';
import type { WebSession } from '../../api/types.ts';
import type { Clock } from '../../helpers/clock.ts';
import { browserName } from './browser-name.ts';
import { OneTimeTokens } from './one-time.ts';

/** Links that were made and not opened. */
const LINKS_MAX = 20;
/** More tabs than anybody has open; the one that was away for longest makes room. */
const SESSIONS_MAX = 50;
/** Tickets that were asked for and not used: a page asks for one for each picture that it shows. */
const TICKETS_MAX = 1_000;
/** A page that was closed for so long is opened by a new link, milliseconds. A tab that stays open stays connected. */
export const IDLE_SESSION_MS = 24 * 60 * 60 * 1_000;

const ID_BYTES = 8;
/** 256 random bits. */
const SECRET_BYTES = 32;

/** What a page keeps, in hexadecimal digits. */
export interface Credentials {
  readonly id: string;
  /** 32 bytes: proven at every connection (see api/mutual-proof.ts), and sent this one time. */
  readonly secret: string;
}

interface Session {
  readonly id: string;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly browser: string;
  readonly openedAt: number;
  seenAt: number;
  /** Each closes one connection of it. */
  readonly connections: Set<() => void>;
}

interface Ticket {
  readonly session: Session;
  readonly method: string;
  readonly path: string;
}

/**
 * Who may use the page of a device: each tab that has opened a link, until it is ended, was closed for a day, or the process ends.
 * Nothing of it is kept on the disk.
 */
export class WebSessions {
  readonly #clock: Clock;
  readonly #links: OneTimeTokens<true>;
  readonly #tickets: OneTimeTokens<Ticket>;
  readonly #sessions = new Map<string, Session>();
  readonly #openListeners = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#links = new OneTimeTokens(clock, LINKS_MAX);
    this.#tickets = new OneTimeTokens(clock, TICKETS_MAX);
  }

  /** What a link is to carry. */
  newLink(): { readonly token: string; readonly expiresAt: number } {
    return this.#links.create(true);
  }

  /** Called whenever a link was opened. */
  onOpen(listener: () => void): void {
    this.#openListeners.add(listener);
  }

  /** Uses up the token of a link. Undefined where it is not good, or no longer. */
  open(token: string, userAgent: string): Credentials | undefined {
    if (!this.#links.use(token)) return undefined;
    const secret = new Uint8Array(randomBytes(SECRET_BYTES));
    const now = this.#clock.now();
    const session: Session = {
      id: randomBytes(ID_BYTES).toString('hex'),
      secret,
      browser: browserName(userAgent),
      openedAt: now,
      seenAt: now,
      connections: new Set(),
    };
    this.#makeRoom();
    this.#sessions.set(session.id, session);
    for (const listener of this.#openListeners) listener();
    return { id: session.id, secret: Buffer.from(secret).toString('hex') };
  }

  /** What a session has to prove that it knows; undefined where there is none of that id, or no longer. */
  secretOf(id: string): Uint8Array<ArrayBuffer> | undefined {
    this.#endIdle();
    return this.#sessions.get(id)?.secret;
  }

  /** Notes a connection, which `close` is to end when the session is. Returns what notes its end; undefined where there is no session. */
  connected(id: string, close: () => void): (() => void) | undefined {
    const session = this.#sessions.get(id);
    if (!session) return undefined;
    session.connections.add(close);
    return () => {
      session.connections.delete(close);
      session.seenAt = this.#clock.now();
    };
  }

  list(own?: string): WebSession[] {
    this.#endIdle();
    return [...this.#sessions.values()].reverse().map((session) => ({
      id: session.id,
      browser: session.browser,
      openedAt: session.openedAt,
      lastSeenAt: session.connections.size > 0 ? null : session.seenAt,
      own: session.id === own,
    }));
  }

  /** Of one session, or of all. False where there is none of that id. */
  end(id: string): boolean {
    const ended = id === 'all' ? [...this.#sessions.values()] : [this.#sessions.get(id)];
    for (const session of ended) {
      if (!session) return false;
      this.#sessions.delete(session.id);
      for (const close of session.connections) close();
    }
    return true;
  }

  /** A token for one request of a session; undefined where there is no such session. */
  newTicket(id: string, method: string, path: string): string | undefined {
    const session = this.#sessions.get(id);
    return session && this.#tickets.create({ session, method, path }).token;
  }

  /** Uses it up. Whether it was for that request, and its session goes on. */
  useTicket(token: string, method: string, path: string): boolean {
    const ticket = this.#tickets.use(token);
    if (ticket?.method !== method || ticket.path !== path) return false;
    return this.#sessions.get(ticket.session.id) === ticket.session;
  }

  #endIdle(): void {
    const since = this.#clock.now() - IDLE_SESSION_MS;
    for (const { id, connections, seenAt } of this.#sessions.values()) {
      if (connections.size === 0 && seenAt <= since) this.#sessions.delete(id);
    }
  }

  #makeRoom(): void {
    this.#endIdle();
    if (this.#sessions.size < SESSIONS_MAX) return;
    const [first] = [...this.#sessions.values()].sort(
      (one, other) =>
        Math.sign(one.connections.size) - Math.sign(other.connections.size) ||
        one.seenAt - other.seenAt,
    );
    if (first) this.end(first.id);
  }
}
