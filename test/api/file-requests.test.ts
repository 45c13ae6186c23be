import { describe, expect, test } from 'vitest';
import { ReunionError } from '../../main/api/errors.ts';
import type { ExchangeAccess } from '../../main/api/exchange-access.ts';
import type { FileAccess } from '../../main/api/file-access.ts';
import { answerFileRequest } from '../../main/api/file-requests.ts';
import { bytesOf, piecesOf } from '../helpers/files.ts';

const ID = 'a'.repeat(64);
const CONTENT = bytesOf(1_000);
const ORIGIN = 'http://127.0.0.1:4000';

/** Holds one file; what is added is only counted. */
function files(add: FileAccess['add'] = count): FileAccess {
  return {
    add,
    open: async (id) =>
      id === ID
        ? {
            bytes: CONTENT.byteLength,
            read: (start, end) => piecesOf(CONTENT.subarray(start, end), 64),
          }
        : undefined,
  };
}

const count: FileAccess['add'] = async (content) => {
  let bytes = 0;
  for await (const piece of content) bytes += piece.byteLength;
  return { id: ID, bytes };
};

/** What goes out and comes in as a whole. */
const exchange: ExchangeAccess = {
  export: async (format) => ({ ...outgoing, name: `all ü.${format}` }),
  backup: async () => ({ ...outgoing, name: 'backup.zip' }),
  restore: async (content) => {
    for await (const part of content) restored.push(Buffer.from(part).toString());
  },
  import: async (name, content) => {
    if (name === 'busy') throw new ReunionError('import-busy', 'Another one is going on.');
    for await (const part of content) imported.push(`${name}: ${Buffer.from(part).toString()}`);
  },
};
const imported: string[] = [];
const restored: string[] = [];
const outgoing = {
  mediaType: 'application/json',
  bytes: 2,
  content: (async function* () {
    yield Buffer.from('{}');
  })(),
};

async function ask(
  path: string,
  init: RequestInit = {},
  { from = files(), mayAdd = true, bugs = [] as unknown[] } = {},
): Promise<Response> {
  return answerFileRequest({ ...from, exchange }, new Request(ORIGIN + path, init), {
    mayAdd,
    onBug: (error) => bugs.push(error),
  });
}

async function bodyOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

describe('GET files/<id>', () => {
  test('gives the whole file as a download that runs nothing and may be kept', async () => {
    const response = await ask(`/files/${ID}?name=a.pdf&type=application/pdf`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="a.pdf"; filename*=UTF-8''a.pdf`,
      'content-length': '1000',
      'accept-ranges': 'bytes',
      'cache-control': 'private, immutable, max-age=31536000',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
    });
    expect(await bodyOf(response)).toEqual(CONTENT);
  });

  test.each(['image/png', 'image/jpeg', 'video/mp4', 'audio/ogg'])(
    '%s may be shown in place',
    async (type) => {
      const response = await ask(`/files/${ID}?name=a&type=${type}&inline=1`);
      expect(response.headers.get('content-type')).toBe(type);
      expect(response.headers.get('content-disposition')).toBe('inline');
    },
  );

  test.each([
    'image/svg+xml',
    'text/html',
    'application/pdf',
    'application/xhtml+xml',
    'text/xml',
    'image/png; charset=utf-8',
    'image/png\r\nX-Evil: 1',
    '',
  ])('%s is never shown in place', async (type) => {
    const response = await ask(`/files/${ID}?type=${encodeURIComponent(type)}&inline=1`);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment/u);
    expect(response.headers.has('x-evil')).toBe(false);
  });

  test('a name in any script, with quotes or line breaks, stays within its header', async () => {
    const name = 'Zürich "東京"\r\nX-Evil: 1\ud800.txt';
    const response = await ask(`/files/${ID}?name=${encodeURIComponent(name.toWellFormed())}`);
    const disposition = response.headers.get('content-disposition') ?? '';
    expect(disposition).toMatch(/^attachment; filename="[ -!#-~]*"; filename\*=UTF-8''[\w%.~-]+$/u);
    const [, encoded = ''] = disposition.split("filename*=UTF-8''");
    expect(decodeURIComponent(encoded)).toBe(name.toWellFormed());
    expect(response.headers.has('x-evil')).toBe(false);
  });

  test.each([
    ['bytes=0-9', 0, 10],
    ['bytes=990-', 990, 1_000],
    ['bytes=-5', 995, 1_000],
    ['bytes=999-5000', 999, 1_000],
    ['bytes=-5000', 0, 1_000],
  ])('the range %s', async (range, start, end) => {
    const response = await ask(`/files/${ID}`, { headers: { Range: range } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/1000`);
    expect(response.headers.get('content-length')).toBe(String(end - start));
    expect(await bodyOf(response)).toEqual(CONTENT.subarray(start, end));
  });

  test.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0'])(
    'the range %s cannot be had',
    async (range) => {
      const response = await ask(`/files/${ID}`, { headers: { Range: range } });
      expect(response.status).toBe(416);
      expect(response.headers.get('content-range')).toBe('bytes */1000');
    },
  );

  test.each(['bytes=9-1', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=-', 'bytes=a-b'])(
    'the range %s is passed over',
    async (range) => {
      const response = await ask(`/files/${ID}`, { headers: { Range: range } });
      expect(response.status).toBe(200);
      expect((await bodyOf(response)).byteLength).toBe(1_000);
    },
  );

  test('reads no further than is taken, and ends the reading with whoever takes it', async () => {
    let read = 0;
    let ended = false;
    const endless: FileAccess = {
      add: count,
      open: async () => ({
        bytes: 1e12,
        async *read() {
          try {
            for (;;) {
              read += 1;
              yield new Uint8Array(1_000);
            }
          } finally {
            ended = true;
          }
        },
      }),
    };
    const response = await ask(`/files/${ID}`, {}, { from: endless });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.read();
    await reader?.cancel();
    expect(read).toBeLessThanOrEqual(3);
    expect(ended).toBe(true);
  });

  test('HEAD gives no body; a file that is known is not sent again; one that is not here is 404', async () => {
    const head = await ask(`/files/${ID}`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('1000');
    expect(head.body).toBeNull();
    const again = await ask(`/files/${ID}`, { headers: { 'If-None-Match': `"${ID}"` } });
    expect(again.status).toBe(304);
    for (const other of ['b'.repeat(64), '../../etc/passwd', '']) {
      const missing = await ask(`/files/${other}`);
      expect(missing.status).toBe(404);
      expect(await missing.json()).toMatchObject({ code: 'not-found' });
    }
    expect((await ask(`/files/${ID}`, { method: 'DELETE' })).status).toBe(405);
    expect((await ask('/files')).status).toBe(405);
  });
});

describe('POST files', () => {
  const body = 'x'.repeat(500);

  test('adds what comes and says what it is', async () => {
    const response = await ask('/files', { method: 'POST', body });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ id: ID, bytes: 500 });
    const empty = await ask('/files', { method: 'POST' });
    expect(await empty.json()).toEqual({ id: ID, bytes: 0 });
  });

  test('what another site may have sent adds nothing', async () => {
    const response = await ask('/files', { method: 'POST', body }, { mayAdd: false });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'forbidden' });
  });

  test.each([
    ['file-too-large', 413],
    ['no-space', 507],
    ['mailbox', 409],
  ] as const)('%s is told as such', async (code, status) => {
    const refusing = files(() => Promise.reject(new ReunionError(code, 'No.')));
    const response = await ask('/files', { method: 'POST', body }, { from: refusing });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ code, message: 'No.' });
  });

  test('a body that is cut off is no bug; a bug is told as one, without what it says', async () => {
    const bugs: unknown[] = [];
    const cut = new ReadableStream({
      start: (controller) => controller.error(new Error('the line is gone')),
    });
    const init = { method: 'POST', body: cut, duplex: 'half' } as RequestInit;
    const response = await ask('/files', init, { bugs });
    expect(response.status).toBe(400);
    expect(bugs).toEqual([]);
    const broken = files(() => Promise.reject(new Error('secret')));
    const failed = await ask('/files', { method: 'POST', body }, { from: broken, bugs });
    expect(failed.status).toBe(500);
    expect(await failed.text()).not.toContain('secret');
    expect(bugs).toHaveLength(1);
  });
});

describe('everything at once', () => {
  test('goes out to be saved, and runs nothing', async () => {
    const response = await ask('/export?format=json');
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Disposition')).toBe(
      `attachment; filename="all _.json"; filename*=UTF-8''all%20%C3%BC.json`,
    );
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(Buffer.from(await bodyOf(response)).toString()).toBe('{}');
    expect((await ask('/export?format=pdf')).status).toBe(400);
    expect((await ask('/backup', { method: 'POST' })).status).toBe(405);
  });

  test('comes in from the page alone, one file at a time', async () => {
    const post = { method: 'POST', body: 'text' };
    expect((await ask('/import?name=a.txt', post, { mayAdd: false })).status).toBe(403);
    expect((await ask('/import?name=busy', post)).status).toBe(409);
    expect((await ask('/import?name=a.txt', post)).status).toBe(202);
    expect(imported).toEqual(['a.txt: text']);
    expect((await ask('/import?name=a.txt')).status).toBe(405);
    expect((await ask('/restore', post, { mayAdd: false })).status).toBe(403);
    expect((await ask('/restore')).headers.get('Allow')).toBe('POST');
    expect(restored).toEqual([]);
    expect((await ask('/restore', post)).status).toBe(202);
    expect(restored).toEqual(['text']);
  });
});
