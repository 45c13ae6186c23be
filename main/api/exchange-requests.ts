import { ReunionError } from './errors.ts';
import type { ExchangeAccess, OutgoingFile } from './exchange-access.ts';
import { attachmentHeader, streamOfPieces, uncut } from './http-parts.ts';

/*
 *   GET  export?format=json|markdown    everything that was written
 *   GET  backup                         the store and what the recovery phrase needs, in a ZIP
 *   POST restore                        such a backup → 202, and then the device starts again with it
 *   POST import?name=…                  a file to be brought in → 202, and `ImportState` from then on
 */

const READ_PATHS = new Set(['/export', '/backup']);
const WRITE_PATHS = new Set(['/import', '/restore']);

export function isExchangePath(pathname: string): boolean {
  return READ_PATHS.has(pathname) || WRITE_PATHS.has(pathname);
}

/** The method that a path has. */
export function exchangeMethod(pathname: string): 'GET' | 'POST' {
  return WRITE_PATHS.has(pathname) ? 'POST' : 'GET';
}

/** Rejects with `ReunionError`. Undefined for a method that the path does not have. */
export async function answerExchangeRequest(
  exchange: ExchangeAccess,
  request: Request,
  mayAdd: boolean,
): Promise<Response | undefined> {
  const { pathname, searchParams } = new URL(request.url);
  if (request.method !== exchangeMethod(pathname)) return undefined;
  if (WRITE_PATHS.has(pathname)) {
    if (!mayAdd) throw new ReunionError('forbidden', 'Only the page of this device may do this.');
    const content = uncut(request.body);
    if (pathname === '/restore') await exchange.restore(content);
    else await exchange.import(searchParams.get('name') ?? '', content);
    return new Response(null, { status: 202, headers: { 'Cache-Control': 'no-store' } });
  }
  if (pathname === '/backup') return sent(await exchange.backup());
  const format = searchParams.get('format');
  if (format !== 'json' && format !== 'markdown') {
    throw new ReunionError('invalid-arguments', 'An export is “json” or “markdown”.');
  }
  return sent(await exchange.export(format));
}

function sent({ name, mediaType, bytes, content }: OutgoingFile): Response {
  return new Response(streamOfPieces(content), {
    headers: {
      'Content-Type': mediaType,
      'Content-Disposition': attachmentHeader(name),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "sandbox; default-src 'none'",
      ...(bytes !== undefined && { 'Content-Length': String(bytes) }),
    },
  });
}
