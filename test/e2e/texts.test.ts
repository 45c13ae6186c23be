import { expect, test } from 'vitest';
import { reunion, startDevice, startRelay, pair, temporaryFolder } from '../helpers/processes.ts';
import type { Finished } from '../helpers/processes.ts';
import { apiOf, eventually, textsOf } from '../helpers/watch.ts';

const REFUSED = { code: 1, stdout: '' };

function send(folder: string, conversation: string, text: string, input = ''): Promise<Finished> {
  return reunion(['send', '--data', folder, '--conversation', conversation, text], input);
}

test('texts of every kind arrive as they were written, or are refused in one sentence', async () => {
  const relay = await startRelay();
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  await startDevice(a, ['--web', 'off', '--relay', relay.address]);
  await startDevice(b, ['--web', 'off']);
  await pair(a, b);

  const texts = [
    'x'.repeat(64 * 1024),
    '👩‍👩‍👧‍👦 emoji, 🏳️‍🌈 and a flag 🇸🇪',
    'שלום עולם, مرحبا بالعالم',
    'two\nlines and a\ttab',
    '--not-an-option',
    '<script>alert(1)</script>',
  ];
  for (const text of texts)
    expect(await send(a, 'Texts', '-', `${text}\n`)).toMatchObject({ code: 0 });
  const api = await apiOf(b);
  await eventually(
    api,
    async () => (await textsOf(api, 'Texts')).length === texts.length,
    'all texts',
  );
  expect(await textsOf(api, 'Texts')).toEqual(texts);

  for (const empty of ['', ' \n ']) {
    expect(await send(a, 'Texts', empty)).toEqual({
      ...REFUSED,
      stderr: 'reunion: An empty text cannot be sent.\n',
    });
  }
  expect(await send(a, 'Texts', '-', 'x'.repeat(128 * 1024 + 1))).toEqual({
    ...REFUSED,
    stderr: 'reunion: The text is longer than 128 KiB and was not sent; split it.\n',
  });
  expect(await send(a, 'n'.repeat(300), 'text')).toEqual({
    ...REFUSED,
    stderr: 'reunion: The name of a conversation can have 200 characters at most.\n',
  });
  expect(await send(a, ' ', 'text')).toEqual({
    ...REFUSED,
    stderr: 'reunion: A conversation needs a name of visible characters.\n',
  });
  // What was refused has left nothing behind.
  const { messages } = await (
    await apiOf(a)
  ).call('messages', { conversation: 'Texts', limit: 100 });
  expect(messages).toHaveLength(texts.length);
  expect(await (await apiOf(a)).call('conversations', {})).toHaveLength(1);

  const json = await reunion(['conversations', '--data', b, '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject([{ name: 'Texts', messages: texts.length }]);
  const missing = await reunion(['messages', '--data', b, '--conversation', 'Nowhere']);
  expect(missing).toEqual({ ...REFUSED, stderr: 'reunion: There is no conversation “Nowhere”.\n' });
}, 120_000);
