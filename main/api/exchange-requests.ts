import { ReunionError } from './errors.ts';
import type { ExchangeAccess, OutgoingFile } from './exchange-access.ts';
import { attachmentHeader, streamOfPieces, uncut } from './http-parts.ts';

/*
 *   GET  export?format=json|markdown    everything that was written
 *   GET  backup                         the store and what the recovery phrase needs, in a ZIP
 *   POST import?name=…                  a file to be brought in → 202, and `ImportState` from then on
 */

const PATHS = new Set(['/export', '/backup', '/import']);

export function isExchangePath(pathname: string): boolean {
  return PATHS.has(pathname);
}

/** Rejects with `ReunionError`. Undefined for a method that the path does not have. */
export async function answerExchangeRequest(
  exchange: ExchangeAccess,
  request: Request,
  mayAdd: boolean,
): Promise<Response | undefined> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === '/import') {
    if (request.method !== 'POST') return undefined;
    if (!mayAdd) throw new ReunionError('forbidden', 'Only the page of this device may import.');
    await exchange.import(searchParams.get('name') ?? '', uncut(request.body));
    return new Response(null, { status: 202, headers: { 'Cache-Control': 'no-store' } });
  }
  if (request.method !== 'GET') return undefined;
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
