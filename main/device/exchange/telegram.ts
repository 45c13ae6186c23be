import { z } from 'zod';
import { said } from './imported.ts';
import type { ImportedConversation } from './imported.ts';

/** A text is a string, or a list of strings and of pieces that have a form. */
const piece = z.union([
  z.string(),
  z.object({ text: z.string(), type: z.string().optional(), href: z.string().optional() }),
]);
const message = z.object({
  type: z.string(),
  date_unixtime: z.string().regex(/^\d+$/u).optional(),
  date: z.string().optional(),
  from: z.string().nullish(),
  text: z.union([z.string(), z.array(piece)]).default(''),
  file: z.string().optional(),
  photo: z.string().optional(),
});
const chat = z.object({
  name: z.string().nullish(),
  type: z.string().optional(),
  messages: z.array(z.unknown()),
});
const whole = z.object({ chats: z.object({ list: z.array(chat) }) });

type Piece = z.infer<typeof piece>;

const MARKS: Readonly<Record<string, string>> = {
  bold: '**',
  italic: '_',
  strikethrough: '~~',
  code: '`',
};

/** The chats of Telegram's “result.json”, of one chat or of all; undefined where it is none. */
export function parseTelegram(json: unknown): readonly ImportedConversation[] | undefined {
  const all = whole.safeParse(json);
  const chats = all.success ? all.data.chats.list : [chat.safeParse(json).data];
  const known = chats.filter((one) => one !== undefined);
  if (known.length === 0) return undefined;
  return known.map(({ name, type, messages }) => ({
    name: name ?? (type === 'saved_messages' ? 'Saved messages' : 'Telegram'),
    messages: messages.flatMap((each) => {
      const parsed = message.safeParse(each);
      // What the group did (somebody joined, a title changed) is nothing that anybody wrote.
      if (!parsed.success || parsed.data.type !== 'message') return [];
      const { date_unixtime: seconds, date, from, text, file, photo } = parsed.data;
      const at = seconds === undefined ? Date.parse(date ?? '') : Number(seconds) * 1_000;
      const attached = [file, photo].filter((path) => path !== undefined).join(', ');
      const body = [textOf(text), attached && `(${attached})`].filter(Boolean).join('\n');
      if (Number.isNaN(at) || body === '') return [];
      return { at, text: said(type === 'saved_messages' ? undefined : (from ?? undefined), body) };
    }),
  }));
}

function textOf(text: string | readonly Piece[]): string {
  return typeof text === 'string' ? text : text.map(markdownOf).join('');
}

function markdownOf(one: Piece): string {
  if (typeof one === 'string') return one;
  const mark = MARKS[one.type ?? ''] ?? '';
  if (one.type === 'text_link' && one.href) return `[${one.text}](${one.href})`;
  if (one.type === 'pre') return `\n\`\`\`\n${one.text}\n\`\`\`\n`;
  return `${mark}${one.text}${mark}`;
}
