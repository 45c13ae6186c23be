import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { nodeFlags } from '../../scripts/launch.mjs';
import { startBrowser } from '../helpers/browser.ts';
import { openPage, violations } from '../helpers/page.ts';
import { openLink } from '../helpers/page-client.ts';
import { reunion, RunningProcess, startDevice, temporaryFolder } from '../helpers/processes.ts';
import { apiOf } from '../helpers/watch.ts';

/** A program of somebody else on this computer: it notes whatever it gets, and lets everything in. */
async function foreignServer(port = 0): Promise<{
  readonly port: number;
  readonly got: string[];
}> {
  const got: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    got.push(`${request.method ?? ''} ${request.url ?? ''} ${JSON.stringify(request.rawHeaders)}`);
    request.on('data', (data: Buffer) => got.push(data.toString()));
    response.setHeader('Content-Type', 'text/html').end('<title>Foreign</title>');
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    got.push(`WebSocket ${request.url ?? ''} ${JSON.stringify(request.rawHeaders)}`);
    socket.on('message', (data: Buffer) => got.push(data.toString()));
    socket.send('ab'.repeat(64));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, got };
}

/** What the tab keeps of its session, word by word. */
async function secretsOf(page: Page): Promise<string[]> {
  const kept = await page.evaluate(() => JSON.stringify(Object.entries(sessionStorage)));
  const found = /([0-9a-f]{16}) ([0-9a-f]{64})/u.exec(kept);
  if (!found) throw new Error(`no session in ${kept}`);
  return found.slice(1);
}

test('a server on another port of 127.0.0.1 or of localhost gets no secret from the browser, and no cookie is there to be sent', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--name', 'Desk']);
  const api = await apiOf(folder);
  await api.call('createFirstDevice', { name: 'Desk' });
  await api.call('send', { conversation: 'Notes', text: 'for these eyes alone' });
  const link = await device.link();
  const page = await openPage(await startBrowser(), link, { expected: /./u });
  await page.getByRole('article').getByText('for these eyes alone').waitFor();
  const own = page.url();
  expect(own).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/u);
  const secrets = [...(await secretsOf(page)), new URL(link).hash.slice('#token='.length)];
  expect(await page.context().cookies()).toEqual([]);

  const foreign = await foreignServer();
  for (const host of ['127.0.0.1', 'localhost']) {
    const site = `http://${host}:${foreign.port}/`;
    // In a tab of its own, as a person follows a link, and in the very tab of the page.
    for (const tab of [await page.context().newPage(), page]) {
      await tab.goto(site);
      const reached = await tab.evaluate(async (target) => {
        const found: string[] = [JSON.stringify(Object.entries(sessionStorage)), document.cookie];
        for (const path of ['export?format=json', 'backup', 'session', '']) {
          const response = await fetch(`${target}${path}`, { credentials: 'include' }).catch(
            () => undefined,
          );
          if (response) found.push(await response.text());
        }
        await new Promise((resolve) => {
          const socket = new WebSocket(`${target.replace('http', 'ws')}?session=0`);
          socket.onmessage = ({ data }) => found.push(String(data));
          socket.onclose = resolve;
        });
        await fetch('./collect', { method: 'POST', body: found.join(), credentials: 'include' });
        return found;
      }, own);
      expect(reached).toEqual(['[]', '']);
    }
    await page.goto(own);
    await page.getByRole('article').getByText('for these eyes alone').waitFor();
  }
  expect(foreign.got.length).toBeGreaterThan(8);
  for (const secret of secrets) expect(foreign.got.join('\n')).not.toContain(secret);
  expect(foreign.got.join('\n')).not.toMatch(/cookie|authorization|for these eyes/iu);
  expect(await page.context().cookies()).toEqual([]);
});

test('a program that takes the port of a device that was killed learns nothing from the page that is still open', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--name', 'Desk']);
  const api = await apiOf(folder);
  await api.call('createFirstDevice', { name: 'Desk' });
  await api.call('send', { conversation: 'Notes', text: 'hello' });
  const page = await openPage(await startBrowser(), await device.link(), { expected: /./u });
  await page.getByRole('article').getByText('hello').waitFor();
  const [, secret = ''] = await secretsOf(page);
  await page.getByLabel('Write a message').click();
  await device.process.kill('SIGKILL');
  await page.getByRole('alert').getByText('Reunion is not running').waitFor();
  await page.keyboard.type('written after the crash');
  const foreign = await foreignServer(Number(new URL(page.url()).port));
  await expect
    .poll(() => foreign.got.filter((each) => each.startsWith('WebSocket')).length, {
      timeout: 15_000,
    })
    .toBeGreaterThan(1);
  await page.keyboard.press('Enter');
  const all = foreign.got.join('\n');
  expect(all).not.toContain(secret);
  expect(all).not.toContain('written after');
  expect(all).not.toContain('command');
  expect(all).not.toMatch(/cookie|authorization/iu);
});

test('neither the arguments of any process nor what is printed to no terminal ever hold a link', async () => {
  const [folder, programs] = [temporaryFolder(), temporaryFolder()];
  // What opens the browser on Linux: it notes what it was given, and reads the file as a browser does.
  const [given, seen] = [join(programs, 'given'), join(programs, 'seen')];
  const opener = join(programs, 'xdg-open');
  writeFileSync(
    opener,
    `#!/bin/sh\ncp "$(echo "$1" | sed 's#^file://##')" ${seen}\nps -ww -eo args > ${given}.all\necho "$@" > ${given}\n`,
  );
  chmodSync(opener, 0o755);
  const path = `${programs}:${process.env.PATH ?? ''}`;
  const args = ['device', '--data', folder, '--no-lan', '--no-direct', '--open'];
  const device = new RunningProcess(args, undefined, { PATH: path });
  await device.line(/^To open it, get a link: reunion web --data /u);
  await expect.poll(() => existsSync(given), { timeout: 15_000 }).toBe(true);
  const [link = '', token = ''] =
    /http:\/\/127\.0\.0\.1:\d+\/#token=([\w-]{43})/u.exec(readFileSync(seen, 'utf8')) ?? [];
  expect(token).not.toBe('');
  const [name = ''] = readdirSync(join(folder, 'control')).filter((each) => each.endsWith('.html'));
  const file = join(folder, 'control', name);
  expect(readFileSync(given, 'utf8').trim()).toBe(`file://${file}`);
  expect(lstatSync(file).mode & 0o777).toBe(0o600);
  const processes = readFileSync(`${given}.all`, 'utf8');
  expect(processes).toContain('xdg-open');
  expect(processes).not.toContain(token);

  // A browser is led on by the file, which goes when the link has been opened.
  const page = await (await startBrowser()).newPage();
  await page.goto(`file://${file}`);
  await page.getByRole('button', { name: 'This is my first device' }).waitFor();
  expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/u);
  expect(existsSync(file)).toBe(false);
  expect(await openLink(link)).toBeUndefined();

  const [, secret = ''] = await secretsOf(page);
  const other = (await reunion(['web', '--data', folder])).stdout;
  expect(other).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/u);
  const control = readFileSync(join(folder, 'control', 'secret'), 'utf8');
  const finished = await device.kill('SIGTERM');
  for (const each of [token, secret, control, 'token', other.slice(-43)]) {
    expect(finished.stdout + finished.stderr).not.toContain(each);
  }
  expect(finished).toMatchObject({ code: 0, stderr: '' });
});

test('a link on a terminal is good, and says for how long', async () => {
  const folder = temporaryFolder();
  const program = join(import.meta.dirname, '../../dist/reunion.mjs');
  const command = [process.execPath, ...nodeFlags, program, 'device', '--data', folder, '--no-lan'];
  const child = spawn('script', [
    '-qec',
    command.map((each) => `'${each}'`).join(' '),
    '/dev/null',
  ]);
  let shown = '';
  const told = new Promise<void>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      shown += data.toString();
      if (shown.includes('For another one')) resolve();
    });
  });
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  await told;
  const [, link = ''] = /page (http\S+)/u.exec(shown) ?? [];
  expect(await openLink(link)).toBeDefined();
  expect(await openLink(link)).toBeUndefined();
});

test('a tab keeps its session over a reload; one without, with an old link or an ended session says what to do', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--name', 'Desk']);
  const api = await apiOf(folder);
  await api.call('createFirstDevice', { name: 'Desk' });
  await api.call('send', { conversation: 'Notes', text: 'hello' });
  const link = await device.link();
  const browser = await startBrowser();
  const page = await openPage(browser, link, { expected: /401|WebSocket/u });
  await page.getByRole('article').getByText('hello').waitFor();
  await page.reload();
  await page.getByRole('article').getByText('hello').waitFor();

  const tab = await page.context().newPage();
  await tab.goto(page.url());
  await tab.getByRole('heading', { name: 'Open this page by a link' }).waitFor();
  expect(await tab.getByText('hello').count()).toBe(0);
  await tab.goto(link);
  await tab.getByRole('heading', { name: 'This link no longer works' }).waitFor();
  expect(tab.url()).not.toContain('token');
  await tab.getByText('reunion web', { exact: true }).waitFor();
  expect(await violations(tab)).toEqual([]);
  // A new link in the same tab, which changes no more of its address than what follows the #.
  await tab.goto(await device.link());
  await tab.getByRole('article').getByText('hello').waitFor();

  const listed = async () =>
    JSON.parse((await reunion(['web', '--data', folder, '--sessions', '--json'])).stdout) as {
      id: string;
      browser: string;
    }[];
  const sessions = await listed();
  expect(sessions.map(({ browser: name }) => name)).toEqual(['Chrome, Linux', 'Chrome, Linux']);
  const text = await reunion(['web', '--data', folder, '--sessions']);
  expect(text.stdout.split('\n')).toEqual([
    expect.stringMatching(/^[0-9a-f]{16} {2}Chrome, Linux {2}since .* {2}open now$/u),
    expect.stringMatching(/^[0-9a-f]{16} {2}Chrome, Linux {2}since .* {2}open now$/u),
  ]);

  // In the settings of one tab, the other is ended.
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('tab', { name: 'Keys' }).click();
  const list = page.getByRole('list', { name: 'Browsers that may use this page' });
  const other = list.getByRole('listitem').filter({ hasNotText: 'this tab' });
  await other.getByRole('button', { name: 'End the session of Chrome, Linux' }).click();
  await tab.getByRole('heading', { name: 'This session has ended' }).waitFor();
  expect(await tab.getByText('hello').count()).toBe(0);
  await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
  await tab.reload();
  await tab.getByRole('heading', { name: 'Open this page by a link' }).waitFor();

  expect(await reunion(['web', '--data', folder, '--end', 'nobody'])).toMatchObject({ code: 1 });
  expect(await reunion(['web', '--data', folder, '--end', 'all'])).toMatchObject({ code: 0 });
  await page.getByRole('heading', { name: 'This session has ended' }).waitFor();
  expect(await listed()).toEqual([]);
});

test('what a person writes out is theirs alone, is new, and follows no link', async () => {
  const [folder, out] = [temporaryFolder(), temporaryFolder()];
  chmodSync(out, 0o777);
  const device = await startDevice(folder, ['--web', 'off']);
  const before = process.umask(0o022);
  onTestFinished(() => void process.umask(before));
  const note = join(out, 'note.txt');
  writeFileSync(note, 'a private note');
  expect(
    await reunion(['send', '--data', folder, '--conversation', 'Notes', '--file', note]),
  ).toMatchObject({ code: 0 });
  const modeOf = (path: string) => lstatSync(path).mode & 0o777;
  const files = JSON.parse((await reunion(['files', '--data', folder, '--json'])).stdout) as {
    id: string;
  }[];
  const id = files[0]?.id ?? '';

  const [save, exported] = [join(out, 'saved.txt'), join(out, 'all.json')];
  expect(await reunion(['files', 'save', '--data', folder, id, save])).toMatchObject({ code: 0 });
  expect(await reunion(['export', '--data', folder, exported])).toMatchObject({ code: 0 });
  expect([modeOf(save), modeOf(exported)]).toEqual([0o600, 0o600]);

  // What somebody else has put there: a file of another mode, a link to a file, a link to nowhere.
  const [victim, link, dangling] = [join(out, 'victim'), join(out, 'link'), join(out, 'dangling')];
  writeFileSync(victim, 'left alone', { mode: 0o644 });
  symlinkSync(victim, link);
  symlinkSync(join(out, 'nowhere'), dangling);
  for (const target of [victim, link, dangling]) {
    const refused = await reunion(['export', '--data', folder, target]);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('is there already');
  }
  expect(readFileSync(victim, 'utf8')).toBe('left alone');
  for (const target of [link, dangling]) {
    const replaced = await reunion(['files', 'save', '--data', folder, '--force', id, target]);
    expect(replaced).toMatchObject({ code: 0 });
    expect([lstatSync(target).isFile(), modeOf(target)]).toEqual([true, 0o600]);
  }
  expect(readFileSync(victim, 'utf8')).toBe('left alone');
  expect(existsSync(join(out, 'nowhere'))).toBe(false);
  await reunion(['export', '--data', folder, '--force', victim]);
  expect(modeOf(victim)).toBe(0o600);

  expect(await reunion(['keys', 'phrase', '--data', folder, '--yes'])).toMatchObject({ code: 0 });
  await device.process.kill('SIGTERM');
  const backup = join(out, 'backup.db');
  writeFileSync(`${backup}.victim`, 'left alone', { mode: 0o644 });
  symlinkSync(`${backup}.victim`, `${backup}.recovery`);
  expect(await reunion(['store', 'backup', '--data', folder, backup])).toMatchObject({ code: 0 });
  expect([modeOf(backup), modeOf(`${backup}.recovery`)]).toEqual([0o600, 0o600]);
  expect(readFileSync(`${backup}.victim`, 'utf8')).toBe('left alone');
  expect(readdirSync(out).filter((name) => /part|new|draft/u.test(name))).toEqual([]);
});

test('a code or link comes by standard input; as an argument it is taken with a word of warning', async () => {
  const folder = temporaryFolder();
  await startDevice(folder, ['--web', 'off']);
  const byInput = await reunion(['join', '--data', folder, '-'], 'reunion:abc\n');
  expect(byInput).toMatchObject({ code: 1 });
  expect(byInput.stderr).toMatch(/^reunion: This is not a Reunion link[^\n]*\n$/u);
  const asArgument = await reunion(['join', '--data', folder, 'reunion:abc']);
  expect(asArgument.stderr).toMatch(
    /^Every user of this computer can see the arguments of a program\. [^\n]+\nreunion: This is not a/u,
  );
  const nothing = await reunion(['join', '--data', folder]);
  expect(nothing).toMatchObject({ code: 2 });
  expect(nothing.stderr).toContain('standard input with -');
  expect(await reunion(['join', '--data', folder, '-'], '\n')).toMatchObject({ code: 1 });

  const help = (await reunion(['join', '--help'])).stdout;
  expect(help).toContain('[code|link]');
  const passphrase = temporaryFolder();
  const made = new RunningProcess([
    ...['device', '--data', passphrase, '--no-lan', '--web', 'off', '--passphrase-file', '-'],
  ]);
  made.child.stdin?.end('correct horse battery staple\n');
  await made.line(/^ready /u);
  await made.kill('SIGTERM');
  const [right, wrong] = ['correct horse battery staple\n', 'another\n'];
  const check = (input: string) =>
    reunion(['store', 'check', '--data', passphrase, '--passphrase-file', '-'], input);
  expect(await check(right)).toMatchObject({ code: 0 });
  expect(await check(wrong)).toMatchObject({ code: 1 });
});
