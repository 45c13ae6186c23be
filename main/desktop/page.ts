import { pathToFileURL } from 'node:url';
import { join, normalize, sep } from 'node:path';
import type { Net, Protocol } from 'electron';
import { CONTENT_SECURITY_POLICY } from '../api/page-policy.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('desktop:page');

/** Pages are served under a scheme of their own, so that they have an origin and get a content security policy. */
export const PAGE_SCHEME = 'reunion-app';
export const PAGE_URL = `${PAGE_SCHEME}://page/index.html`;
export const PASSPHRASE_URL = `${PAGE_SCHEME}://passphrase/index.html`;

export function isOwnPage(url: string): boolean {
  return url.startsWith(`${PAGE_SCHEME}://page/`);
}

export function isPassphrasePage(url: string): boolean {
  return url.startsWith(`${PAGE_SCHEME}://passphrase/`);
}

/** Where the files of each page lie. */
export interface PageFolders {
  readonly page: string;
  readonly passphrase: string;
}

/** The file that a URL of a page stands for; undefined where there is no such page, or it leads out of its folder. */
export function fileOfUrl(folders: PageFolders, url: string): string | undefined {
  const parsed = URL.parse(url);
  const { hostname = '', pathname = '' } = parsed ?? {};
  if (hostname !== 'page' && hostname !== 'passphrase') return undefined;
  const root = normalize(folders[hostname] + sep);
  try {
    const file = normalize(join(root, decodeURIComponent(pathname)));
    return file.startsWith(root) ? file : undefined;
  } catch (error) {
    ignored(error);
    // No percent-encoding.
    return undefined;
  }
}

/**
 * Serves the pages to the windows. `answer` may answer a request of the page itself: for what is no file of the app.
 */
export function servePages(
  protocol: Pick<Protocol, 'handle'>,
  net: Pick<Net, 'fetch'>,
  folders: PageFolders,
  answer: (request: Request) => Promise<Response> | undefined = () => undefined,
): void {
  protocol.handle(PAGE_SCHEME, async (request) => {
    const { url } = request;
    const answered = isOwnPage(url) ? answer(request) : undefined;
    if (answered) return answered;
    const file = fileOfUrl(folders, url);
    if (file === undefined) return new Response(null, { status: 404 });
    const response = await net.fetch(pathToFileURL(file).href);
    const headers = new Headers(response.headers);
    headers.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    headers.set('X-Content-Type-Options', 'nosniff');
    return new Response(response.body, { status: response.status, headers });
  });
}
