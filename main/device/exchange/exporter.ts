import { Zip, ZipDeflate } from 'fflate';
import type { OutgoingFile } from '../../api/exchange-access.ts';
import type { ConversationSummary, MessageView, PositionView } from '../../api/types.ts';
import { utf8 } from '../../helpers/bytes.ts';
import { FORMAT, FORMAT_VERSION, headingOf, underHeading } from './own-format.ts';

/** Messages read, and put out, at a time. */
const PAGE = 500;

export interface ExporterOptions {
  readonly conversations: () => Promise<readonly ConversationSummary[]>;
  /** The oldest `limit` messages of a conversation after a position. */
  readonly messagesAfter: (
    conversation: string,
    limit: number,
    after: PositionView,
  ) => Promise<readonly MessageView[]>;
  readonly now: () => number;
}

/** One JSON document, put out page by page. */
export function jsonExport(options: ExporterOptions): OutgoingFile {
  return {
    name: `reunion-${dayOf(options.now())}.json`,
    mediaType: 'application/json',
    bytes: undefined,
    content: json(options),
  };
}

async function* json(options: ExporterOptions): AsyncGenerator<Uint8Array> {
  const head = {
    format: FORMAT,
    version: FORMAT_VERSION,
    exportedAt: new Date(options.now()).toISOString(),
  };
  yield utf8(`${JSON.stringify(head).slice(0, -1)},"conversations":[`);
  let isFirst = true;
  for (const { id, name, emoji, colour, archived } of await options.conversations()) {
    const about = JSON.stringify({ id, name, emoji, colour, archived }).slice(0, -1);
    yield utf8(`${isFirst ? '' : ','}\n${about},"messages":[`);
    isFirst = false;
    let separator = '\n';
    for await (const page of pages(options, id)) {
      const lines = page.filter(isShown).map((message) => JSON.stringify(exported(message)));
      if (lines.length === 0) continue;
      yield utf8(separator + lines.join(',\n'));
      separator = ',\n';
    }
    yield utf8(']}');
  }
  yield utf8(']}\n');
}

function exported(message: MessageView): object {
  const { id, writtenAt, author, text, editedAt, pinned, reactions, attachments } = message;
  return {
    ...{ id, writtenAt, device: author.name, text },
    ...(editedAt !== null && { editedAt }),
    ...(pinned && { pinned }),
    ...(reactions.length > 0 && { reactions: reactions.map(({ emoji }) => emoji) }),
    ...(attachments.length > 0 && {
      files: attachments.map(({ id: sha256, name, mediaType, bytes }) => ({
        sha256,
        name,
        mediaType,
        bytes,
      })),
    }),
  };
}

/** A ZIP with a file of Markdown for each conversation. */
export function markdownExport(options: ExporterOptions): OutgoingFile {
  return {
    name: `reunion-${dayOf(options.now())}.zip`,
    mediaType: 'application/zip',
    bytes: undefined,
    content: zipped(markdownFiles(options)),
  };
}

async function* markdownFiles(
  options: ExporterOptions,
): AsyncGenerator<{ readonly path: string; readonly content: AsyncIterable<Uint8Array> }> {
  const taken = new Set<string>();
  for (const conversation of await options.conversations()) {
    const path = freePath(conversation.name, taken);
    yield { path, content: markdown(options, conversation) };
  }
}

async function* markdown(
  options: ExporterOptions,
  { id, name }: ConversationSummary,
): AsyncGenerator<Uint8Array> {
  yield utf8(`# ${name}\n`);
  for await (const page of pages(options, id)) {
    yield utf8(page.filter(isShown).map(section).join(''));
  }
}

function section({ writtenAt, author, text, attachments }: MessageView): string {
  const files = attachments.map(({ name, id }) => `- ${name} (sha256 ${id})\n`).join('');
  const body = [underHeading(text), files].filter(Boolean).join('\n\n');
  return `\n${headingOf(writtenAt, author.name)}\n\n${body}\n`;
}

/** A name that every file system takes, and that no other conversation has. */
function freePath(name: string, taken: Set<string>): string {
  const plain =
    name
      .replace(/[\\/:*?"<>|\p{Cc}]/gu, '_')
      .replace(/^\.+|[. ]+$/gu, '_')
      .slice(0, 100) || 'Conversation';
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? `${plain}.md` : `${plain} ${number}.md`;
    if (taken.has(path.toLowerCase())) continue;
    taken.add(path.toLowerCase());
    return path;
  }
}

/** Files in a ZIP that is never in memory as a whole. */
export async function* zipped(
  files: AsyncIterable<{ readonly path: string; readonly content: AsyncIterable<Uint8Array> }>,
  level: 0 | 6 = 6,
): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    ready.push(part);
  });
  for await (const { path, content } of files) {
    const file = new ZipDeflate(path, { level });
    zip.add(file);
    for await (const part of content) {
      file.push(part);
      yield* ready.splice(0);
    }
    file.push(new Uint8Array(), true);
    yield* ready.splice(0);
  }
  zip.end();
  yield* ready.splice(0);
}

async function* pages(
  options: ExporterOptions,
  conversation: string,
): AsyncGenerator<readonly MessageView[]> {
  let after: PositionView = { order: 0, id: '0'.repeat(64) };
  for (;;) {
    const page = await options.messagesAfter(conversation, PAGE, after);
    const last = page.at(-1);
    if (!last) return;
    yield page;
    after = { order: last.order, id: last.id };
  }
}

const isShown = ({ deleted, unsupported }: MessageView): boolean => !deleted && !unsupported;
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
