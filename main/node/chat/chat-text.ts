import type { PeerSyncStatus } from '../../sync/status.ts';
import type { AttendanceChange, Present } from './attendance.ts';
import type { ChatLine } from './chat-format.ts';
import type { Shown } from './transcript.ts';

/** How the chat words what it shows. Times are those of this computer. */
export interface ChatWording {
  /** The day of a line, as a separator between days. */
  readonly day: (at: number) => string;
  /** The time of a line. */
  readonly time: (at: number) => string;
  /** Takes out what would steer the terminal. */
  readonly safe: (text: string) => string;
}

export const HELP = [
  'Whatever you type is sent. A line that begins with / is a command; // sends a line that begins with /.',
  '/who            who is here',
  '/peers          the nodes that this one is connected with',
  '/history [n]    the last n lines (50), in the order that all nodes share',
  '/nick <name>    another name for you',
  '/quit           leave',
].join('\n');

/** The lines of a conversation, with a separator wherever a day begins. */
export class ChatPrinter {
  readonly #wording: ChatWording;
  #day: string | undefined;

  constructor(wording: ChatWording) {
    this.#wording = wording;
  }

  shown({ lines, fresh, isReordered, skipped }: Shown): string[] {
    const texts: string[] = [];
    if (isReordered) {
      texts.push(`* ${counted(fresh + skipped, 'message')} arrived late. From there on, in order:`);
      this.#day = undefined;
    }
    if (skipped > 0) texts.push(`* ${counted(skipped, 'message')} not shown; /history shows more.`);
    return [...texts, ...lines.flatMap((line) => this.#line(line))];
  }

  /** A part of the conversation by itself. */
  history(lines: readonly ChatLine[]): string[] {
    this.#day = undefined;
    if (lines.length === 0) return ['* No messages yet.'];
    return lines.flatMap((line) => this.#line(line));
  }

  #line({ at, nick, text }: ChatLine): string[] {
    const { day, time, safe } = this.#wording;
    const today = day(at);
    const separator = today === this.#day ? [] : [`--- ${today} ---`];
    this.#day = today;
    const [first = '', ...rest] = safe(text).split('\n');
    return [
      ...separator,
      `${time(at)} ${safe(nick)}: ${first}`,
      ...rest.map((it) => `      ${it}`),
    ];
  }
}

export function changeText(change: AttendanceChange): string {
  if (change.kind === 'renamed') return `* ${change.before} is called ${change.nick} now`;
  return `* ${change.nick} ${change.kind === 'came' ? 'is here' : 'has left'}`;
}

export function whoText(nick: string, present: readonly Present[]): string {
  return [`* ${nick} (you)`, ...present.map((other) => `* ${other.nick}`)].join('\n');
}

const STATES: Readonly<Record<PeerSyncStatus['state']['kind'], string>> = {
  paused: 'paused',
  'paused-there': 'paused there',
  offline: 'offline',
  connecting: 'connecting',
  reconciling: 'comparing',
  transferring: 'transferring',
  'up-to-date': 'up to date',
  failing: 'failing, will be tried again',
  incompatible: 'of another version',
  removed: 'removed',
};

export function peersText(peers: readonly PeerSyncStatus[], addresses: readonly string[]): string {
  const known = peers.filter(({ state }) => state.kind !== 'removed');
  return [
    ...(known.length === 0 ? ['* No peers yet.'] : []),
    ...known.map(({ peerId, state, toSend }) =>
      [`* ${peerId}  ${STATES[state.kind]}`, ...(toSend > 0 ? [`${toSend} to send`] : [])].join(
        ', ',
      ),
    ),
    ...addresses.map((address) => `* Others join with: --peer ${address}`),
  ].join('\n');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
