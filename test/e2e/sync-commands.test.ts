import { expect, test } from 'vitest';
import type { ActivityLine } from '../../main/api/types.ts';
import { pair, reunion, startDevice, startRelay, temporaryFolder } from '../helpers/processes.ts';
import { apiOf, eventually, textsOf } from '../helpers/watch.ts';

test('a device is paused, resumed and met at intervals from the command line, and the log tells of it', async () => {
  const relay = await startRelay();
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  const desk = await startDevice(a, ['--name', 'Desk', '--web', 'off', '--relay', relay.address]);
  await startDevice(b, ['--name', 'Laptop', '--web', 'off']);
  await pair(a, b);
  let apiA = await apiOf(a);
  const apiB = await apiOf(b);
  const state = (api: typeof apiA) => async () => (await api.call('status', {})).peers[0]?.state;
  const become = (api: typeof apiA, wanted: string) =>
    eventually(api, async () => (await state(api)()) === wanted, wanted);
  await become(apiA, 'up-to-date');

  expect(await reunion(['pause', '--data', a, 'Laptop'])).toMatchObject({ code: 0 });
  await become(apiA, 'paused');
  await become(apiB, 'paused-there');
  await reunion(['send', '--data', a, '--conversation', 'Notes', 'while paused']);
  // The conversation, and the message in it.
  expect((await apiA.call('status', {})).peers[0]).toMatchObject({ toSend: 2, path: null });

  // It outlives the process; a clean end also writes the last second of the log.
  await desk.process.kill('SIGTERM');
  await startDevice(a, ['--web', 'off']);
  apiA = await apiOf(a);
  expect(await state(apiA)()).toBe('paused');
  expect(await textsOf(apiB, 'Notes')).toEqual([]);

  expect(await reunion(['resume', '--data', a, 'Laptop'])).toMatchObject({ code: 0 });
  await eventually(apiB, async () => (await textsOf(apiB, 'Notes')).length === 1, 'B has it');
  await become(apiA, 'up-to-date');
  const [message] = (await apiA.call('messages', { conversation: 'Notes', limit: 1 })).messages;
  const messageIds = [message?.id ?? ''];
  const [holders] = await apiA.call('messageHolders', { messageIds });
  expect(holders?.devices).toHaveLength(2);

  const all = (...args: string[]) => reunion([...args, '--data', a, '--all']);
  expect(await all('pause', '--minutes', '60')).toMatchObject({ code: 0 });
  await become(apiB, 'paused-there');
  expect((await reunion(['status', '--data', a])).stdout).toContain('all devices are paused: ');
  expect(await all('resume')).toMatchObject({ code: 0 });
  await become(apiB, 'up-to-date');
  expect(await all('pause', 'Laptop')).toMatchObject({ code: 2 });
  expect(await reunion(['pause', '--data', a])).toMatchObject({ code: 2 });

  expect(await reunion(['interval', '--data', a, 'Laptop', '600'])).toMatchObject({ code: 0 });
  await become(apiA, 'offline');
  await become(apiB, 'offline');
  await reunion(['send', '--data', b, '--conversation', 'Notes', 'meanwhile']);
  expect(await reunion(['sync', '--data', a, 'Laptop'])).toMatchObject({ code: 0 });
  await eventually(apiA, async () => (await textsOf(apiA, 'Notes')).length === 2, 'A has it');

  const { stdout } = await reunion(['activity', '--data', a, 'Laptop', '--json']);
  const kinds = new Set((JSON.parse(stdout) as ActivityLine[]).map(({ kind }) => kind));
  for (const kind of ['connected', 'paused', 'resumed', 'sent']) expect(kinds).toContain(kind);
  const unknown = await reunion(['pause', '--data', a, 'Nobody']);
  expect(unknown).toMatchObject({ code: 1 });
  expect(unknown.stderr).toContain('Nobody');
  expect(await reunion(['interval', '--data', a, 'Laptop', 'often'])).toMatchObject({ code: 2 });
}, 120_000);
