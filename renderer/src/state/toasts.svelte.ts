/** How long something can be undone, milliseconds. */
const UNDO_MS = 7_000;
/** How long a plain notice stays, milliseconds. */
const NOTICE_MS = 4_000;

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'notice' | 'problem';
  /** What takes it back; undefined where there is nothing to take back. */
  readonly undo: (() => void) | undefined;
}

interface Pending {
  readonly commit: () => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Short notices at the edge of the page; what destroys something is done once it can no longer be undone. */
class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #nextId = 1;
  readonly #pending = new Map<number, Pending>();

  constructor() {
    // Who closes the page has decided.
    addEventListener('pagehide', () => {
      for (const id of [...this.#pending.keys()]) this.dismiss(id);
    });
  }

  notice(text: string): void {
    this.#add(text, 'notice', undefined, () => undefined, NOTICE_MS);
  }

  problem(text: string): void {
    this.#add(text, 'problem', undefined, () => undefined, UNDO_MS);
  }

  /** Shows what was done, with a way back; `commit` runs when that is over, and never after `undo`. */
  undoable(text: string, undo: () => void, commit: () => void = () => undefined): void {
    this.#add(text, 'notice', undo, commit, UNDO_MS);
  }

  undo(id: number): void {
    const toast = this.list.find((one) => one.id === id);
    const pending = this.#take(id);
    if (pending) toast?.undo?.();
  }

  dismiss(id: number): void {
    this.#take(id)?.commit();
  }

  #add(
    text: string,
    kind: Toast['kind'],
    undo: (() => void) | undefined,
    commit: () => void,
    ms: number,
  ): void {
    const id = this.#nextId++;
    const timer = setTimeout(() => this.dismiss(id), ms);
    this.#pending.set(id, { commit, timer });
    this.list = [...this.list, { id, text, kind, undo }];
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (!pending) return undefined;
    clearTimeout(pending.timer);
    this.#pending.delete(id);
    this.list = this.list.filter((one) => one.id !== id);
    return pending;
  }
}

export const toasts = new Toasts();
