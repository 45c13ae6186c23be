import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import type { ApiClient } from '../../main/api/client.ts';
import type { ImportState } from '../../main/api/types.ts';
import { connect, newWebLink } from '../../main/headless/connect.ts';
import { ask } from '../../main/headless/content.ts';
import { findChromium } from '../../scripts/chromium.mjs';
import { nodeEnvironment, nodeFlags } from '../../scripts/launch.mjs';
import { inFolder } from './folder.ts';
import type { Figure } from './table.ts';
import { formatFigures } from './table.ts';

const DEFAULT_MESSAGES = 100_000;
const DEFAULT_ARRIVING = 50_000;
const SCROLLS = 120;
/** From one key to the next, milliseconds: some 17 in a second, which is a fast typist. */
const KEY_MS = 60;

const BARS = {
  open: 200,
  frame: 50,
  search: 100,
  gzippedKilobytes: 250,
  firstPaint: 500,
  key: 50,
} as const;

export const RENDERER_USAGE = `renderer: the page in a real Chromium: opening, scrolling, searching and typing
  --messages N    messages of the large conversation (${DEFAULT_MESSAGES})
  --arriving N    messages that arrive while somebody types (${DEFAULT_ARRIVING})
`;

/** The program and the page that the bench itself was built beside. */
const REUNION = join(import.meta.dirname, '../reunion.mjs');
const PAGE = join(import.meta.dirname, '../renderer');

/** A device with one large conversation, looked at in a browser. */
export async function benchRenderer(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: 'string', default: String(DEFAULT_MESSAGES) },
      arriving: { type: 'string', default: String(DEFAULT_ARRIVING) },
    },
  });
  await inFolder(tmpdir(), async (folder) => {
    const child = spawn(
      process.execPath,
      [...nodeFlags, REUNION, 'device', '--data', folder, '--no-lan', '--name', 'Desk'],
      { env: { ...process.env, ...nodeEnvironment }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const browser = await chromium.launch({
      executablePath: (await findChromium()).path,
      args: ['--no-sandbox', '--disable-gpu'],
    });
    try {
      await ready(child);
      const api = await connect(folder);
      await write(folder, api, 'Small', 200);
      await write(folder, api, 'Large', Number(values.messages));
      for await (const figure of measure(
        browser,
        await newWebLink(folder),
        () => write(folder, api, 'Large', Number(values.arriving)),
        Number(values.arriving),
      )) {
        process.stdout.write(formatFigures([figure]));
      }
      api.close();
    } finally {
      await browser.close();
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  });
}

async function* measure(
  browser: Browser,
  link: string,
  arrive: () => Promise<void>,
  arriving: number,
): AsyncGenerator<Figure> {
  const page = await browser.newPage({ viewport: { width: 1100, height: 720 } });
  await page.goto(link);
  await page.getByRole('button', { name: /^Small/u }).waitFor();
  yield gzipped();
  yield await firstPaint(page);
  yield await opening(page);
  yield await scrolling(page);
  yield await searching(page);
  yield await typing(page, arrive, arriving);
}

/** All JavaScript of the page; what is fetched later included. */
function gzipped(): Figure {
  const assets = join(PAGE, 'assets');
  const bytes = readdirSync(assets)
    .filter((name) => name.endsWith('.js'))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).byteLength, 0);
  return {
    name: 'JavaScript of the page, gzipped',
    value: bytes / 1_000,
    unit: 'kB',
    bar: { atMost: BARS.gzippedKilobytes },
  };
}

/** Of five loads the median: from the start of the navigation to the first contentful paint. */
async function firstPaint(page: Page): Promise<Figure> {
  const times: number[] = [];
  for (let load = 0; load < 5; load += 1) {
    await page.reload();
    await page.getByRole('button', { name: /^Small/u }).waitFor();
    times.push(
      await page.evaluate(
        () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity,
      ),
    );
  }
  return {
    name: 'first contentful paint, median of five loads',
    value: median(times),
    unit: 'ms',
    bar: { atMost: BARS.firstPaint },
  };
}

/** From the click to the frame that shows the newest messages; of five times the median. */
async function opening(page: Page): Promise<Figure> {
  const times: number[] = [];
  for (let time = 0; time < 5; time += 1) {
    await page.reload();
    await page.getByRole('button', { name: /^Small/u }).click();
    await page.getByRole('heading', { name: 'Small' }).waitFor();
    times.push(
      await page.evaluate(async () => {
        const button = [...document.querySelectorAll<HTMLElement>('nav li button')].find((each) =>
          each.textContent.includes('Large'),
        );
        const began = performance.now();
        button?.click();
        for (;;) {
          await new Promise(requestAnimationFrame);
          const title = document.querySelector('main h2')?.textContent;
          if (title === 'Large' && document.querySelector('main article')) break;
        }
        return performance.now() - began;
      }),
    );
  }
  return {
    name: 'a large conversation opens, median of five times',
    value: median(times),
    unit: 'ms',
    bar: { atMost: BARS.open },
    note: `slowest ${Math.max(...times).toFixed(0)} ms`,
  };
}

/** By the wheel, up through pages that are fetched on the way: the longest time from one frame to the next. */
async function scrolling(page: Page): Promise<Figure> {
  await page.evaluate(() => {
    const frames = globalThis as unknown as { gaps: number[]; stop: boolean };
    frames.gaps = [];
    frames.stop = false;
    let before = performance.now();
    const next = (now: number) => {
      frames.gaps.push(now - before);
      before = now;
      if (!frames.stop) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await page.locator('main article').first().hover();
  // Two notches of a wheel in each frame, faster than anybody reads.
  for (let scroll = 0; scroll < SCROLLS; scroll += 1) {
    await page.mouse.wheel(0, -240);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  const gaps = await page.evaluate(() => {
    const frames = globalThis as unknown as { gaps: number[]; stop: boolean };
    frames.stop = true;
    // The first ones are of the measurement itself.
    return frames.gaps.slice(2).sort((a, b) => a - b);
  });
  return {
    name: 'scrolling, the longest frame',
    value: gaps.at(-1) ?? 0,
    unit: 'ms',
    bar: { atMost: BARS.frame },
    note: `${gaps.length} frames, 99th percentile ${(gaps[Math.floor(gaps.length * 0.99)] ?? 0).toFixed(0)} ms`,
  };
}

/** From a key to the frame with its hits; the pause in which further keys are waited for is part of it. */
async function searching(page: Page): Promise<Figure> {
  const times = await page.evaluate(async () => {
    const field = document.querySelector<HTMLInputElement>('search input');
    if (!field) return [];
    const found: number[] = [];
    for (const text of ['nu', 'num', 'numb', 'numbe', 'number', 'number 9', 'number 99', 'x']) {
      const results = () => document.querySelector('.results')?.getAttribute('aria-busy');
      field.value = text;
      const began = performance.now();
      field.dispatchEvent(new Event('input', { bubbles: true }));
      do await new Promise(requestAnimationFrame);
      while (results() !== 'false');
      found.push(performance.now() - began);
    }
    return found;
  });
  await page.locator('search input').fill('');
  return {
    name: 'search as it is typed, the slowest of eight',
    value: Math.max(...times),
    unit: 'ms',
    bar: { atMost: BARS.search },
    note: times.map((time) => time.toFixed(0)).join(', '),
  };
}

/** From the key to the frame that has its letter, while messages arrive in the conversation that is shown. */
async function typing(page: Page, arrive: () => Promise<void>, arriving: number): Promise<Figure> {
  await page.getByLabel('Write a message').click();
  await page.evaluate(() => {
    const typed = globalThis as unknown as { keys: number[] };
    typed.keys = [];
    document.addEventListener(
      'keydown',
      (event) => {
        const began = event.timeStamp;
        requestAnimationFrame(() => {
          // What is drawn in this frame is on the screen when the next task runs.
          globalThis.setTimeout(() => typed.keys.push(performance.now() - began));
        });
      },
      true,
    );
  });
  const over = new AbortController();
  const writing = arrive().finally(() => over.abort());
  for (let keys = 0; !over.signal.aborted; keys += 1) {
    await page.keyboard.press(String.fromCharCode(97 + (keys % 26)));
    await setTimeout(KEY_MS);
    if (keys % 200 === 199) await page.getByLabel('Write a message').fill('');
  }
  await writing;
  const times = await page.evaluate(() =>
    (globalThis as unknown as { keys: number[] }).keys.sort((a, b) => a - b),
  );
  return {
    name: `typing while ${arriving} messages arrive, 99th percentile`,
    value: times[Math.floor(times.length * 0.99)] ?? Infinity,
    unit: 'ms',
    bar: { atMost: BARS.key },
    note: `${times.length} keys, median ${median(times).toFixed(0)} ms, slowest ${(times.at(-1) ?? 0).toFixed(0)} ms`,
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;
}

/** By an import, which is the fastest way in; they stand at the end of the conversation. */
async function write(
  folder: string,
  api: ApiClient,
  conversation: string,
  count: number,
): Promise<void> {
  const begin = Date.now();
  const messages = Array.from({ length: count }, (_, number) => ({
    writtenAt: begin + number,
    text: `number ${number}: some text that is *long* enough to count, and to break into a line or two`,
  }));
  const conversations = [{ name: conversation, messages }];
  const over = new Promise<ImportState>((resolve) => {
    api.onEvent((event) => {
      if (event.kind === 'import' && event.import.kind !== 'running') resolve(event.import);
    });
  });
  await ask(folder, '/import?name=bench.json', {
    method: 'POST',
    body: JSON.stringify({ format: 'reunion-export', version: 1, conversations }),
  });
  const state = await over;
  if (state.kind !== 'done') throw new Error(`the import ended as ${state.kind}`);
}

async function ready(child: ChildProcess): Promise<void> {
  if (!child.stdout) throw new Error('a process without output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('page ')) continue;
    child.stdout.resume();
    return;
  }
  throw new Error('the device ended before it was ready');
}
