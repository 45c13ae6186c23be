import { connect as connectSocket } from 'node:net';
import { expect, test } from 'vitest';
import {
  reunion,
  RunningProcess,
  startDevice,
  startRelay,
  temporaryFolder,
} from '../helpers/processes.ts';
import { apiOf, eventually, textsOf } from '../helpers/watch.ts';

/** Sends bytes to the port of a device; resolves when the connection has ended. */
function sendRaw(port: number, text: string, reset: boolean): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connectSocket(port, '127.0.0.1', () => {
      socket.write(text, () => {
        if (reset) socket.resetAndDestroy();
      });
    });
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

test('no request of a stranger ends the device', async () => {
  const folder = temporaryFolder();
  const { process } = await startDevice(folder, []);
  const [, given] = await process.line(/^page http:\/\/127\.0\.0\.1:(\d+)\/$/u);
  const port = Number(given);
  const host = `Host: 127.0.0.1:${port}\r\n`;
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
  const close = 'Connection: close\r\n\r\n';

  expect(await sendRaw(port, `GET // HTTP/1.1\r\n${host}${close}`, false)).toMatch(
    /^HTTP\/1.1 400/u,
  );
  expect(await sendRaw(port, `GET / HTTP/1.1\r\nHost: evil.example\r\n${close}`, false)).toMatch(
    /^HTTP\/1.1 403/u,
  );
  expect(await sendRaw(port, `GET / HTTP/1.1\r\n${host}${upgrade}\r\n`, false)).toMatch(
    /^HTTP\/1.1 401/u,
  );
  await sendRaw(port, 'nonsense\r\n\r\n', false);
  for (let round = 0; round < 30; round++) {
    await sendRaw(port, `GET / HTTP/1.1\r\n${host}${upgrade}\r\n`, true);
  }
  expect(await reunion(['status', '--data', folder])).toMatchObject({ code: 0 });
});

test('a text of megabytes is refused in words, and harms nothing', async () => {
  const folder = temporaryFolder();
  await startDevice(folder, ['--web', 'off']);
  const args = ['send', '--data', folder, '--conversation', 'Notes', '-'];
  expect(await reunion(args, 'x'.repeat(2 << 20))).toMatchObject({
    code: 1,
    stderr: 'reunion: The text is longer than 128 KiB and was not sent; split it.\n',
  });
  expect(await reunion(args, 'short')).toMatchObject({ code: 0 });
});

test('the first messages of a first device, written at once, all stay', async () => {
  const folder = temporaryFolder();
  await startDevice(folder, ['--web', 'off']);
  const texts = ['one', 'two', 'three', 'four'];
  const sent = await Promise.all(
    texts.map((text) => reunion(['send', '--data', folder, '--conversation', 'Notes', text])),
  );
  expect(sent.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  const api = await apiOf(folder);
  expect((await textsOf(api, 'Notes')).sort()).toEqual([...texts].sort());
  expect(await api.call('conversations', {})).toHaveLength(1);
});

test('nothing is written to a device while it joins others, for it would be lost to them', async () => {
  const relay = await startRelay();
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  await startDevice(a, ['--web', 'off', '--relay', relay.address]);
  await startDevice(b, ['--web', 'off']);
  const [apiA, apiB] = [await apiOf(a), await apiOf(b)];
  const { link } = await apiA.call('invite', {});
  const joining = new RunningProcess(['join', '--data', b, link]);
  const waits = async () => (await apiA.call('pairing', {})).kind === 'approving';
  await eventually(apiA, waits, 'the device asks to be let in');

  const written = await reunion(['send', '--data', b, '--conversation', 'Notes', 'too early']);
  expect(written).toMatchObject({
    code: 1,
    stderr: 'reunion: This device is joining others; wait until it has, or cancel that first.\n',
  });
  await expect(apiB.call('createFirstDevice', {})).rejects.toThrow(/is joining others/u);

  const pairing = await apiA.call('pairing', {});
  if (pairing.kind !== 'approving') throw new Error('nobody asks any more');
  await apiA.call('approve', { requestId: pairing.requestId, check: 'unchecked' });
  expect(await joining.finished).toMatchObject({ code: 0 });
  expect(await reunion(['send', '--data', b, '--conversation', 'Notes', 'now'])).toMatchObject({
    code: 0,
  });
  await eventually(apiA, async () => (await textsOf(apiA, 'Notes')).length === 1, 'A has it');
});

test('a device that joined by a direct address finds its way back to it after a restart', async () => {
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  await startDevice(a, ['--web', 'off', '--listen', '/ip4/127.0.0.1/tcp/0']);
  const joiner = await startDevice(b, ['--web', 'off']);
  const invitation = new RunningProcess(['invite', '--data', a, '--yes']);
  const [link] = await invitation.line(/^reunion:\S+$/u);
  expect(await reunion(['join', '--data', b, link])).toMatchObject({ code: 0 });
  await joiner.process.kill('SIGKILL');
  await startDevice(b, ['--web', 'off']);
  const api = await apiOf(b);
  const inStep = async () => (await api.call('status', {})).peers[0]?.state === 'up-to-date';
  await eventually(api, inStep, 'in step again');
  const { peers, relays } = await api.call('status', {});
  expect(peers[0]).toMatchObject({ path: 'lan' });
  // The inviter is no relay, and is not taken for one.
  expect(relays).toEqual([]);
});
