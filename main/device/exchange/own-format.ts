import { z } from 'zod';
import type { ImportedConversation } from './imported.ts';

/** What the JSON export of Reunion says of itself. */
export const FORMAT = 'reunion-export';
export const FORMAT_VERSION = 1;

const exported = z.object({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  conversations: z.array(
    z.object({
      name: z.string(),
      messages: z.array(z.object({ writtenAt: z.number().int().nonnegative(), text: z.string() })),
    }),
  ),
});

/** The conversations of an export; undefined where it is none, or of a version that is not known. */
export function parseOwn(json: unknown): readonly ImportedConversation[] | undefined {
  const parsed = exported.safeParse(json);
  return parsed.data?.conversations.map(({ name, messages }) => ({
    name: name || 'Import',
    messages: messages
      .filter(({ text }) => text !== '')
      .map(({ writtenAt, text }) => ({ at: writtenAt, text })),
  }));
}

/** The heading of a message in a Markdown export, and the line that says which file it is. */
const HEADING = /^### (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)(?: · .*)?$/u;
export const headingOf = (writtenAt: number, device: string): string =>
  `### ${new Date(writtenAt).toISOString()} · ${device}`;

/**
 * A file of Markdown: one that was exported, message by message; any other as one message of the time at which it was changed.
 * @param changedAt Unix milliseconds
 */
export function parseMarkdownFile(
  text: string,
  name: string,
  changedAt: number,
): ImportedConversation {
  const lines = text.replace(/\r\n?/gu, '\n').split('\n');
  if (!lines.some((line) => HEADING.test(line))) {
    const body = text.trim();
    return { name, messages: body === '' ? [] : [{ at: changedAt, text: body }] };
  }
  const title = /^# (.+)$/u.exec(lines[0] ?? '')?.[1];
  const messages: { at: number; lines: string[] }[] = [];
  for (const line of lines) {
    const moment = HEADING.exec(line)?.[1];
    if (moment !== undefined) messages.push({ at: Date.parse(moment), lines: [] });
    else messages.at(-1)?.lines.push(line.replace(/^\\(### )/u, '$1'));
  }
  return {
    name: title ?? name,
    messages: messages.flatMap(({ at, lines: body }) => {
      const joined = body.join('\n').trim();
      return joined === '' ? [] : { at, text: joined };
    }),
  };
}

/** A text under its heading: a line of it that looks like one is kept from being taken for one. */
export const underHeading = (text: string): string => text.replace(/^### /gmu, '\\### ');
