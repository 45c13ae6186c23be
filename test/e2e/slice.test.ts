import { expect, test } from 'vitest';
import { startBrowser } from '../helpers/browser.ts';
import { pair, reunion, startDevice, startRelay, temporaryFolder } from '../helpers/processes.ts';
import { apiOf, eventually, textsOf } from '../helpers/watch.ts';

async function cliTexts(folder: string, conversation: string): Promise<string[]> {
  const { stdout, code } = await reunion([
    ...['messages', '--data', folder, '--conversation', conversation, '--json', '--limit', '1000'],
  ]);
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { text: string }[]).map(({ text }) => text);
}

test(
  'two devices and a relay keep a conversation the same, through a kill and a restart',
  { timeout: 180_000 },
  async () => {
    const relay = await startRelay();
    const [folderA, folderB] = [temporaryFolder(), temporaryFolder()];
    const a = await startDevice(folderA, ['--name', 'Desk', '--relay', relay.address]);
    // B is not told of the relay: the link leads it there, and it remembers.
    const b = await startDevice(folderB, ['--name', 'Laptop']);

    const first = await reunion(['send', '--data', folderA, '--conversation', 'Notes', 'before B']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    await pair(folderA, folderB);

    const [apiA, apiB] = [await apiOf(folderA), await apiOf(folderB)];
    await eventually(
      apiB,
      async () => (await textsOf(apiB, 'Notes')).length === 1,
      'B has history',
    );
    await reunion(['send', '--data', folderB, '--conversation', 'Notes', 'from B']);
    await eventually(apiA, async () => (await textsOf(apiA, 'Notes')).length === 2, 'A has B’s');
    await reunion(['send', '--data', folderA, '--conversation', 'Notes', 'from A']);
    await eventually(apiB, async () => (await textsOf(apiB, 'Notes')).length === 3, 'B has A’s');

    const expected = ['before B', 'from B', 'from A'];
    expect(await cliTexts(folderA, 'Notes')).toEqual(expected);
    expect(await cliTexts(folderB, 'Notes')).toEqual(expected);

    // The status says what is proven, and how the other is reached.
    for (const [api, id] of [
      [apiA, b.id],
      [apiB, a.id],
    ] as const) {
      const inStep = async () => (await api.call('status', {})).peers[0]?.state === 'up-to-date';
      await eventually(api, inStep, 'both say that they are up to date');
      const [peer] = (await api.call('status', {})).peers;
      expect(peer).toMatchObject({ id, path: 'relay', toSend: 0, toReceive: 0 });
      expect(peer?.lastInSync).toBeGreaterThan(0);
    }

    const browser = await startBrowser();
    for (const device of [a, b]) {
      const page = await (await browser.newContext()).newPage();
      await page.goto(await device.link());
      // In the conversation: the list of conversations shows it too, and sooner.
      await page.getByRole('log').getByText('from A', { exact: true }).waitFor();
      const shown = await page.getByRole('log').getByRole('article').locator('p').allTextContents();
      expect(shown).toEqual(expected);
      // The token has left the address bar, and the link is used up.
      expect(page.url()).not.toContain('token');
      await page.close();
    }
    // A page says how far was read, which is a message too.
    for (const api of [apiA, apiB]) {
      const inStep = async () => (await api.call('status', {})).peers[0]?.state === 'up-to-date';
      await eventually(api, inStep, 'both are up to date again');
    }

    await b.process.kill('SIGKILL');
    const offline = async () => (await apiA.call('status', {})).peers[0]?.state === 'offline';
    await eventually(apiA, offline, 'A notices that B is gone');
    const missed = Array.from({ length: 10 }, (_, index) => `missed ${index}`);
    for (const text of missed) {
      const sent = await reunion(['send', '--data', folderA, '--conversation', 'Notes', text]);
      expect(sent.code).toBe(0);
    }
    expect((await apiA.call('status', {})).peers[0]?.toSend).toBe(10);

    await startDevice(folderB, []);
    const again = await apiOf(folderB);
    const complete = async () => (await textsOf(again, 'Notes')).length === 13;
    await eventually(again, complete, 'B has what it missed');
    expect(await cliTexts(folderB, 'Notes')).toEqual([...expected, ...missed]);
    expect(await cliTexts(folderA, 'Notes')).toEqual([...expected, ...missed]);
  },
);
