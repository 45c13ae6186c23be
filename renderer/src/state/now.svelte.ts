/** How often times like “5 min. ago” are worded anew, milliseconds. */
const STEP_MS = 20_000;

/** The time, in steps; it stands still while the page is hidden, so that a minimized window costs nothing. */
class Now {
  current = $state(Date.now());
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    document.addEventListener('visibilitychange', () => this.#follow());
    this.#follow();
  }

  #follow(): void {
    clearInterval(this.#timer);
    if (document.hidden) return;
    this.current = Date.now();
    this.#timer = setInterval(() => (this.current = Date.now()), STEP_MS);
  }
}

export const now = new Now();
