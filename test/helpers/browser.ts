import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { findChromium } from '../../scripts/chromium.mjs';

/** A real Chromium, which ends with the test. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env.REUNION_CHROMIUM ?? (await findChromium()).path;
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  onTestFinished(() => browser.close());
  return browser;
}
