import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSafeLink, parseMarkdown, previewOf } from '../../renderer/src/markdown/parse.ts';
import type { Block, Inline } from '../../renderer/src/markdown/parse.ts';

const paragraph = (...children: Inline[]): Block => ({ kind: 'paragraph', children });
const text = (value: string): Inline => ({ kind: 'text', text: value });

describe('the Markdown of messages', () => {
  it('has emphasis, code and breaks', () => {
    expect(parseMarkdown('a **b** _c_ ~~d~~ `e`\nf')).toEqual([
      paragraph(
        ...[text('a '), { kind: 'strong', children: [text('b')] } as const, text(' ')],
        ...[{ kind: 'em', children: [text('c')] } as const, text(' ')],
        ...[{ kind: 's', children: [text('d')] } as const, text(' ')],
        ...[{ kind: 'code', text: 'e' } as const, { kind: 'break' } as const, text('f')],
      ),
    ]);
  });

  it('has lists, quotes and blocks of code', () => {
    expect(parseMarkdown('> q\n\n- a\n- b\n\n3. c\n\n```\nx <y>\n```')).toEqual([
      { kind: 'quote', blocks: [paragraph(text('q'))] },
      { kind: 'list', start: undefined, items: [[paragraph(text('a'))], [paragraph(text('b'))]] },
      { kind: 'list', start: 3, items: [[paragraph(text('c'))]] },
      { kind: 'code', text: 'x <y>' },
    ]);
  });

  it('links what is a web or mail address, and nothing else', () => {
    const linked = (value: string) => JSON.stringify(parseMarkdown(value)).includes('"link"');
    for (const good of [
      'https://example.org/a?b=1',
      '[x](http://example.org)',
      '<mailto:a@example.org>',
    ]) {
      expect(linked(good), good).toBe(true);
    }
    const bad = ['[x](javascript:alert(1))', '[x](JaVaScRiPt:alert(1))', '[x](data:text/html,x)'];
    for (const value of [
      ...bad,
      '[x](file:///etc/passwd)',
      '[x](reunion:abc)',
      'readme.md',
      '[x](//host)',
    ]) {
      expect(linked(value), value).toBe(false);
    }
    expect(isSafeLink(' https://example.org')).toBe(true);
    const mails = [
      '[x](mailto:ana@example.org?attach=/etc/passwd&body=hi)',
      '<mailto:ana@example.org>',
    ];
    for (const mail of mails) {
      expect(JSON.stringify(parseMarkdown(mail)), mail).toContain(
        '"href":"mailto:ana@example.org"',
      );
    }
    for (const mail of [
      'mailto:?attach=/etc/passwd',
      'mailto:',
      'mailto:a@example.org,b@example.org',
      'mailto:a@example.org%0d%0aBcc:b@example.org',
      'mailto:a%2Cb@example.org',
    ]) {
      expect(isSafeLink(mail), mail).toBe(false);
    }
    expect(isSafeLink('java\nscript:alert(1)')).toBe(false);
  });

  it('knows no HTML, no headings, no pictures', () => {
    const shown = '<img src=x onerror=alert(1)> <script>1</script>';
    expect(parseMarkdown(shown)).toEqual([paragraph(text(shown))]);
    expect(parseMarkdown('# not a heading')).toEqual([paragraph(text('# not a heading'))]);
    expect(JSON.stringify(parseMarkdown('![a](https://example.org/x.png)'))).not.toContain('image');
  });

  it('takes a link that leads nowhere for text, and shows where one leads that has none', () => {
    expect(previewOf('[a]()')).toBe('[a]()');
    expect(previewOf('[a]("b")')).toBe('[a]("b")');
    expect(previewOf('[](https://example.org)')).toBe('https://example.org');
    expect(parseMarkdown('[a](https://example.org "b")')).toEqual([
      paragraph({ kind: 'link', href: 'https://example.org', title: 'b', children: [text('a')] }),
    ]);
  });

  it('shows what language a block of code is in, and as it stands what is too deep', () => {
    expect(parseMarkdown('```js\nx\n```')).toEqual([{ kind: 'code', text: 'x', language: 'js' }]);
    const deep = `${'> '.repeat(40)}far down`;
    expect(parseMarkdown(deep)).toEqual([paragraph(text(deep))]);
    expect(JSON.stringify(parseMarkdown(`${'> '.repeat(8)}not so far`))).toContain('not so far');
  });

  it('takes any text, keeps all of its letters in their order, and makes no link that is not safe', () => {
    const marks = ['**', '_', '~~', '`', '```', '> ', '- ', '1. ', '[', '](', ')', '"', '<', '>'];
    const part = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        ...marks,
        '\n',
        '\n\n',
        '    ',
        'javascript:',
        'https://example.org/',
        'word',
      ),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const source = parts.join('');
        const blocks = parseMarkdown(source);
        for (const href of hrefs(blocks)) expect(isSafeLink(href)).toBe(true);
        expect(isWithin(lettersOf(source), lettersOf(shownOf(blocks)))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('holds nothing up: texts made to be slow, and very long ones', () => {
    const slow = [
      '*'.repeat(19_000),
      '['.repeat(19_000),
      '> '.repeat(9_000),
      '`'.repeat(19_000),
      '- '.repeat(9_000),
    ];
    for (const value of slow) {
      const began = performance.now();
      parseMarkdown(value);
      expect(performance.now() - began).toBeLessThan(2_000);
    }
    const long = `**${'x'.repeat(100_000)}**`;
    expect(parseMarkdown(long)).toEqual([paragraph(text(long))]);
  });

  it('is a line without marks in a list', () => {
    expect(previewOf('> **a** `b`\n\n- c\n- [d](https://example.org)')).toBe('a b c · d');
  });
});

function hrefs(blocks: readonly Block[]): string[] {
  const found: string[] = [];
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'href') found.push(String(value));
    return value;
  });
  return found;
}

/** Every string in a tree of blocks, in the order of the text that they stand for. */
function shownOf(blocks: readonly Block[]): string {
  const inline = (one: Inline): string => {
    if (one.kind === 'text' || one.kind === 'code') return one.text;
    if (one.kind === 'break') return '';
    const shown = one.children.map(inline).join('');
    return one.kind === 'link' ? `${shown}${one.href}${one.title ?? ''}` : shown;
  };
  return blocks
    .map((block) => {
      switch (block.kind) {
        case 'paragraph':
          return block.children.map(inline).join('');
        case 'code':
          return `${block.language ?? ''}${block.text}`;
        case 'quote':
          return shownOf(block.blocks);
        case 'list':
          return block.items.map(shownOf).join('');
      }
    })
    .join('');
}

function lettersOf(value: string): string[] {
  return value.match(/\p{L}/gu) ?? [];
}

/** Whether all of `letters` are among `shown`, in their order; a link shows some twice. */
function isWithin(letters: readonly string[], shown: readonly string[]): boolean {
  let found = 0;
  for (const letter of shown) if (letter === letters[found]) found += 1;
  return found === letters.length;
}
