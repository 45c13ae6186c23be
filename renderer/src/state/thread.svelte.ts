import type { Call } from '../../../main/api/client.ts';
import { coalesced } from '../../../main/api/coalesced.ts';
import type { CommandArguments } from '../../../main/api/contract.ts';
import type { MessageView, PositionView } from '../../../main/api/types.ts';
import { Draft } from './draft.svelte.ts';
import { merged, WINDOW_MAX } from './message-window.ts';
import { Uploads } from './uploads.svelte.ts';

/** Messages fetched at a time: a few screens. */
const PAGE = 60;
/** Changed messages that are fetched one by one; where more have changed, the whole is fetched anew. */
const CHANGES_MAX = 300;
/** While messages stream in, the list is brought up to date this often, milliseconds: typing goes before that. */
const CHANGES_MS = 400;

/** Messages that follow each other without a gap, the oldest first. */
interface Stretch {
  readonly messages: readonly MessageView[];
  readonly moreBefore: boolean;
  readonly moreAfter: boolean;
}

/** Where the list of a conversation was left. */
interface ScrollPlace {
  readonly atEnd: boolean;
  readonly offset: number;
  readonly cache: unknown;
}

/** The messages of one conversation, as far as they have been fetched: some window of them, usually up to the newest. */
export class Thread {
  readonly id: string;
  readonly draft: Draft;
  readonly uploads: Uploads;
  messages = $state.raw<readonly MessageView[]>([]);
  /** Whether there are older, and newer, ones than those fetched. */
  moreBefore = $state(false);
  moreAfter = $state(false);
  loaded = $state(false);
  /** Rows are being put, or taken away, above what is shown. */
  shifting = $state(false);
  /** Up to where it was read when it was opened; null where there was nothing new. */
  newSince = $state.raw<PositionView | null>(null);
  /** The message to be shown and marked for a moment: one that was searched for. */
  target = $state<string>();
  /** Messages that are being deleted, and can still be got back. */
  hidden = $state.raw<ReadonlySet<string>>(new Set());
  place: ScrollPlace | undefined;
  /** Whether its end is in view: what lies further up need not be kept. */
  atEnd = $state(true);
  /** The message that is being edited, and what of it so far: it is not lost by looking elsewhere meanwhile. */
  editing = $state<{ readonly id: string; text: string }>();

  readonly shown = $derived(
    this.hidden.size === 0 ? this.messages : this.messages.filter(({ id }) => !this.hidden.has(id)),
  );

  readonly #call: Call;
  readonly #changed = new Set<string>();
  #changedAt = 0;
  #changeTimer: ReturnType<typeof setTimeout> | undefined;
  #paging = false;
  #opening: Promise<void> | undefined;
  /** Fetches of stretches that are under way: a change that is announced meanwhile may be missing in what they return. */
  #fetching = 0;
  /** Numbers of the stretches that replace what is shown, in the order in which they are fetched. */
  #lastFetch = 0;
  #shownFetch = 0;

  constructor(id: string, call: Call, draft: string) {
    this.id = id;
    this.#call = call;
    this.draft = new Draft(id, call, draft);
    this.uploads = new Uploads(call);
  }

  /** Something has changed: fetches it at once, but while much is changing only so often. */
  changed(ids: readonly string[]): void {
    for (const id of ids) this.#changed.add(id);
    if (this.#changeTimer !== undefined) return;
    const waitMs = Math.max(0, this.#changedAt + CHANGES_MS - Date.now());
    this.#changeTimer = setTimeout(() => {
      this.#changeTimer = undefined;
      this.#changedAt = Date.now();
      // What fails here fails because the connection is gone, which shows by itself.
      this.#takeChanges().catch(() => undefined);
    }, waitMs);
  }

  /** Fetches the newest, and shows those. */
  readonly refresh = coalesced(async () => {
    await this.#replace(async () => {
      const { messages, more } = await this.#page({ limit: PAGE });
      return { messages, moreBefore: more, moreAfter: false };
    });
  });

  /** Whether there is something here that was begun and not sent, or can still be got back. */
  get isBegun(): boolean {
    return (
      this.draft.text !== '' ||
      this.uploads.list.length > 0 ||
      this.hidden.size > 0 ||
      this.editing !== undefined
    );
  }

  /** What was fetched may not be true any more, and is not looked at: it is fetched anew when it is. */
  forget(): void {
    this.loaded = false;
    this.messages = [];
    this.place = undefined;
  }

  /** Fetches the same stretch again, or the newest where opening failed or is under way. */
  async reload(): Promise<void> {
    if (this.loaded) await this.#reload();
    else await (this.#opening ?? this.refresh());
  }

  /** Opened for the first time, or once more: the newest are fetched unless an older place was left. */
  async open(readUpTo: PositionView | null, unread: number): Promise<void> {
    this.newSince = unread > 0 ? (readUpTo ?? { order: 0, id: '' }) : null;
    if (this.loaded) return;
    this.#opening ??= this.refresh().finally(() => (this.#opening = undefined));
    await this.#opening;
  }

  async loadOlder(): Promise<void> {
    const [oldest] = this.messages;
    if (!oldest || !this.moreBefore) return;
    await this.#paged(async () => {
      const page = await this.#page({ limit: PAGE, before: positionOf(oldest) });
      if (this.messages[0]?.id !== oldest.id) return;
      const all = [...page.messages, ...this.messages];
      this.shifting = true;
      this.messages = all.slice(0, WINDOW_MAX);
      this.moreBefore = page.more;
      if (all.length > WINDOW_MAX) this.moreAfter = true;
    });
  }

  async loadNewer(): Promise<void> {
    const newest = this.messages.at(-1);
    if (!newest || !this.moreAfter) return;
    await this.#paged(async () => {
      const page = await this.#page({ limit: PAGE, after: positionOf(newest) });
      if (this.messages.at(-1)?.id !== newest.id) return;
      const all = [...this.messages, ...page.messages];
      this.shifting = all.length > WINDOW_MAX;
      this.messages = all.slice(-WINDOW_MAX);
      this.moreAfter = page.more;
      if (all.length > WINDOW_MAX) this.moreBefore = true;
    });
  }

  /** Shows the messages around one, or around the first one of a day. Rejects where there is no such message. */
  async jump(at: { readonly messageId: string } | { readonly date: number }): Promise<void> {
    const half = PAGE / 2;
    const around = await this.#replace(() =>
      this.#call('messagesAround', { conversation: this.id, at, before: half, after: half }),
    );
    if (!around) return;
    this.place = undefined;
    this.target = around.anchor ?? around.messages.at(-1)?.id;
  }

  async send(text: string): Promise<void> {
    const attachments = this.uploads.ready;
    const sent = this.uploads.list.filter(({ id }) => id !== undefined);
    await this.#call('send', {
      conversation: this.id,
      text,
      ...(attachments.length > 0 && { attachments }),
    });
    // Files that were not ready, or were added in the meantime, go with the next one.
    this.uploads.drop(sent);
    this.newSince = null;
    // It is sent, whether or not it can be shown at once.
    if (this.moreAfter) await this.refresh().catch(() => undefined);
  }

  /** Takes messages out of sight; `show` brings them back. */
  hide(ids: readonly string[]): void {
    this.hidden = new Set([...this.hidden, ...ids]);
  }

  show(ids: readonly string[]): void {
    this.hidden = new Set([...this.hidden].filter((id) => !ids.includes(id)));
  }

  readonly #takeChanges = coalesced(async () => {
    // `#fetched` comes back to them.
    if (this.#fetching > 0) return;
    const ids = [...this.#changed];
    this.#changed.clear();
    if (ids.length === 0 || !this.loaded) return;
    if (ids.length > CHANGES_MAX) await this.#reload();
    else await this.#patch(ids);
  });

  async #patch(ids: readonly string[]): Promise<void> {
    const views = await this.#call('messageViews', { messageIds: [...ids] });
    const own = views.filter(({ conversationId }) => conversationId === this.id);
    const all = merged(this.messages, own, this);
    if (all.length <= WINDOW_MAX) {
      this.messages = all;
      return;
    }
    // Somebody who reads further up keeps what is there; the list follows a message of one's own to the end.
    const isEndKept = !this.moreAfter && (this.atEnd || all.at(-1)?.own === true);
    this.messages = isEndKept ? all.slice(-WINDOW_MAX) : all.slice(0, WINDOW_MAX);
    if (isEndKept) this.moreBefore = true;
    else this.moreAfter = true;
  }

  /** The same stretch again; the newest where the end is looked at. */
  async #reload(): Promise<void> {
    const { moreBefore } = this;
    const [oldest] = this.messages;
    if (!oldest || (this.atEnd && !this.moreAfter)) {
      await this.refresh();
      return;
    }
    await this.#replace(async () => {
      const [first, { messages, more }] = await Promise.all([
        this.#call('messageViews', { messageIds: [oldest.id] }),
        this.#page({ limit: WINDOW_MAX - 1, after: positionOf(oldest) }),
      ]);
      return { messages: [...first, ...messages], moreBefore, moreAfter: more };
    });
  }

  /**
   * Shows the stretch that `fetch` resolves with. Returns undefined where one that was fetched later is shown already.
   * Rejects as `fetch` does.
   */
  async #replace<T extends Stretch>(fetch: () => Promise<T>): Promise<T | undefined> {
    const number = ++this.#lastFetch;
    const stretch = await this.#fetched(fetch);
    if (number < this.#shownFetch) return undefined;
    this.#shownFetch = number;
    this.messages = stretch.messages;
    this.moreBefore = stretch.moreBefore;
    this.moreAfter = stretch.moreAfter;
    this.loaded = true;
    return stretch;
  }

  async #fetched<T>(fetch: () => Promise<T>): Promise<T> {
    this.#fetching += 1;
    try {
      return await fetch();
    } finally {
      this.#fetching -= 1;
      if (this.#changed.size > 0) this.changed([]);
    }
  }

  async #paged(work: () => Promise<void>): Promise<void> {
    if (this.#paging) return;
    this.#paging = true;
    try {
      await this.#fetched(work);
    } finally {
      this.#paging = false;
    }
  }

  #page(part: Omit<CommandArguments['messages'], 'conversation'>) {
    return this.#call('messages', { conversation: this.id, ...part });
  }
}

export function positionOf({ order, id }: MessageView): PositionView {
  return { order, id };
}
