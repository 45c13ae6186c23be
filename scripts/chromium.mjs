// Finds a Chromium for the tests: Playwright's own, one that is installed, or the one that npm brings (Linux x64).
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES =
  process.platform === 'win32'
    ? ['chrome.exe', 'msedge.exe']
    : ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

const PLACES = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
    .map((name) => process.env[name])
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]),
};

/**
 * Throws where none can be found.
 * @returns {Promise<{ path: string, origin: string }>}
 */
export async function findChromium() {
  const { chromium } = await import('playwright-core');
  const own = chromium.executablePath();
  if (own && existsSync(own)) return { path: own, origin: "Playwright's own" };

  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const places = PLACES[/** @type {'darwin' | 'win32'} */ (process.platform)] ?? [];
  const installed = [...onPath, ...places].find((path) => existsSync(path));
  if (installed) return { path: installed, origin: 'installed on this system' };

  const { default: bundled } = await import('@sparticuz/chromium');
  return { path: await bundled.executablePath(), origin: 'from npm: @sparticuz/chromium' };
}
