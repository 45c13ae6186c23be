import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startWebServer } from '../../main/headless/web-server.ts';
import { bytesOf, chunks, sha256 } from '../helpers/files.ts';
import { OwnDevice } from '../helpers/own-devices.ts';
import { temporaryFolder } from '../helpers/processes.ts';

async function served() {
  const device = await OwnDevice.start('A', '', { relays: [] });
  await device.send('hello');
  const server = await startWebServer(device.service, 0, temporaryFolder());
  onTestFinished(() => server.close());
  const origin = `http://127.0.0.1:${server.port}`;
  const opened = await fetch(server.newLink() ?? '', { redirect: 'manual' });
  const [cookie = ''] = (opened.headers.get('set-cookie') ?? '').split(';');
  const staged = () => readdirSync(join(device.folder, 'added-files'));
  return { device, origin, cookie, token: server.commandToken, staged };
}

const content = bytesOf(chunks(2) + 5);

test('a browser with the cookie adds a file by a request of the page itself, and gets it back', async () => {
  const { device, origin, cookie } = await served();
  const post = await fetch(`${origin}/files`, {
    ...{ method: 'POST', body: Buffer.from(content) },
    headers: { cookie, origin },
  });
  expect(post.status).toBe(201);
  const added = (await post.json()) as { id: string; bytes: number };
  expect(added).toEqual({ id: sha256(content), bytes: content.byteLength });
  const url = `${origin}/files/${added.id}?name=a.png&type=image/png&inline=1`;
  // It is in no message yet.
  expect((await fetch(url, { headers: { cookie } })).status).toBe(404);
  const attachments = [{ id: added.id, name: 'a.png', mediaType: 'image/png' }];
  await device.commands.send({ conversation: 'Notes', text: '', attachments });
  const got = await fetch(url, { headers: { cookie } });
  expect(got.status).toBe(200);
  expect(got.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
  expect(got.headers.get('content-type')).toBe('image/png');
  expect(Buffer.compare(Buffer.from(await got.arrayBuffer()), content)).toBe(0);
  const part = await fetch(url, { headers: { cookie, range: 'bytes=10-19' } });
  expect(part.status).toBe(206);
  expect(new Uint8Array(await part.arrayBuffer())).toEqual(content.slice(10, 20));
});

test('nobody else adds or reads anything', async () => {
  const { origin, cookie, token, staged } = await served();
  const post = async (headers: Record<string, string>) =>
    (await fetch(`${origin}/files`, { method: 'POST', body: 'x', headers })).status;
  expect(await post({})).toBe(401);
  // A form of another site, which may bring the cookie along, says where it comes from, or nothing.
  expect(await post({ cookie, origin: 'http://evil.example' })).toBe(401);
  expect(await post({ cookie, origin: 'null' })).toBe(401);
  expect(await post({ cookie })).toBe(403);
  expect(await post({ authorization: 'Bearer wrong' })).toBe(401);
  expect(staged()).toEqual([]);
  expect(await post({ authorization: `Bearer ${token}` })).toBe(201);
  const id = 'a'.repeat(64);
  expect((await fetch(`${origin}/files/${id}`)).status).toBe(401);
  expect((await fetch(`${origin}/files/${id}`, { headers: { cookie } })).status).toBe(404);
  const strange = await new Promise<number | undefined>((resolve, reject) => {
    const asked = request(`${origin}/files/${id}`, {
      headers: { cookie, host: 'evil.example' },
    });
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
  const { origin, cookie, staged } = await served();
  const cut = request(`${origin}/files`, {
    method: 'POST',
    headers: { cookie, origin, 'content-length': String(content.byteLength) },
  });
  cut.on('error', () => undefined);
  cut.write(content.subarray(0, chunks(1) + 1_000));
  await expect.poll(() => staged().length).toBe(1);
  cut.destroy();
  await expect.poll(() => staged()).toEqual([]);
});

test('a file that is too large is refused before it has come', async () => {
  const { origin, cookie, staged } = await served();
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const asked = request(`${origin}/files`, {
      method: 'POST',
      headers: { cookie, origin, 'content-length': String(5 * 2 ** 30) },
    });
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
