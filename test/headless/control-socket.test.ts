import {
  chmodSync,
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ask } from '../../main/headless/content.ts';
import { connectToDevice } from '../../main/headless/control/control-client.ts';
import { controlFolder, makeControlPlace } from '../../main/headless/control/control-folder.ts';
import { SOCKET_PATH_BYTES_MAX, withShortPath } from '../../main/headless/control/short-path.ts';
import { reunion, startDevice, temporaryFolder } from '../helpers/processes.ts';

/** A program that has taken the place of a device: it notes every byte that it gets, and says `greeting`. */
async function foreignServer(path: string | number, greeting = ''): Promise<{ got: Buffer[] }> {
  const got: Buffer[] = [];
  const server: Server = createServer((socket) => {
    socket.on('data', (data: Buffer) => got.push(data));
    socket.on('error', () => undefined);
    if (greeting !== '') socket.write(greeting);
  });
  if (typeof path === 'number') server.listen(path, '127.0.0.1');
  else await withShortPath(path, async (short) => void server.listen(short));
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { got };
}

const SEND = ['send', '--conversation', 'Notes', 'written after the crash'];
const [command = '', ...rest] = SEND;

test('a program in the place of a device that was killed gets not one byte, and the command line says that none runs', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, []);
  const [, port] = await device.process.line(/^page http:\/\/127\.0\.0\.1:(\d+)\/$/u);
  await device.process.kill('SIGKILL');
  const socket = join(controlFolder(folder), 'socket');
  expect(existsSync(socket)).toBe(true);
  const call = () => reunion([command, '--data', folder, ...rest]);
  const refused = {
    code: 3,
    stdout: '',
    stderr: expect.stringMatching(/^reunion: No device is running on/u) as string,
  };
  // Nobody listens there any more.
  expect(await call()).toEqual(refused);

  rmSync(socket);
  const silent = await foreignServer(socket);
  const onPort = await foreignServer(Number(port));
  // What earlier versions left there, and went by.
  writeFileSync(join(folder, 'api.json'), JSON.stringify({ port: Number(port), token: 'x' }));
  const started = performance.now();
  expect(await call()).toEqual(refused);
  expect(performance.now() - started).toBeLessThan(20_000);
  expect([silent.got, onPort.got]).toEqual([[], []]);

  rmSync(socket);
  const talking = await foreignServer(socket, `${'ab'.repeat(64)}\nHTTP/1.1 200 OK\r\n\r\n`);
  for (const args of [
    ['send', '--data', folder, '--conversation', 'Notes', '--file', import.meta.filename],
    ['import', '--data', folder, import.meta.filename],
    ['export', '--data', folder, join(folder, 'out.json')],
    ['web', '--data', folder],
    ['join', '--data', folder, 'reunion:abc'],
  ]) {
    expect(await reunion(args)).toMatchObject({ code: 3, stdout: '' });
  }
  expect(talking.got).toEqual([]);

  // The next device takes its place back.
  const next = await startDevice(folder, []);
  expect(next.id).toBe(device.id);
  expect(await call()).toMatchObject({ code: 0 });
  expect(talking.got).toEqual([]);
});

test('the socket and its secret are for their owner alone, also in a folder that is not, and go with the device', async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const device = await startDevice(folder, ['--web', 'off']);
  const control = controlFolder(folder);
  const modes = [control, ...readdirSync(control).map((name) => join(control, name))].map(
    (path) => lstatSync(path).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o600, 0o600]);
  const secret = readFileSync(join(control, 'secret'), 'utf8');
  await device.process.kill('SIGTERM');
  expect(existsSync(control)).toBe(false);
  await startDevice(folder, ['--web', 'off']);
  expect(readFileSync(join(control, 'secret'), 'utf8')).not.toBe(secret);
});

test('a place that others could have made is no device', async () => {
  const folder = temporaryFolder();
  makeControlPlace(folder);
  const { got } = await foreignServer(join(controlFolder(folder), 'socket'));
  chmodSync(controlFolder(folder), 0o750);
  await expect(connectToDevice(folder)).rejects.toMatchObject({ exitCode: 3 });
  chmodSync(controlFolder(folder), 0o700);
  chmodSync(join(controlFolder(folder), 'secret'), 0o644);
  await expect(connectToDevice(folder)).rejects.toMatchObject({ exitCode: 3 });
  expect(got).toEqual([]);

  const elsewhere = temporaryFolder();
  symlinkSync(controlFolder(folder), controlFolder(elsewhere));
  await expect(connectToDevice(elsewhere)).rejects.toMatchObject({ exitCode: 3 });
});

test('a data folder of any length can have its socket, and nothing is left elsewhere', async () => {
  const folder = join(temporaryFolder(), 'ä'.repeat(100), 'b'.repeat(200));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  expect(Buffer.byteLength(folder)).toBeGreaterThan(SOCKET_PATH_BYTES_MAX);
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('reunion-socket-'));
  await startDevice(folder, ['--web', 'off']);
  expect(await reunion([command, '--data', folder, ...rest])).toMatchObject({ code: 0 });
  expect(await reunion(['messages', '--data', folder, '--conversation', 'Notes'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('written after the crash') as string,
  });
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('reunion-socket-'))).toEqual(
    before,
  );
  expect(lstatSync(join(controlFolder(folder), 'socket')).isSocket()).toBe(true);
});

test('whoever sends a file that is refused in the middle of it is told why, each time', async () => {
  const folder = temporaryFolder();
  await startDevice(folder, ['--web', 'off']);
  const path = join(temporaryFolder(), 'huge.bin');
  writeFileSync(path, '');
  const bytes = 5 * 2 ** 30;
  // It has no content that would take room.
  truncateSync(path, bytes);
  for (let time = 0; time < 25; time += 1) {
    const asked = ask(folder, '/files', {
      method: 'POST',
      body: createReadStream(path),
      headers: { 'Content-Length': String(bytes) },
    });
    await expect(asked).rejects.toThrow('A file can have 4 GiB at most.');
  }
});
