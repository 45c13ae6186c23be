import MarkdownIt from 'markdown-it';
import { mailLink } from '../../../main/api/mail-links.ts';
import type { Token } from 'markdown-it';

/** A run of text, or what it is within. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'strong' | 'em' | 's'; readonly children: readonly Inline[] }
  | {
      readonly kind: 'link';
      readonly href: string;
      /** What its author calls it, beside its text. */
      readonly title?: string;
      readonly children: readonly Inline[];
    };

export type Block =
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | {
      readonly kind: 'code';
      readonly text: string;
      /** What stands behind the opening fence. */
      readonly language?: string;
    }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | {
      readonly kind: 'list';
      readonly start: number | undefined;
      readonly items: readonly (readonly Block[])[];
    };

/** A text that is longer is shown as it stands: nobody formats that much by hand, and it would hold the page up. UTF-16 units. */
const FORMATTED_MAX = 20_000;
/** A text with quotes or lists that are deeper is shown as it stands: markdown-it drops what is in them. */
const DEPTH_MAX = 12;

/** The subset that messages have: emphasis, code, links, lists and quotes. No HTML, no pictures from elsewhere, no headings. */
const markdown = new MarkdownIt('zero', { linkify: true, breaks: true, maxNesting: DEPTH_MAX })
  .enable([
    ...['emphasis', 'strikethrough', 'backticks', 'escape', 'newline', 'link', 'autolink'],
    ...['linkify', 'fence', 'list', 'blockquote'],
  ])
  // “readme.md” is a file, and no place in Moldova.
  .set({ typographer: false });
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
markdown.validateLink = isSafeLink;

/** Where a link may lead: everything else is shown as the text it is. */
export function isSafeLink(href: string): boolean {
  return /^https?:\/\//iu.test(href.trim()) || mailLink(href) !== undefined;
}

/** The blocks of a text. Never throws, whatever the text. */
export function parseMarkdown(text: string): readonly Block[] {
  if (text.length > FORMATTED_MAX) return [plain(text)];
  try {
    const tokens = markdown.parse(text, {});
    if (tokens.some(({ level }) => level >= DEPTH_MAX - 1)) return [plain(text)];
    return new Reader(tokens).blocks(undefined);
  } catch {
    return [plain(text)];
  }
}

function plain(text: string): Block {
  return { kind: 'paragraph', children: [{ kind: 'text', text }] };
}

/** The first line or so of a text, without marks: for a list. */
export function previewOf(text: string): string {
  const start = text.slice(0, 300);
  return parseMarkdown(start).map(blockText).join(' ').replace(/\s+/gu, ' ').trim();
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return block.children.map(inlineText).join('');
    case 'code':
      return block.text;
    case 'quote':
      return block.blocks.map(blockText).join(' ');
    case 'list':
      return block.items.map((item) => item.map(blockText).join(' ')).join(' · ');
  }
}

function inlineText(inline: Inline): string {
  switch (inline.kind) {
    case 'text':
    case 'code':
      return inline.text;
    case 'break':
      return ' ';
    case 'strong':
    case 'em':
    case 's':
    case 'link':
      return inline.children.map(inlineText).join('');
  }
}

function isVisible(inline: Inline): boolean {
  return inlineText(inline).trim() !== '';
}

/** Turns the flat tokens of markdown-it into the tree that they stand for. */
class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  blocks(until: string | undefined): Block[] {
    const blocks: Block[] = [];
    for (;;) {
      const token = this.#tokens[this.#at++];
      if (!token || token.type === until) return blocks;
      const block = this.#block(token);
      if (block) blocks.push(block);
    }
  }

  #block(token: Token): Block | undefined {
    switch (token.type) {
      case 'paragraph_open': {
        const inline = this.#tokens[this.#at];
        this.#at += 2;
        return { kind: 'paragraph', children: inlines(inline?.children ?? []) };
      }
      case 'fence':
        return codeBlock(token);
      case 'blockquote_open':
        return { kind: 'quote', blocks: this.blocks('blockquote_close') };
      case 'bullet_list_open':
        return { kind: 'list', start: undefined, items: this.#items('bullet_list_close') };
      case 'ordered_list_open': {
        const start = Number(token.attrGet('start') ?? 1);
        return { kind: 'list', start, items: this.#items('ordered_list_close') };
      }
      default:
        return undefined;
    }
  }

  #items(until: string): Block[][] {
    const items: Block[][] = [];
    for (;;) {
      const token = this.#tokens[this.#at++];
      if (!token || token.type === until) return items;
      if (token.type === 'list_item_open') items.push(this.blocks('list_item_close'));
    }
  }
}

function codeBlock({ content, info }: Token): Block {
  const language = info.trim();
  const text = content.replace(/\n$/u, '');
  return language === '' ? { kind: 'code', text } : { kind: 'code', text, language };
}

const MARKS: Readonly<Record<string, 'strong' | 'em' | 's'>> = {
  strong_open: 'strong',
  em_open: 'em',
  s_open: 's',
};

interface Open {
  readonly into: Inline[];
  /** What follows when it is closed. */
  readonly close: () => void;
}

function inlines(tokens: readonly Token[]): Inline[] {
  const root: Inline[] = [];
  const open: Open[] = [];
  for (const token of tokens) {
    const into = open.at(-1)?.into ?? root;
    const mark = MARKS[token.type];
    if (mark) {
      const children: Inline[] = [];
      into.push({ kind: mark, children });
      open.push({ into: children, close: () => undefined });
    } else if (token.type === 'link_open') open.push(openLink(token, into));
    else if (token.type.endsWith('_close')) open.pop()?.close();
    else if (token.type === 'code_inline') into.push({ kind: 'code', text: token.content });
    else if (token.type === 'softbreak' || token.type === 'hardbreak') into.push({ kind: 'break' });
    else if (token.content !== '') into.push({ kind: 'text', text: token.content });
  }
  return root;
}

function openLink(token: Token, into: Inline[]): Open {
  const [given, title] = [String(token.attrGet('href') ?? ''), token.attrGet('title')];
  const href = mailLink(given) ?? given;
  if (href === '') {
    // “[x]()” leads nowhere, and is the text that it is.
    into.push({ kind: 'text', text: '[' });
    const end = title === null ? '](' : `]("${title}"`;
    return { into, close: () => into.push({ kind: 'text', text: `${end})` }) };
  }
  const children: Inline[] = [];
  into.push({ kind: 'link', href, ...(title !== null && { title: String(title) }), children });
  const close = () => {
    // Else there would be nothing to see of it.
    if (!children.some(isVisible)) children.push({ kind: 'text', text: href });
  };
  return { into: children, close };
}
