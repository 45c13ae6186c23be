import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebServer } from '../../main/headless/web-server.ts';
import { ONE_TIME_MS } from '../../main/headless/web/one-time.ts';
import { bytesOf, chunks, sha256 } from '../helpers/files.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { OwnDevice } from '../helpers/own-devices.ts';
import { openLink, pageClient } from '../helpers/page-client.ts';
import { temporaryFolder } from '../helpers/processes.ts';

async function served() {
  const device = await OwnDevice.start('A', '', { relays: [] });
  await device.send('hello');
  const clock = new ManualClock();
  const server = await WebServer.start(0, temporaryFolder(), clock);
  onTestFinished(() => server.close());
  server.show(device.service);
  const origin = server.address.slice(0, -1);
  const session = await openLink(server.createLink().link);
  if (!session) throw new Error('the link was refused');
  const client = await pageClient(origin, session);
  onTestFinished(() => client.close());
  const ticketFor = async (method: 'GET' | 'POST', path: string) =>
    (await client.call('contentTicket', { method, path })).ticket ?? '';
  /** What the page sends with a POST. */
  const headers = async (path: string) => ({
    origin,
    authorization: `Ticket ${await ticketFor('POST', path)}`,
  });
  const staged = () => readdirSync(join(device.folder, 'added-files'));
  return { device, origin, clock, server, session, client, ticketFor, headers, staged };
}

const content = bytesOf(chunks(2) + 5);
const someFile = `/files/${'a'.repeat(64)}`;

test('a page adds a file by a ticket that it has asked for, and gets it back by others', async () => {
  const { device, origin, ticketFor, headers } = await served();
  const post = await fetch(`${origin}/files`, {
    ...{ method: 'POST', body: Buffer.from(content) },
    headers: await headers('/files'),
  });
  expect(post.status).toBe(201);
  const added = (await post.json()) as { id: string; bytes: number };
  expect(added).toEqual({ id: sha256(content), bytes: content.byteLength });
  const path = `/files/${added.id}?name=a.png&type=image/png&inline=1`;
  const get = async (range: Record<string, string> = {}) =>
    fetch(`${origin}${path}&ticket=${await ticketFor('GET', path)}`, { headers: range });
  // It is in no message yet.
  expect((await get()).status).toBe(404);
  const attachments = [{ id: added.id, name: 'a.png', mediaType: 'image/png' }];
  await device.commands.send({ conversation: 'Notes', text: '', attachments });
  const got = await get();
  expect(got.status).toBe(200);
  expect(got.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
  expect(got.headers.get('content-type')).toBe('image/png');
  expect(got.headers.get('cache-control')).toBe('no-store');
  expect(Buffer.compare(Buffer.from(await got.arrayBuffer()), content)).toBe(0);
  const part = await get({ range: 'bytes=10-19' });
  expect(part.status).toBe(206);
  expect(new Uint8Array(await part.arrayBuffer())).toEqual(content.slice(10, 20));
});

test('a ticket is good once, for a minute, for the one request that it was made for', async () => {
  const { origin, clock, ticketFor, headers, client, session, server } = await served();
  const status = async (url: string, init?: RequestInit) =>
    (await fetch(`${origin}${url}`, init)).status;
  const ticket = await ticketFor('GET', '/export?format=json');
  expect(await status(`/export?format=json&ticket=${ticket}`)).toBe(200);
  expect(await status(`/export?format=json&ticket=${ticket}`)).toBe(401);

  const other = await ticketFor('GET', '/export?format=json');
  expect(await status(`/export?format=markdown&ticket=${other}`)).toBe(401);
  // Tried for something else, it is used up all the same.
  expect(await status(`/export?format=json&ticket=${other}`)).toBe(401);
  const forBackup = await ticketFor('GET', '/backup');
  expect(await status(`${someFile}?ticket=${forBackup}`)).toBe(401);
  const forGet = await ticketFor('GET', '/files');
  const asPost = { origin, authorization: `Ticket ${forGet}` };
  expect(await status('/files', { method: 'POST', body: 'x', headers: asPost })).toBe(401);

  const late = await ticketFor('GET', '/backup');
  clock.advance(ONE_TIME_MS);
  expect(await status(`/backup?ticket=${late}`)).toBe(401);

  const ended = await ticketFor('GET', '/backup');
  const endedPost = await headers('/files');
  await client.call('endWebSession', { session: session.id }).catch(() => undefined);
  expect(await status(`/backup?ticket=${ended}`)).toBe(401);
  expect(await status('/files', { method: 'POST', body: 'x', headers: endedPost })).toBe(401);
  expect(server.sessions.list()).toEqual([]);
});

test('nobody else adds or reads anything', async () => {
  const { origin, headers, ticketFor, session, staged } = await served();
  const post = async (path: string, given: Record<string, string>) =>
    (await fetch(`${origin}${path}`, { method: 'POST', body: 'x', headers: given })).status;
  const { id, secret } = session;
  for (const path of ['/files', '/import?name=a.txt', '/restore']) {
    expect(await post(path, {})).toBe(401);
    expect(await post(path, { origin })).toBe(401);
    for (const authorization of ['Ticket wrong', `Bearer ${secret}`, `Ticket ${secret}`, id]) {
      expect(await post(path, { origin, authorization })).toBe(401);
    }
    // A form or a script of another site says where it comes from, or nothing; the ticket does not help it.
    const good = await headers(path);
    expect(await post(path, { ...good, origin: 'http://evil.example' })).toBe(401);
    expect(await post(path, { ...good, origin: 'null' })).toBe(401);
    expect(await post(path, { authorization: good.authorization })).toBe(401);
    expect(await post(path, { ...good, 'sec-fetch-site': 'same-site' })).toBe(401);
    expect(await post(path, { ...good, cookie: `reunion=${secret}` })).not.toBe(401);
    expect(await post(path, good)).toBe(401);
  }
  expect(staged()).toHaveLength(1);
  for (const path of [someFile, '/export?format=json', '/backup']) {
    const get = async (query: string, given: Record<string, string> = {}) =>
      (await fetch(`${origin}${path}${path.includes('?') ? '&' : '?'}${query}`, { headers: given }))
        .status;
    expect(await get('')).toBe(401);
    expect(await get(`ticket=${secret}`)).toBe(401);
    expect(await get('', { cookie: `reunion=${secret}` })).toBe(401);
    const ticket = await ticketFor('GET', path);
    expect(await get(`ticket=${ticket}`, { 'sec-fetch-site': 'cross-site' })).toBe(401);
    expect(await get(`ticket=${ticket}`, { origin: 'http://127.0.0.1:1' })).toBe(401);
  }
  const path = `${someFile}?ticket=${await ticketFor('GET', someFile)}`;
  const strange = await new Promise<number | undefined>((resolve, reject) => {
    const asked = request(`${origin}${path}`, { headers: { host: 'evil.example' } });
    asked.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject);
    asked.end();
  });
  expect(strange).toBe(403);
});

test('an upload that is cut off leaves nothing', async () => {
  const { origin, headers, staged } = await served();
  const cut = request(`${origin}/files`, {
    method: 'POST',
    headers: { ...(await headers('/files')), 'content-length': String(content.byteLength) },
  });
  cut.on('error', () => undefined);
  cut.write(content.subarray(0, chunks(1) + 1_000));
  await expect.poll(() => staged().length).toBe(1);
  cut.destroy();
  await expect.poll(() => staged()).toEqual([]);
});

test('a file that is too large is refused before it has come', async () => {
  const { origin, headers, staged } = await served();
  const given = { ...(await headers('/files')), 'content-length': String(5 * 2 ** 30) };
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const asked = request(`${origin}/files`, { method: 'POST', headers: given });
    asked.on('response', (response) => {
      resolve(response.statusCode);
      asked.destroy();
    });
    asked.on('error', reject);
    asked.flushHeaders();
  });
  expect(status).toBe(413);
  expect(staged()).toEqual([]);
});
