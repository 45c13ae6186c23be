import { expect, test } from 'vitest';
import type { SearchResults } from '../../main/api/types.ts';
import { reunion, startDevice, temporaryFolder } from '../helpers/processes.ts';

test('a message is found, edited and deleted, and a conversation renamed, from the command line', async () => {
  const folder = temporaryFolder();
  await startDevice(folder, ['--name', 'Desk', '--web', 'off']);
  const run = (...args: string[]) => {
    const [command = '', ...rest] = args;
    return reunion([command, '--data', folder, ...rest]);
  };
  for (const text of ['a red apple', 'a pear']) {
    expect(await run('send', '--conversation', 'Fruit', text)).toMatchObject({ code: 0 });
  }
  const found = await run('search', '--json', 'red', 'app');
  const results = JSON.parse(found.stdout) as SearchResults;
  const [hit] = results.hits;
  expect(results.unindexed).toBe(0);
  const id = hit?.message.id ?? '';
  expect(hit).toMatchObject({ message: { text: 'a red apple' }, conversation: { name: 'Fruit' } });
  expect((await run('search', 'red')).stdout).toContain(`Fruit, Desk: a red apple\n  ${id}`);

  expect(await run('edit', id, 'a green apple')).toMatchObject({ code: 0 });
  expect(await run('rename', 'Fruit', 'Orchard')).toMatchObject({ code: 0 });
  const listed = async () => (await run('messages', '--conversation', 'Orchard')).stdout;
  expect(await listed()).toMatch(/Desk: a green apple \(edited\)\n.*Desk: a pear$/u);
  expect(await run('delete', id, id)).toMatchObject({ code: 0, stdout: '1 deleted' });
  expect(await listed()).toMatch(/Desk: \(deleted\)\n.*Desk: a pear$/u);
  expect(await run('search', 'apple')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(await run('edit', id, 'back')).toMatchObject({
    code: 1,
    stderr: 'reunion: The message was deleted.\n',
  });
  expect(await run('search', '--conversation', 'None', 'x')).toMatchObject({ code: 1 });
  expect(await run('search', '--limit', '0', 'x')).toMatchObject({ code: 2 });
});
