import { expect, test } from 'vitest';
import { pair, reunion, startDevice, startRelay, temporaryFolder } from '../helpers/processes.ts';
import { apiOf, eventually, textsOf } from '../helpers/watch.ts';

test('devices that were let in by the first one keep in step with each other, also without it', async () => {
  const relay = await startRelay();
  const [a, b, c] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const first = await startDevice(a, ['--name', 'A', '--web', 'off', '--relay', relay.address]);
  await startDevice(b, ['--name', 'B', '--web', 'off']);
  await startDevice(c, ['--name', 'C', '--web', 'off']);
  await pair(a, b);
  await pair(a, c);

  const [apiB, apiC] = [await apiOf(b), await apiOf(c)];
  for (const [api, expected] of [
    [apiB, ['A', 'C']],
    [apiC, ['A', 'B']],
  ] as const) {
    const inStep = async () => {
      const { peers } = await api.call('status', {});
      const names = peers.filter(({ state }) => state === 'up-to-date').map(({ name }) => name);
      return names.sort().join() === expected.join();
    };
    await eventually(api, inStep, `in step with ${expected.join(' and ')}`);
  }

  await first.process.kill('SIGKILL');
  expect(
    await reunion(['send', '--data', b, '--conversation', 'Notes', 'without A']),
  ).toMatchObject({
    code: 0,
  });
  await eventually(apiC, async () => (await textsOf(apiC, 'Notes')).length === 1, 'C has B’s');

  // A gets it from whichever of them it meets first, once.
  await startDevice(a, ['--web', 'off']);
  const again = await apiOf(a);
  await eventually(again, async () => (await textsOf(again, 'Notes')).length > 0, 'A has B’s');
  expect(await textsOf(again, 'Notes')).toEqual(['without A']);
}, 90_000);

test('two devices that make a conversation of the same name while apart have made the same one', async () => {
  const relay = await startRelay();
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  await startDevice(a, ['--web', 'off', '--relay', relay.address]);
  await startDevice(b, ['--web', 'off']);
  await pair(a, b);
  await relay.process.kill('SIGKILL');
  for (const folder of [a, b]) {
    const sent = await reunion(['send', '--data', folder, '--conversation', 'Ideas', folder]);
    expect(sent).toMatchObject({ code: 0 });
  }
  await startRelay(relay.folder, relay.listen);
  const api = await apiOf(b);
  await eventually(
    api,
    async () => (await textsOf(api, 'Ideas')).length === 2,
    'both texts in one',
  );
  expect(await api.call('conversations', {})).toHaveLength(1);
}, 90_000);
