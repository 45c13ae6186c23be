import { ReunionError, toApiError } from './errors.ts';
import { answerExchangeRequest, exchangeMethod, isExchangePath } from './exchange-requests.ts';
import type { ContentAccess, FileAccess } from './file-access.ts';
import { attachmentHeader, streamOfPieces, uncut } from './http-parts.ts';
import type { ApiError, ErrorCode } from './types.ts';

/*
 * Files over HTTP, of the same origin as the page and by the same code in every host:
 *
 *   POST files                          the bytes of a file → 201 {id, bytes}
 *   GET  files/<id>?name=…&type=…       the bytes of a file that is here; with &inline=1 to be shown rather than saved
 *   export, backup, restore, import     see `exchange-requests.ts`
 *
 * Requests and responses are those of the web platform, with streams for bodies. Who may ask is the host's to say.
 */

/** Types that are shown inside the page. None of them can hold a script, as SVG, HTML and PDF can. */
const INLINE_TYPES: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'audio/mpeg',
  'audio/ogg',
  'audio/wav',
  'audio/webm',
  'audio/mp4',
  'audio/aac',
  'audio/flac',
  'video/mp4',
  'video/webm',
  'video/ogg',
]);
const ANY_TYPE = 'application/octet-stream';
const MEDIA_TYPE = /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}$/u;

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  // Whatever a file is, what shows it runs nothing of it.
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
};

const STATUS: Partial<Record<ErrorCode, number>> = {
  'not-found': 404,
  forbidden: 403,
  'invalid-arguments': 400,
  'file-too-large': 413,
  'no-space': 507,
  storage: 507,
  mailbox: 409,
  'device-removed': 409,
  'import-busy': 409,
};

/** Whether a path (`/files…`) is one of these. */
export function isFilePath(pathname: string): boolean {
  return pathname === '/files' || pathname.startsWith('/files/') || isExchangePath(pathname);
}

/**
 * Answers a request about files. Never rejects.
 * @param mayAdd whether the request is known to come from the page itself, or from whoever has the token
 */
export async function answerFileRequest(
  files: ContentAccess,
  request: Request,
  { mayAdd, onBug }: { readonly mayAdd: boolean; readonly onBug: (error: unknown) => void },
): Promise<Response> {
  try {
    const { pathname, searchParams } = new URL(request.url);
    if (isExchangePath(pathname)) {
      const answer = await answerExchangeRequest(files.exchange, request, mayAdd);
      return answer ?? notAllowed(exchangeMethod(pathname));
    }
    if (pathname === '/files') return await add(files, request, mayAdd);
    const id = pathname.slice('/files/'.length);
    return await get(files, request, id, searchParams);
  } catch (error) {
    const told = toApiError(error);
    if (told.code === 'internal') onBug(error);
    return failure(told);
  }
}

async function add(files: FileAccess, request: Request, mayAdd: boolean): Promise<Response> {
  if (request.method !== 'POST') return notAllowed('POST');
  if (!mayAdd) throw new ReunionError('forbidden', 'Only the page of this device may add files.');
  const announced = lengthOf(request.headers.get('Content-Length'));
  const added = await files.add(uncut(request.body), announced);
  const headers = { ...HEADERS, 'Cache-Control': 'no-store' };
  return Response.json(added, { status: 201, headers });
}

async function get(
  files: FileAccess,
  request: Request,
  id: string,
  asked: URLSearchParams,
): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed('GET, HEAD');
  const file = await files.open(id);
  if (!file) throw new ReunionError('not-found', 'This file is not here.');
  const headers = new Headers({
    ...HEADERS,
    ...presentation(asked),
    // An id says what is in the file: it never is anything else.
    'Cache-Control': 'private, immutable, max-age=31536000',
    ETag: `"${id}"`,
    'Accept-Ranges': 'bytes',
  });
  if (request.headers.get('If-None-Match') === `"${id}"`) {
    return new Response(null, { status: 304, headers });
  }
  const range = rangeOf(request.headers.get('Range'), file.bytes);
  if (range === 'unsatisfiable') {
    headers.set('Content-Range', `bytes */${file.bytes}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: file.bytes };
  headers.set('Content-Length', String(end - start));
  if (range) headers.set('Content-Range', `bytes ${start}-${end - 1}/${file.bytes}`);
  const body = request.method === 'HEAD' ? null : streamOfPieces(file.read(start, end));
  return new Response(body, { status: range ? 206 : 200, headers });
}

/** How the file is to be taken: as a download, unless it is asked for otherwise and can do no harm. */
function presentation(asked: URLSearchParams): Record<string, string> {
  const given = asked.get('type')?.toLowerCase() ?? '';
  const type = MEDIA_TYPE.test(given) ? given : ANY_TYPE;
  if (asked.get('inline') === '1' && INLINE_TYPES.has(type)) {
    return { 'Content-Type': type, 'Content-Disposition': 'inline' };
  }
  const name = asked.get('name') ?? '';
  // A browser that is told what it is might open it.
  return { 'Content-Type': ANY_TYPE, 'Content-Disposition': attachmentHeader(name) };
}

/**
 * RFC 9110, 14.1.2: one range of bytes, as first byte and the one after the last. Undefined where none is asked for, or
 * several at once: then the whole is sent, as is allowed.
 */
function rangeOf(
  header: string | null,
  bytes: number,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined {
  const found = /^bytes=(\d*)-(\d*)$/u.exec(header?.trim() ?? '');
  if (!found) return undefined;
  const [, first = '', last = ''] = found;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? bytes : Math.min(bytes, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  return start < end ? { start, end } : 'unsatisfiable';
}

function lengthOf(header: string | null): number | undefined {
  return header !== null && /^\d{1,15}$/u.test(header) ? Number(header) : undefined;
}

function notAllowed(allow: string): Response {
  return new Response(null, { status: 405, headers: { ...HEADERS, Allow: allow } });
}

function failure(error: ApiError): Response {
  const headers = { ...HEADERS, 'Cache-Control': 'no-store' };
  return Response.json(error, { status: STATUS[error.code] ?? 500, headers });
}
