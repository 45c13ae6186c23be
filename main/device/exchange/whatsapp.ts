import { said } from './imported.ts';
import type { ImportedConversation, ImportedMessage } from './imported.ts';

/**
 * The lines that begin a message: “12/31/23, 9:41 PM - Ana: text” as Android writes them, “[31.12.23, 21:41:05] Ana: text” as
 * iOS does. The marks of direction that both put in are taken out before.
 */
const START =
  /^\[?(\d{1,4})[./-](\d{1,2})[./-](\d{1,4}),? (\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?[  ]?([ap])?\.?[  ]?m?\.?\]?(?: - | )(.*)$/iu;

interface Line {
  readonly date: readonly [number, number, number];
  readonly time: readonly [number, number, number];
  readonly rest: string;
}

/** The messages of a chat export of WhatsApp; undefined where the text is none. */
export function parseWhatsApp(text: string, name: string): ImportedConversation | undefined {
  const plain = text.replace(/[\u200e\u200f\u202a-\u202e\ufeff]/gu, '').replace(/\r\n?/gu, '\n');
  const lines: (Line & { readonly more: string[] })[] = [];
  for (const line of plain.split('\n')) {
    const begun = startOf(line);
    if (begun) lines.push({ ...begun, more: [] });
    else if (lines.length > 0) lines.at(-1)?.more.push(line);
    // What stands before the first message is nothing of WhatsApp's.
    else if (line.trim() !== '') return undefined;
  }
  if (lines.length === 0) return undefined;
  const order = orderOf(lines);
  const messages = lines.map((line): ImportedMessage => {
    const [by, first] = writerOf(line.rest);
    const body = [first, ...line.more].join('\n').trimEnd();
    return { at: momentOf(line, order), text: said(by, body) };
  });
  return { name: chatName(name), messages: messages.filter((message) => message.text !== '') };
}

function startOf(line: string): Line | undefined {
  const match = START.exec(line);
  if (!match) return undefined;
  const [, a, b, c, hour, minute, second, half, rest = ''] = match;
  const noon = half?.toLowerCase();
  const hours = Number(hour) % (noon === undefined ? 24 : 12);
  return {
    date: [Number(a), Number(b), Number(c)],
    time: [noon === 'p' ? hours + 12 : hours, Number(minute), Number(second ?? 0)],
    rest,
  };
}

/** What WhatsApp itself says has no writer. */
function writerOf(rest: string): readonly [string | undefined, string] {
  const at = rest.indexOf(': ');
  if (at <= 0 || at > 100) return [undefined, rest.replace(/^([^:]{1,100}):$/u, '$1:')];
  return [rest.slice(0, at), rest.slice(at + 2)];
}

type DateOrder = 'day-first' | 'month-first' | 'year-first';

/** The order of day and month is that of the phone: the first that makes all of them dates, and then the one in which time goes on. */
function orderOf(lines: readonly Line[]): DateOrder {
  if (lines.some(({ date: [first] }) => first > 31)) return 'year-first';
  const fits = (order: DateOrder) => lines.every((line) => monthOf(line, order) <= 12);
  if (!fits('month-first')) return 'day-first';
  if (!fits('day-first')) return 'month-first';
  const backwards = (order: DateOrder) => {
    const moments = lines.map((line) => momentOf(line, order));
    return moments.filter((at, index) => at < (moments[index - 1] ?? at)).length;
  };
  return backwards('month-first') < backwards('day-first') ? 'month-first' : 'day-first';
}

function monthOf({ date: [first, second] }: Line, order: DateOrder): number {
  return order === 'month-first' ? first : second;
}

function momentOf(line: Line, order: DateOrder): number {
  const [first, second, third] = line.date;
  const year = order === 'year-first' ? first : third;
  const day = order === 'year-first' ? third : order === 'day-first' ? first : second;
  const full = year < 100 ? 2000 + year : year;
  return new Date(full, monthOf(line, order) - 1, day, ...line.time).getTime();
}

/** “WhatsApp Chat with Ana.txt”, “WhatsApp Chat - Ana”, in whatever language; the folder of iOS has only “_chat.txt”. */
function chatName(name: string): string {
  const cleaned = name
    .replace(/^whatsapp[ -]*chat(?:verlauf)?\s*(?:with|mit|con|avec|-|–)?\s*/iu, '')
    .trim();
  return cleaned === '' || cleaned === '_chat' ? 'WhatsApp' : cleaned;
}
