import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import type { IpcMain, WebContents } from 'electron';
import { describe, expect, it } from 'vitest';
import { CONTENT_SECURITY_POLICY } from '../../main/api/page-policy.ts';
import { ANSWER_CHANNEL } from '../../main/desktop/channels.ts';
import { PASSPHRASE_URL } from '../../main/desktop/page.ts';
import {
  askedProtection,
  PassphraseCancelledError,
} from '../../main/desktop/passphrase/asked-protection.ts';
import type { Answer, Question } from '../../main/desktop/passphrase/question.ts';
import { PassphraseWindow } from '../../main/desktop/passphrase/window.ts';
import type { QuestionWindow } from '../../main/desktop/passphrase/window.ts';
import { openKeys } from '../../main/identity/keys.ts';
import { startBrowser } from '../helpers/browser.ts';
import { temporaryFolder } from '../helpers/processes.ts';
import { emitting } from './doubles.ts';

/** What a guess costs here: nothing, so that the test is quick. */
const CHEAP = { memoryKiB: 8, passes: 1, lanes: 1 };

/** Answers questions in turn; those that were asked are kept. */
function person(...answers: readonly string[]) {
  const asked: Question[] = [];
  const left = [...answers];
  const ask = async (question: Question) => {
    asked.push(question);
    const next = left.shift();
    if (next === undefined) throw new PassphraseCancelledError();
    return next;
  };
  return { asked, ways: [askedProtection(ask, CHEAP)] };
}

describe('keys under a passphrase that the app asks for', () => {
  it('are made with a new one, which is typed once for that, and opened with it', async () => {
    const folder = temporaryFolder();
    const first = person('correct horse');
    const made = await openKeys(folder, false, first.ways);
    expect(first.asked).toEqual([{ kind: 'new', wrong: false }]);
    const second = person('correct horse');
    expect((await openKeys(folder, true, second.ways)).peerId).toBe(made.peerId);
    expect(second.asked).toEqual([{ kind: 'open', wrong: false }]);
  });

  it('are asked for again until it fits', async () => {
    const folder = temporaryFolder();
    await openKeys(folder, false, person('green otters paint').ways);
    const { asked, ways } = person('wrong', 'wrong again', 'green otters paint');
    await openKeys(folder, true, ways);
    expect(asked.map(({ wrong }) => wrong)).toEqual([false, true, true]);
  });

  it('are put under none that is easy to guess, and the person is told why', async () => {
    const { asked, ways } = person('x', 'password1', 'green otters paint');
    await openKeys(temporaryFolder(), false, ways);
    expect(asked).toEqual([
      { kind: 'new', wrong: false },
      {
        kind: 'new',
        wrong: false,
        weakness: expect.stringMatching(/^This passphrase is/u) as string,
      },
      {
        kind: 'new',
        wrong: false,
        weakness:
          'This passphrase is too easy to guess. This is a commonly used password. Add more words that are less common.',
      },
    ]);
  });

  it('are left alone where the person gives up', async () => {
    const folder = temporaryFolder();
    await expect(openKeys(folder, false, person().ways)).rejects.toThrow(PassphraseCancelledError);
    await openKeys(folder, false, person('green otters paint').ways);
    const { ways } = person('wrong');
    await expect(openKeys(folder, true, ways)).rejects.toThrow(PassphraseCancelledError);
  });
});

describe('the window that asks', () => {
  function scene() {
    const done: string[] = [];
    const questions: unknown[] = [];
    const ipc = emitting<Pick<IpcMain, 'on' | 'off'>>({});
    const mainFrame = { url: PASSPHRASE_URL };
    const contents = emitting<Pick<WebContents, 'on' | 'once' | 'send'>>({
      send: (_channel, question: unknown) => void questions.push(question),
    });
    Object.assign(contents, { mainFrame });
    const window = emitting<QuestionWindow>({
      loadURL: async (url) => void done.push(url),
      show: () => void done.push('show'),
      close: () => void window.emit('closed'),
      webContents: contents as unknown as WebContents,
    });
    const asking = new PassphraseWindow(() => window, ipc);
    const answer = (given: Answer, senderFrame: object = mainFrame) =>
      ipc.emit(ANSWER_CHANNEL, { senderFrame }, given);
    return { done, questions, window, asking, answer };
  }

  it('is one window for question after question', async () => {
    const { done, questions, asking, answer } = scene();
    const first = asking.ask({ kind: 'open', wrong: false });
    answer({ kind: 'ready' });
    answer({ kind: 'typed', passphrase: 'a' });
    expect(await first).toBe('a');
    const second = asking.ask({ kind: 'open', wrong: true });
    answer({ kind: 'typed', passphrase: 'b' });
    expect(await second).toBe('b');
    expect(questions.map((question) => (question as Question).wrong)).toEqual([false, true]);
    expect(done).toEqual([PASSPHRASE_URL, 'show']);
    asking.close();
  });

  it('gives up where the person quits or closes it, and hears no other page', async () => {
    for (const end of ['cancel', 'close'] as const) {
      const { window, asking, answer } = scene();
      const asked = asking.ask({ kind: 'open', wrong: false });
      answer({ kind: 'typed', passphrase: 'x' }, { url: PASSPHRASE_URL });
      answer({ kind: 'typed', passphrase: '' });
      if (end === 'cancel') answer({ kind: 'cancelled' });
      else window.emit('closed');
      await expect(asked).rejects.toThrow(PassphraseCancelledError);
    }
  });
});

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

it('its page takes a new passphrase twice, says what is wrong, and passes on what was typed', async () => {
  const browser = await startBrowser();
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const folder = resolve(import.meta.dirname, '../../dist/desktop/passphrase');
  await page.route('https://passphrase.example/**', async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    await route.fulfill({
      body: readFileSync(resolve(folder, name)),
      contentType: TYPES[extname(name)] ?? 'application/octet-stream',
      headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
    });
  });
  // Stands in for the preload script.
  await page.addInitScript(() => {
    const answers: unknown[] = [];
    Object.assign(window, {
      answers,
      reunionPassphrase: {
        onQuestion: (listener: unknown) => Object.assign(window, { ask: listener }),
        answer: (given: unknown) => answers.push(given),
      },
    });
  });
  await page.goto('https://passphrase.example/index.html');
  const answers = () => page.evaluate(() => (window as unknown as { answers: Answer[] }).answers);
  const ask = (question: Question) =>
    page.evaluate(
      (asked) => (window as unknown as { ask: (question: Question) => void }).ask(asked),
      question,
    );
  expect(await answers()).toEqual([{ kind: 'ready' }]);

  await ask({ kind: 'new', wrong: false });
  await page.getByLabel('Passphrase', { exact: true }).fill('correct horse');
  await page.getByLabel('The same again').fill('correct house');
  await page.getByRole('button', { name: 'Use this passphrase' }).click();
  await page.getByRole('alert').getByText('not the same').waitFor();
  await page.getByLabel('The same again').fill('correct horse');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('One moment').waitFor();
  expect(await page.getByRole('button', { name: 'Use this passphrase' }).isDisabled()).toBe(true);

  await ask({ kind: 'open', wrong: true });
  await page.getByRole('alert').getByText('That is not the passphrase.').waitFor();
  expect(await page.getByLabel('The same again').isVisible()).toBe(false);
  expect(await page.getByLabel('Passphrase', { exact: true }).inputValue()).toBe('');
  await page.keyboard.type('battery staple');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Quit' }).click();
  expect(await answers()).toEqual([
    { kind: 'ready' },
    { kind: 'typed', passphrase: 'correct horse' },
    { kind: 'typed', passphrase: 'battery staple' },
    { kind: 'cancelled' },
  ]);
  expect(complaints).toEqual([]);
});
