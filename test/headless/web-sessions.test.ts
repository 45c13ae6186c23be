import { request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { browserName } from '../../main/headless/web/browser-name.ts';
import { ONE_TIME_MS } from '../../main/headless/web/one-time.ts';
import { IDLE_SESSION_MS } from '../../main/headless/web/web-sessions.ts';
import { WebServer } from '../../main/headless/web-server.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { OwnDevice } from '../helpers/own-devices.ts';
import { openLink, openSocket, pageClient } from '../helpers/page-client.ts';
import type { PageSession } from '../helpers/page-client.ts';
import { temporaryFolder } from '../helpers/processes.ts';

async function served() {
  const device = await OwnDevice.start('A', '', { relays: [] });
  const clock = new ManualClock();
  const server = await WebServer.start(0, temporaryFolder(), clock);
  onTestFinished(() => server.close());
  const service = server.show(device.service);
  const origin = server.address.slice(0, -1);
  const opened = async () => {
    const session = await openLink(server.createLink().link);
    if (!session) throw new Error('the link was refused');
    return session;
  };
  return { device, clock, server, service, origin, opened };
}

/** The status of the answer to the opening of a WebSocket that is not let in. */
async function refusal(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url.replace('http', 'ws'), { headers });
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode));
    socket.once('open', () => resolve(101));
    socket.once('error', () => undefined);
  });
}

test('a link is good once, and for a minute', async () => {
  const { clock, server, origin, opened } = await served();
  const { link, expiresAt } = server.createLink();
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/u);
  expect(expiresAt - clock.now()).toBe(ONE_TIME_MS);
  expect(await openLink(link)).toMatchObject({ id: expect.any(String) as string });
  expect(await openLink(link)).toBeUndefined();

  const old = server.createLink().link;
  clock.advance(ONE_TIME_MS - 1);
  const young = server.createLink().link;
  clock.advance(1);
  expect(await openLink(old)).toBeUndefined();
  expect(await openLink(young)).toBeDefined();
  expect(await openLink(`${origin}/#token=wrong`)).toBeUndefined();

  // What was never opened makes room.
  const first = server.createLink().link;
  for (let count = 0; count < 20; count += 1) server.createLink();
  expect(await openLink(first)).toBeUndefined();
  expect(await opened()).toBeDefined();
});

test('a link is opened by the page of this server alone', async () => {
  const { server, origin } = await served();
  const open = async (link: string, init: RequestInit, host?: string) => {
    const body = new URL(link).hash.replace('#token=', '');
    return new Promise<number | undefined>((resolve, reject) => {
      const headers = { ...(init.headers as Record<string, string>), ...(host && { host }) };
      const asked = request(`${origin}/session`, { method: init.method ?? 'POST', headers });
      asked.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject);
      asked.end(init.method === 'GET' ? undefined : body);
    });
  };
  const { link } = server.createLink();
  expect(await open(link, { headers: {} })).toBe(401);
  expect(await open(link, { headers: { origin: 'http://evil.example' } })).toBe(401);
  expect(await open(link, { headers: { origin: 'null' } })).toBe(401);
  const sameSite = { origin, 'sec-fetch-site': 'same-site' };
  expect(await open(link, { headers: sameSite })).toBe(401);
  expect(await open(link, { method: 'GET', headers: { origin } })).toBe(401);
  expect(await open(link, { headers: { origin: 'http://evil.example' } }, 'evil.example')).toBe(
    403,
  );
  // None of that has used it up.
  expect(await openLink(link)).toBeDefined();
});

test('a WebSocket is for a session that proves itself, and no other site has one opened', async () => {
  const { origin, opened } = await served();
  const { id, secret } = await opened();
  const url = `${origin}/?session=${id}`;
  expect(await refusal(origin, { origin })).toBe(401);
  expect(await refusal(`${origin}/?session=`, { origin })).toBe(401);
  expect(await refusal(`${origin}/?session=${secret}`, { origin })).toBe(401);
  expect(await refusal(`${origin}/?session=0000000000000000`, { origin })).toBe(401);
  expect(await refusal(url, {})).toBe(401);
  for (const foreign of ['http://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost']) {
    expect(await refusal(url, { origin: foreign })).toBe(401);
  }
  expect(await refusal(url, { origin, host: 'evil.example' })).toBe(401);
  const cookie = { cookie: `reunion-${new URL(origin).port}=${secret}` };
  expect(await refusal(origin, { origin, ...cookie })).toBe(401);

  // Its id is no secret, and lets nobody in.
  const wrong: PageSession = { id, secret: '00'.repeat(32) };
  await expect(openSocket(origin, wrong)).rejects.toThrow('the proof failed');
  const client = await pageClient(origin, { id, secret });
  expect((await client.call('status', {})).membership).toBe('new');
  client.close();
});

test('whoever skips the proof is answered nothing, and cut off', async () => {
  const { origin, opened } = await served();
  const { id } = await opened();
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/?session=${id}`, {
    headers: { origin },
  });
  const came: string[] = [];
  socket.on('message', (data: Buffer) => came.push(data.toString()));
  await new Promise((resolve) => socket.once('open', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.send('{"id":1,"command":"status","arguments":{}}');
  socket.send('{"id":2,"command":"conversations","arguments":{}}');
  await closed;
  // The greeting of the proof alone.
  expect(came).toEqual([expect.stringMatching(/^[0-9a-f]{128}$/u)]);
});

test('sessions are listed and ended, each alone or all together, and end at once', async () => {
  const { origin, opened, service } = await served();
  const [one, other] = [await opened(), await opened()];
  const client = await pageClient(origin, one);
  expect(await client.call('webSessions', {})).toMatchObject([
    { id: other.id, own: false },
    { id: one.id, own: true, lastSeenAt: null },
  ]);
  expect(await service.commands.webSessions({})).toMatchObject([{ own: false }, { own: false }]);
  // A page lets nobody else in.
  await expect(client.call('createWebLink', {})).rejects.toMatchObject({ code: 'forbidden' });
  await expect(client.call('endWebSession', { session: 'nobody' })).rejects.toMatchObject({
    code: 'not-found',
  });

  const closed = new Promise<void>((resolve) => client.onClose(resolve));
  await service.commands.endWebSession({ session: one.id });
  await closed;
  await expect(client.call('status', {})).rejects.toMatchObject({ code: 'connection-lost' });
  expect(await refusal(`${origin}/?session=${one.id}`, { origin })).toBe(401);
  expect((await fetch(`${origin}/session/${one.id}`)).status).toBe(401);
  expect((await fetch(`${origin}/session/${other.id}`)).status).toBe(204);
  expect(await service.commands.endWebSession({ session: 'all' })).toEqual([]);
  expect((await fetch(`${origin}/session/${other.id}`)).status).toBe(401);
});

test('a session that nobody was connected with for a day has ended; one that is open goes on', async () => {
  const { origin, clock, opened, server } = await served();
  const [open, closed] = [await opened(), await opened()];
  const client = await pageClient(origin, open);
  clock.advance(IDLE_SESSION_MS);
  expect(server.sessions.list().map(({ id }) => id)).toEqual([open.id]);
  expect(await refusal(`${origin}/?session=${closed.id}`, { origin })).toBe(401);
  const ended = new Promise<void>((resolve) => client.onClose(resolve));
  client.close();
  await ended;
  await expect.poll(() => server.sessions.list()[0]?.lastSeenAt).toBe(clock.now());
  clock.advance(IDLE_SESSION_MS - 1);
  expect(server.sessions.list()).toHaveLength(1);
  clock.advance(1);
  expect(server.sessions.list()).toEqual([]);
});

test('the page itself is shown to everybody, holds no secret, and sets no cookie', async () => {
  const { origin, opened } = await served();
  await opened();
  for (const path of ['/', '/session/abc', '/files', '/nowhere']) {
    const response = await fetch(`${origin}${path}`);
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  }
  expect((await fetch(origin, { method: 'POST' })).status).toBe(405);
});

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0',
    'Edge, Windows',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    'Safari, macOS',
  ],
  ['<b>curl</b>', 'Browser'],
])('a browser is named as a person knows it: %s', (userAgent, name) => {
  expect(browserName(userAgent)).toBe(name);
});
