import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parseTelegram } from '../../../main/device/exchange/telegram.ts';
import { readImport } from '../../../main/device/exchange/read-import.ts';
import { pieces } from '../../../main/device/exchange/imported.ts';
import { parseWhatsApp } from '../../../main/device/exchange/whatsapp.ts';

const at = (year: number, month: number, day: number, ...time: number[]) =>
  new Date(year, month - 1, day, ...time).getTime();

describe('a WhatsApp chat', () => {
  it('of Android has minutes, system lines, and texts of several lines', () => {
    const chat = parseWhatsApp(
      [
        '31/12/2023, 21:41 - Messages and calls are end-to-end encrypted.',
        '31/12/2023, 21:42 - Ana: Happy new year',
        'and all the best: really',
        '',
        'A.',
        '01/01/2024, 00:03 - Tom *B*: <Media omitted>',
      ].join('\r\n'),
      'WhatsApp Chat with Ana',
    );
    expect(chat).toEqual({
      name: 'Ana',
      messages: [
        { at: at(2023, 12, 31, 21, 41), text: 'Messages and calls are end-to-end encrypted.' },
        {
          at: at(2023, 12, 31, 21, 42),
          text: '**Ana:** Happy new year\nand all the best: really\n\nA.',
        },
        { at: at(2024, 1, 1, 0, 3), text: '**Tom \\*B\\*:** <Media omitted>' },
      ],
    });
  });

  it('of an American phone has the month first, and half days', () => {
    const chat = parseWhatsApp(
      '1/2/24, 12:05 AM - A: x\n2/1/24, 12:05 PM - A: y\n12/31/24, 9:41 PM - A: z',
      'c',
    );
    expect(chat?.messages.map((message) => message.at)).toEqual([
      at(2024, 1, 2, 0, 5),
      at(2024, 2, 1, 12, 5),
      at(2024, 12, 31, 21, 41),
    ]);
  });

  it('of an iPhone has brackets, seconds and marks of direction', () => {
    const chat = parseWhatsApp('\u200e[31.12.23, 21:41:05] Ana: \u200eimage omitted', '_chat');
    expect(chat).toEqual({
      name: 'WhatsApp',
      messages: [{ at: at(2023, 12, 31, 21, 41, 5), text: '**Ana:** image omitted' }],
    });
  });

  it('whose dates could be either goes by the order in which time goes on', () => {
    const months = parseWhatsApp(
      '1/9/24, 10:00 - A: x\n1/10/24, 10:00 - A: y\n2/1/24, 10:00 - A: z',
      'c',
    );
    expect(months?.messages[2]?.at).toBe(at(2024, 2, 1, 10));
    const days = parseWhatsApp(
      '9/1/24, 10:00 - A: x\n10/1/24, 10:00 - A: y\n1/2/24, 10:00 - A: z',
      'c',
    );
    expect(days?.messages[2]?.at).toBe(at(2024, 2, 1, 10));
  });

  it('is told from any other text', () => {
    expect(parseWhatsApp('Dear diary,\n31/12/2023, 21:42 - Ana: x', 'c')).toBeUndefined();
    expect(parseWhatsApp('', 'c')).toBeUndefined();
  });
});

describe('a Telegram export', () => {
  it('has chats, with forms as Markdown, and without what the group did', () => {
    const messages = [
      { type: 'service', date_unixtime: '1700000000', actor: 'Ana', text: '' },
      {
        type: 'message',
        date_unixtime: '1700000001',
        from: 'Ana',
        text: [
          'see ',
          { type: 'bold', text: 'this' },
          { type: 'text_link', text: ' page', href: 'https://example.org' },
        ],
      },
      {
        type: 'message',
        date_unixtime: '1700000002',
        from: 'Tom',
        text: '',
        photo: 'photos/1.jpg',
      },
      { nonsense: true },
    ];
    expect(
      parseTelegram({
        chats: {
          list: [
            { name: 'Ana', messages },
            { type: 'saved_messages', messages: messages.slice(1, 2) },
          ],
        },
      }),
    ).toEqual([
      {
        name: 'Ana',
        messages: [
          { at: 1_700_000_001_000, text: '**Ana:** see **this**[ page](https://example.org)' },
          { at: 1_700_000_002_000, text: '**Tom:** (photos/1.jpg)' },
        ],
      },
      {
        name: 'Saved messages',
        messages: [{ at: 1_700_000_001_000, text: 'see **this**[ page](https://example.org)' }],
      },
    ]);
    expect(parseTelegram({ name: 'x', messages: [] })).toEqual([{ name: 'x', messages: [] }]);
    expect(parseTelegram({ other: 1 })).toBeUndefined();
  });
});

describe('a file', () => {
  const read = (name: string, content: Uint8Array) => readImport(name, content, 5);

  it('is read by what is in it', () => {
    expect(read('ideas.md', strToU8('\ufeff# Ideas\n\nOne.'))).toEqual([
      { name: 'ideas', messages: [{ at: 5, text: '# Ideas\n\nOne.' }] },
    ]);
    const zip = zipSync({
      'notes/a.md': strToU8('A'),
      'notes/b.md': strToU8('B'),
      'photo.jpg': new Uint8Array(9),
      '__MACOSX/c.md': strToU8('C'),
    });
    expect(read('notes.zip', zip).map(({ name }) => name)).toEqual(['a', 'b']);
    const phone = zipSync({ '_chat.txt': strToU8('[31.12.23, 21:41:05] Ana: hi') });
    expect(read('WhatsApp Chat - Ana.zip', phone)[0]?.name).toBe('Ana');
  });

  it('that is none of them is told so', () => {
    for (const [name, content] of [
      ['x.txt', strToU8('hello')],
      ['x.json', strToU8('{"a":1}')],
      ['x.json', strToU8('{"a"')],
      ['x.zip', strToU8('PK garbage')],
      ['x.zip', zipSync({ 'a.jpg': new Uint8Array(3) })],
    ] as const) {
      expect(() => read(name, content), name).toThrow(/import|whole/u);
    }
  });

  it('with a text that is too long becomes several messages, whole when put together', () => {
    const long = 'word '.repeat(60_000);
    const parts = pieces(long);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.join('')).toBe(long);
    expect(pieces(' \n')).toEqual([]);
  });
});
