/** A browser's tab that may use the page of this device, since it opened a link. */
export interface WebSession {
  /** No secret: it names the session. */
  readonly id: string;
  /** The browser and its system, as it says itself. */
  readonly browser: string;
  readonly openedAt: number;
  /** When it was connected last; null while it is. */
  readonly lastSeenAt: number | null;
  /** Whether it is the one that asks. */
  readonly own: boolean;
}

export interface WebLink {
  /** Opens the page one time. */
  readonly link: string;
  readonly expiresAt: number;
}
