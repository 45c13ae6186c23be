import { pathToFileURL } from 'node:url';
import { join, normalize, sep } from 'node:path';
import type { Net, Protocol } from 'electron';
import { isFilePath } from '../api/file-requests.ts';
import { CONTENT_SECURITY_POLICY } from '../api/page-policy.ts';

/** The page is served under a scheme of its own, so that it has an origin and gets a content security policy. */
export const PAGE_SCHEME = 'reunion-app';
export const PAGE_URL = `${PAGE_SCHEME}://page/index.html`;

export function isOwnPage(url: string): boolean {
  return url.startsWith(`${PAGE_SCHEME}://page/`);
}

/** The file that a URL of the page stands for; undefined where it leads out of the folder. */
export function fileOfUrl(folder: string, url: string): string | undefined {
  const root = normalize(folder + sep);
  const file = normalize(join(root, decodeURIComponent(new URL(url).pathname)));
  return file.startsWith(root) ? file : undefined;
}

/** Serves the files of `folder` to the window, and those of messages as `files` answers. */
export function servePage(
  protocol: Pick<Protocol, 'handle'>,
  net: Pick<Net, 'fetch'>,
  folder: string,
  files: (request: Request) => Promise<Response>,
): void {
  protocol.handle(PAGE_SCHEME, async (request) => {
    const { url } = request;
    if (isFilePath(new URL(url).pathname)) return files(request);
    const file = fileOfUrl(folder, url);
    if (file === undefined) return new Response(null, { status: 404 });
    const response = await net.fetch(pathToFileURL(file).href);
    const headers = new Headers(response.headers);
    headers.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    headers.set('X-Content-Type-Options', 'nosniff');
    return new Response(response.body, { status: response.status, headers });
  });
}
