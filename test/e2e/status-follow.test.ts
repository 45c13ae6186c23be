import { expect, test } from 'vitest';
import type { Status } from '../../main/api/types.ts';
import {
  pair,
  reunion,
  RunningProcess,
  startDevice,
  startRelay,
  temporaryFolder,
} from '../helpers/processes.ts';
import { apiOf } from '../helpers/watch.ts';

const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Status);

test('status --follow prints a line for each change until it is stopped, or the device ends', async () => {
  const folder = temporaryFolder();
  const device = await startDevice(folder, ['--name', 'Desk', '--web', 'off']);
  const follow = ['status', '--data', folder, '--follow'];
  const [json, stopped, text] = [
    new RunningProcess([...follow, '--json']),
    new RunningProcess([...follow, '--json']),
    new RunningProcess(follow),
  ];
  await Promise.all([json.line(/"readable":0,/u), stopped.line(/"readable":0,/u)]);
  await text.line(/ {2}\d+ messages, 0 in conversations; no other devices$/u);

  await reunion(['send', '--data', folder, '--conversation', 'Notes', 'Grüße aus 東京']);
  await json.line(/"readable":1,/u);
  await text.line(/, 1 in conversations;/u);
  await reunion(['rename', '--data', folder, 'Notes', 'Journal']);
  await reunion(['send', '--data', folder, '--conversation', 'Journal', 'two\nlines']);
  await json.line(/"readable":2,/u);

  expect(await stopped.kill('SIGINT')).toMatchObject({ code: 0, stderr: '' });
  await device.process.kill('SIGTERM');
  const ended = await json.finished;
  expect(ended).toMatchObject({ code: 3 });
  expect(ended.stderr).toContain(`No device is running on ${folder}`);
  expect(await text.finished).toMatchObject({ code: 3 });

  const statuses = parsed(json.lines);
  expect(statuses.every(({ device: { name } }) => name === 'Desk')).toBe(true);
  for (const [at, line] of json.lines.entries()) expect(line).not.toBe(json.lines[at - 1]);
  expect(await reunion([...follow, '--json'])).toMatchObject({ code: 3 });
}, 60_000);

test('the last line that follows a transfer says that everything can be read and the devices are up to date', async () => {
  const relay = await startRelay();
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  await startDevice(a, ['--name', 'Desk', '--web', 'off', '--relay', relay.address]);
  await startDevice(b, ['--name', 'Laptop', '--web', 'off']);
  const desk = await apiOf(a);
  await pair(a, b);
  const follow = new RunningProcess(['status', '--data', b, '--follow', '--json']);
  await follow.line(/"readable":0,/u);
  await desk.call('createConversation', { name: 'Notes' });
  const texts = Array.from(
    { length: 300 },
    (_, at) => `Notiz ${at}: ${'молоко, хлеб '.repeat(at % 9)}`,
  );
  await Promise.all(texts.map((text) => desk.call('send', { conversation: 'Notes', text })));
  await follow.line(/"readable":300,.*"state":"up-to-date"/u);
  const counts = parsed(follow.lines).map(({ storage }) => storage.readable);
  expect(counts).toEqual([...counts].sort((one, other) => one - other));
  expect(new Set(counts).size).toBeGreaterThan(2);
  const [conversation] = await (await apiOf(b)).call('conversations', {});
  expect(conversation?.messages).toBe(300);
}, 60_000);
