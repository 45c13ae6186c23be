import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import type { Browser, Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { findChromium } from '../../scripts/chromium.mjs';

export interface PageOptions {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  readonly locale?: string;
  /** What the browser complains of because the test wants it so. */
  readonly expected?: RegExp;
}

/** Opens the page of a device. What the browser complains of fails the test when it ends. */
export async function openPage(
  browser: Browser,
  link: string,
  { scheme = 'light', width = 900, height = 600, locale = 'en-GB', expected }: PageOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale,
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && expected?.test(text) !== true) complaints.push(text);
  });
  onTestFinished(() => {
    expect(complaints).toEqual([]);
  });
  await page.goto(link);
  return page;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds that a person could not see, read or reach. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: readonly Violation[] }> };
    };
    return (await axe.run()).violations;
  });
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
}

const APPROVED = resolve(import.meta.dirname, '../e2e/approved');
/** Where pictures that are not as approved are put, beside what was approved. */
const DIFFERENT = resolve(import.meta.dirname, '../../test-results');
/** Of all pixels, so many may differ: the edges of letters are not drawn alike everywhere. */
const DIFFERENT_MAX = 0.004;

/**
 * The page looks as it was approved to, but for times, numbers, and what else of it varies, which is `hidden`. With REUNION_APPROVE=1 it is approved as it
 * is. Only in the Chromium that npm brings: another one draws letters in another way.
 */
async function looksAsApproved(
  page: Page,
  name: string,
  hidden: readonly Locator[] = [],
): Promise<void> {
  const varying = [page.locator('time'), page.locator('.numbers'), ...hidden];
  const show = async (visibility: 'hidden' | '') => {
    for (const locator of varying) {
      await locator.evaluateAll((elements, value) => {
        for (const element of elements) (element as HTMLElement).style.visibility = value;
      }, visibility);
    }
  };
  await show('hidden');
  const picture = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  await show('');
  const file = join(APPROVED, `${name}.png`);
  if (process.env.REUNION_APPROVE === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, picture);
    return;
  }
  if (!(await findChromium()).origin.startsWith('from npm')) return;
  expect(existsSync(file), `${name} was never approved`).toBe(true);
  const [now, approved] = [PNG.sync.read(picture), PNG.sync.read(readFileSync(file))];
  const { width, height } = approved;
  expect([now.width, now.height]).toEqual([width, height]);
  const difference = new PNG({ width, height });
  const count = pixelmatch(now.data, approved.data, difference.data, width, height, {
    threshold: 0.15,
  });
  if (count / (width * height) <= DIFFERENT_MAX) return;
  mkdirSync(DIFFERENT, { recursive: true });
  writeFileSync(join(DIFFERENT, `${name}.png`), picture);
  writeFileSync(join(DIFFERENT, `${name}-difference.png`), PNG.sync.write(difference));
  expect.fail(`${name} does not look as approved: see test-results/${name}-difference.png`);
}

/** A screen as it is in light and in dark: nothing that axe finds fault with, and as approved. */
export async function screen(
  page: Page,
  name: string,
  hidden: readonly Locator[] = [],
): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.evaluate(() => document.fonts.ready);
    expect(await violations(page), `${name}, ${scheme}`).toEqual([]);
    await looksAsApproved(page, `${name}-${scheme}`, hidden);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
