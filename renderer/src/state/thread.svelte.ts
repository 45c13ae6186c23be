import { coalesced } from '../../../main/api/coalesced.ts';
import type { Command, CommandArguments, CommandResults } from '../../../main/api/contract.ts';
import type { MessageView } from '../../../main/api/types.ts';

/** Messages fetched at a time: a few screens. */
const PAGE = 100;

/** The most that one call returns. */
const PAGES_MAX = 1_000;

type Call = <C extends Command>(
  command: C,
  args: CommandArguments[C],
) => Promise<CommandResults[C]>;

/** The messages of one conversation, as far as they have been fetched: the newest, and older ones when asked for. */
export class Thread {
  readonly id: string;
  messages = $state.raw<readonly MessageView[]>([]);
  /** Whether there are older ones than those fetched. */
  more = $state(false);
  loaded = $state(false);
  draft = $state('');

  readonly #call: Call;
  #loadingOlder = false;

  constructor(id: string, call: Call) {
    this.id = id;
    this.#call = call;
  }

  /** Fetches the newest again. */
  readonly refresh = coalesced(() => this.#loadNewest());

  /** Resolves with whether there were any. */
  async loadOlder(): Promise<boolean> {
    const [oldest] = this.messages;
    if (!oldest || !this.more || this.#loadingOlder) return false;
    this.#loadingOlder = true;
    try {
      const { order, id } = oldest;
      const page = await this.#call('messages', {
        conversation: this.id,
        limit: PAGE,
        before: { order, id },
      });
      // Where the list began anew in the meantime, these no longer join on to it.
      if (this.messages[0] !== oldest) return false;
      this.messages = [...page.messages, ...this.messages];
      this.more = page.more;
      return page.messages.length > 0;
    } finally {
      this.#loadingOlder = false;
    }
  }

  async send(text: string): Promise<void> {
    await this.#call('send', { conversation: this.id, text });
    // It is sent, whether or not it can be shown at once.
    await this.refresh().catch(() => undefined);
  }

  async #loadNewest(): Promise<void> {
    // As far back as is shown: what a device wrote while it was away has its place among what is older.
    const limit = Math.min(PAGES_MAX, Math.max(PAGE, this.messages.length + 1));
    const page = await this.#call('messages', { conversation: this.id, limit });
    const merged = merge(this.messages, page.messages);
    // Where more have come than one page holds, what lies between would be a gap: start over from the newest.
    this.messages = merged ?? page.messages;
    if (!merged || !this.loaded) this.more = page.more;
    this.loaded = true;
  }
}

/** Both together in order; undefined where they do not touch, so that something may be missing between them. */
function merge(
  known: readonly MessageView[],
  newest: readonly MessageView[],
): readonly MessageView[] | undefined {
  const ids = new Set(known.map(({ id }) => id));
  const touches = newest.some(({ id }) => ids.has(id));
  if (known.length === 0 || !touches) return undefined;
  const added = newest.filter(({ id }) => !ids.has(id));
  return added.length === 0 ? known : [...known, ...added].sort(byPosition);
}

function byPosition(one: MessageView, other: MessageView): number {
  return one.order - other.order || (one.id < other.id ? -1 : 1);
}
