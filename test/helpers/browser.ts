import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { findChromium } from '../../scripts/chromium.mjs';

/** A real Chromium, which ends with the test; an error that a page does not catch fails it. */
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
  const errors: Error[] = [];
  browser.on('context', (context) => context.on('weberror', (error) => errors.push(error.error())));
  onTestFinished(async () => {
    await browser.close();
    const [first] = errors;
    if (first) throw first;
  });
  return browser;
}

/** Where pictures are kept, for whoever wants to look; undefined: none are taken. */
const PICTURES = process.env.REUNION_PICTURES;

/** Keeps what the page looks like. */
export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}
