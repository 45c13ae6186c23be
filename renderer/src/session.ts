/*
 * What lets this tab use the device in a browser. It is kept in the session storage, which belongs to this tab and to this origin with
 * its port; a cookie would go to every server on 127.0.0.1. The secret of it is never sent: see main/api/mutual-proof.ts.
 */

const KEY = 'reunion-session';
const KEPT = /^([0-9a-f]{16}) ([0-9a-f]{64})$/u;
const TOKEN = /^#token=([\w-]+)$/u;

export interface Session {
  readonly id: string;
  /** 32 bytes in hexadecimal digits. */
  readonly secret: string;
}

/** Why this tab may not use the device: it never could, its link was used or is too old, or its session has ended. */
export type Lock = 'no-session' | 'dead-link' | 'ended';

export class LockedError extends Error {
  override readonly name = 'LockedError';
  readonly lock: Lock;

  constructor(lock: Lock) {
    super(lock);
    this.lock = lock;
  }
}

/**
 * The session of this tab: a new one where a link has just been opened, which leaves the address bar, else the one it has. Rejects
 * with `LockedError`, or as `fetch` does where nothing answers.
 */
export async function ownSession(): Promise<Session> {
  const [, token] = TOKEN.exec(location.hash) ?? [];
  const kept = keptSession();
  if (token === undefined) {
    if (kept) return kept;
    throw new LockedError('no-session');
  }
  const response = await fetch('./session', { method: 'POST', body: token });
  history.replaceState(null, '', './');
  if (response.ok) {
    const { id, secret } = (await response.json()) as Session;
    sessionStorage.setItem(KEY, `${id} ${secret}`);
    return { id, secret };
  }
  if (kept) return kept;
  throw new LockedError('dead-link');
}

/** Rejects with `LockedError` where the device says that there is no such session; it may also have nothing to say. */
export async function checkSession({ id }: Session): Promise<void> {
  const response = await fetch(`./session/${id}`).catch(() => undefined);
  if (response?.status !== 401) return;
  sessionStorage.removeItem(KEY);
  throw new LockedError('ended');
}

/** A link that is opened in this very tab changes nothing of its address but what follows the #, which loads nothing. */
export function followLinks(): void {
  addEventListener('hashchange', () => {
    if (TOKEN.test(location.hash)) location.reload();
  });
}

/** Another program may have had this port, and its page this storage: only what has the right form counts. */
function keptSession(): Session | undefined {
  const [, id, secret] = KEPT.exec(sessionStorage.getItem(KEY) ?? '') ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}
