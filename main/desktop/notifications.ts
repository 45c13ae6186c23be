import type {
  ConversationSummary,
  HostEvent,
  PairingState,
  PeerStatus,
  Status,
} from '../api/types.ts';
import type { ChosenSettings } from './host-settings.ts';

/*
 * What the person is told outside the window. A decision is a function of the state, an event and the time; notifier.ts carries
 * it out.
 *
 * Invariants, each held by the test of that number in test/desktop/notifications.test.ts:
 *
 *  1. A conversation that has more unread messages than before is told of, in one notification for each conversation. What was
 *     unread at the start, what is archived, and what the first transfer brings is not.
 *  2. Nothing of messages or pairing is shown while the window has the focus, unless the person wants messages even then.
 *  3. What was read, on whatever device, takes its notification away; so does looking at the window.
 *  4. A request to join is told once.
 *  5. A device is stale after so many days without contact, and told once until it is met again, across restarts. A paused one
 *     is not: the person knows.
 *  6. What needs a person is told once for as long as it lasts.
 *  7. What is switched off is not told, nor is it told later when it is switched on.
 *  8. The badge counts what is unread, archived conversations left out, whatever is switched off.
 */

export type NotifyEvent =
  | { readonly kind: 'settings'; readonly settings: ChosenSettings }
  | { readonly kind: 'focus'; readonly focused: boolean }
  | { readonly kind: 'conversations'; readonly conversations: readonly ConversationSummary[] }
  | { readonly kind: 'pairing'; readonly pairing: PairingState }
  | { readonly kind: 'status'; readonly status: Status };

export interface Told {
  /** Another one of the same tag takes its place. */
  readonly tag: string;
  readonly title: string;
  readonly body: string;
  /** What the page shows on a click; null: just the window. */
  readonly show: HostEvent | null;
}

export type NotifyEffect =
  | { readonly kind: 'tell'; readonly told: Told }
  | { readonly kind: 'withdraw'; readonly tag: string }
  | { readonly kind: 'badge'; readonly count: number }
  /** Which devices were told to be stale, by their last contact: to be remembered over restarts. */
  | { readonly kind: 'remember'; readonly staleTold: Readonly<Record<string, number>> };

export interface NotifyState {
  readonly settings: ChosenSettings;
  readonly focused: boolean;
  /** Whether the history is arriving. */
  readonly isFirstTransfer: boolean;
  /** Unread messages per conversation; undefined before the first look. */
  readonly unread: ReadonlyMap<string, number> | undefined;
  readonly requestTold: string | undefined;
  readonly staleTold: Readonly<Record<string, number>>;
  readonly problemsTold: ReadonlySet<string>;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Systems cut longer ones themselves, some of them in the middle of a character. */
const BODY_CHARACTERS = 160;

export function firstNotifyState(
  settings: ChosenSettings,
  staleTold: Readonly<Record<string, number>>,
): NotifyState {
  return {
    settings,
    focused: false,
    isFirstTransfer: false,
    unread: undefined,
    requestTold: undefined,
    staleTold,
    problemsTold: new Set(),
  };
}

interface Decided {
  readonly state: NotifyState;
  readonly effects: readonly NotifyEffect[];
}

export function decideNotifications(state: NotifyState, event: NotifyEvent, now: number): Decided {
  switch (event.kind) {
    case 'settings':
      return { state: { ...state, settings: event.settings }, effects: [] };
    case 'focus':
      return focus(state, event.focused);
    case 'conversations':
      return messages(state, event.conversations);
    case 'pairing':
      return pairing(state, event.pairing);
    case 'status':
      return status(state, event.status, now);
  }
}

const tagOf = (conversationId: string) => `conversation ${conversationId}`;

function focus(state: NotifyState, focused: boolean): Decided {
  const tags = focused ? [...(state.unread?.keys() ?? [])].map(tagOf) : [];
  return {
    state: { ...state, focused },
    effects: tags.map((tag) => ({ kind: 'withdraw', tag }) as const),
  };
}

function messages(state: NotifyState, conversations: readonly ConversationSummary[]): Decided {
  const shown = conversations.filter(({ archived }) => !archived);
  const unread = new Map(shown.map((each) => [each.id, each.unread]));
  const count = [...unread.values()].reduce((sum, each) => sum + each, 0);
  const effects: NotifyEffect[] = [{ kind: 'badge', count }];
  const { notifyMessages, notifyWhileFocused } = state.settings;
  const tells = notifyMessages && !state.isFirstTransfer && (!state.focused || notifyWhileFocused);
  for (const each of state.unread ? shown : []) {
    const before = state.unread?.get(each.id) ?? 0;
    if (each.unread < before) effects.push({ kind: 'withdraw', tag: tagOf(each.id) });
    if (tells && each.unread > before) effects.push({ kind: 'tell', told: ofMessages(each) });
  }
  return { state: { ...state, unread }, effects };
}

function ofMessages({ id, name, unread, latest }: ConversationSummary): Told {
  const text = latest?.text ?? '';
  const fileName = latest?.attachments[0]?.name ?? '';
  return {
    tag: tagOf(id),
    title: unread > 1 ? `${name} (${unread})` : name,
    body: shortened(text === '' ? fileName : text),
    show: { show: 'conversation', conversationId: id },
  };
}

function shortened(text: string): string {
  const characters = [...new Intl.Segmenter().segment(text.replace(/\s+/gu, ' ').trim())];
  const kept =
    characters.length <= BODY_CHARACTERS ? characters : characters.slice(0, BODY_CHARACTERS - 1);
  const ending = kept.length < characters.length ? '…' : '';
  return kept.map(({ segment }) => segment).join('') + ending;
}

function pairing(state: NotifyState, now: PairingState): Decided {
  if (now.kind !== 'approving') {
    const effects: NotifyEffect[] =
      state.requestTold === undefined ? [] : [{ kind: 'withdraw', tag: 'pairing' }];
    return { state: { ...state, requestTold: undefined }, effects };
  }
  if (state.requestTold === now.requestId) return { state, effects: [] };
  const told: Told = {
    tag: 'pairing',
    title: `${now.name} wants to join your devices`,
    body: `${now.system}. Reunion asks you before it is let in.`,
    show: null,
  };
  const tells = state.settings.notifyPairing && !state.focused;
  return {
    state: { ...state, requestTold: now.requestId },
    effects: tells ? [{ kind: 'tell', told }] : [],
  };
}

function status(state: NotifyState, now: Status, at: number): Decided {
  const stale = staleness(state, now, at);
  const problems = problemsOf(now);
  const { notifyProblems } = state.settings;
  const ended = [...state.problemsTold].filter((tag) => !problems.some((each) => each.tag === tag));
  const begun = problems.filter(({ tag }) => !state.problemsTold.has(tag));
  return {
    state: {
      ...state,
      isFirstTransfer: now.firstTransfer !== null,
      staleTold: stale.told,
      problemsTold: new Set(problems.map(({ tag }) => tag)),
    },
    effects: [
      ...stale.effects,
      ...ended.map((tag) => ({ kind: 'withdraw', tag }) as const),
      ...(notifyProblems ? begun.map((told) => ({ kind: 'tell', told }) as const) : []),
    ],
  };
}

function staleness(
  { settings, staleTold }: NotifyState,
  { peers, pausedUntil }: Status,
  now: number,
): { readonly told: NotifyState['staleTold']; readonly effects: readonly NotifyEffect[] } {
  const isStale = ({ state, lastContact }: PeerStatus) =>
    pausedUntil === null &&
    state !== 'paused' &&
    state !== 'removed' &&
    lastContact !== null &&
    settings.staleDays > 0 &&
    now - lastContact >= settings.staleDays * DAY_MS;
  const wasTold = ({ id, lastContact }: PeerStatus) => staleTold[id] === lastContact;
  // What is told of a device that is met again counts no longer, nor does one that is gone.
  const kept = peers.filter(wasTold);
  const news = peers.filter((peer) => isStale(peer) && !wasTold(peer));
  const told = Object.fromEntries(
    [...kept, ...news].map((peer) => [peer.id, peer.lastContact ?? 0]),
  );
  const isSame =
    news.length === 0 && Object.keys(staleTold).every((id) => kept.some((peer) => peer.id === id));
  if (isSame) return { told: staleTold, effects: [] };
  const tells = settings.notifyProblems ? news : [];
  return {
    told,
    effects: [
      { kind: 'remember', staleTold: told },
      ...tells.map((peer) => ({ kind: 'tell', told: ofStale(peer, now) }) as const),
    ],
  };
}

function ofStale({ id, name, lastContact }: PeerStatus, now: number): Told {
  const days = Math.floor((now - (lastContact ?? now)) / DAY_MS);
  return {
    tag: `stale ${id}`,
    title: `${name} has not been seen for ${days} days`,
    body: 'Nothing that was written since is on it. Switch it on, or see under Devices what keeps it away.',
    show: { show: 'devices' },
  };
}

function problemsOf({ membership, peers }: Status): Told[] {
  const show: HostEvent = { show: 'devices' };
  if (membership === 'removed') {
    return [
      {
        tag: 'removed',
        title: 'This device was removed from your devices',
        body: 'It gets nothing new, and nothing that is written here reaches another device.',
        show,
      },
    ];
  }
  const unwritable = peers.some(({ failure }) => failure === 'store');
  return [
    ...(unwritable
      ? [
          {
            tag: 'store',
            title: 'Messages cannot be written on this device',
            body: 'Is its disk full? What came is asked for again once there is room.',
            show,
          },
        ]
      : []),
    ...peers
      .filter(({ failure }) => failure === 'misbehaving')
      .map(({ id, name }) => ({
        tag: `misbehaving ${id}`,
        title: `${name} sends data that is not from your devices`,
        body: 'Nothing of it was stored. If you do not know why, remove this device.',
        show,
      })),
    ...peers
      .filter(({ state }) => state === 'incompatible')
      .map(({ id, name }) => ({
        tag: `version ${id}`,
        title: `${name} has another version of Reunion`,
        body: 'The two do not understand each other until the older one is updated.',
        show,
      })),
  ];
}
