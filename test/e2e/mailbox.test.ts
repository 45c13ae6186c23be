import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pair, reunion, startDevice, startRelay, temporaryFolder } from '../helpers/processes.ts';
import { messagesOf } from '../helpers/stored.ts';
import { tapOn } from '../helpers/tap.ts';
import { apiOf, eventually, textsOf } from '../helpers/watch.ts';

const TIMEOUT_MS = 180_000;
const CONVERSATION = 'Xylophone lessons';

/** Where any of `texts` is found in the files of a folder, as UTF-8 or UTF-16. */
function findIn(bytes: Buffer, texts: readonly string[]): string[] {
  return texts.filter(
    (text) => bytes.includes(text) || bytes.includes(Buffer.from(text, 'utf16le')),
  );
}

function filesOf(folder: string): Buffer[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path));
}

test(
  'devices that are never on at the same time are kept in step by a mailbox, which sees nothing that was written',
  async () => {
    const relay = await startRelay();
    const tap = await tapOn(relay.address);
    const [a, b, c, m] = [
      temporaryFolder(),
      temporaryFolder(),
      temporaryFolder(),
      temporaryFolder(),
    ];
    const online = ['--relay', relay.address, '--web', 'off'];
    const mailbox = await startDevice(m, ['--relay', tap.address, '--web', 'off', '--name', 'Box']);

    // Each joins while only the one that lets it in is there.
    let running = await startDevice(a, ['--name', 'A', ...online]);
    await pair(a, m, '--mailbox');
    let joining = await startDevice(b, ['--name', 'B', ...online]);
    await pair(a, b);
    await joining.process.kill('SIGTERM');
    joining = await startDevice(c, ['--name', 'C', ...online]);
    await pair(a, c);
    await joining.process.kill('SIGTERM');

    const written: string[] = [];
    const write = async (folder: string, text: string) => {
      await reunion(['send', '--data', folder, '--conversation', CONVERSATION, text]);
      written.push(text);
      const api = await apiOf(folder);
      const isAtMailbox = async () => {
        const { peers } = await api.call('status', {});
        return peers.some(({ name, state }) => name === 'Box' && state === 'up-to-date');
      };
      await eventually(api, isAtMailbox, `the mailbox has “${text}”`);
      expect(await textsOf(api, CONVERSATION)).toEqual(written);
    };
    await write(a, 'Quokka number one');
    await running.process.kill('SIGTERM');

    for (const [folder, text] of [
      [b, 'Wombat number two'],
      [c, 'Axolotl number three'],
      [a, 'Capybara number four'],
      [b, 'Pangolin number five'],
    ] as const) {
      running = await startDevice(folder, online);
      const api = await apiOf(folder);
      const hasAll = async () => (await textsOf(api, CONVERSATION)).length === written.length;
      await eventually(api, hasAll, `${folder} has what came before`);
      await write(folder, text);
      // It was alone with the mailbox all the time.
      const { peers } = await api.call('status', {});
      expect(peers.filter(({ path }) => path !== null).map(({ name }) => name)).toEqual(['Box']);
      await running.process.kill('SIGTERM');
    }

    const api = await apiOf(m);
    const status = await api.call('status', {});
    expect(status).toMatchObject({ membership: 'member', role: 'mailbox' });
    expect(await api.call('conversations', {})).toEqual([]);
    const refused = [
      ['send', '--data', m, '--conversation', 'Notes', 'by the mailbox'],
      ['invite', '--data', m, '--yes'],
      ['devices', 'remove', '--data', m, 'A', '--yes'],
      ['devices', 'rename', '--data', m, 'A', 'Mine'],
    ];
    for (const command of refused) {
      expect(await reunion(command)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('This device is a mailbox') as string,
      });
    }
    await mailbox.process.kill('SIGTERM');

    // Shorter words come about in random bytes by chance.
    const words = written.flatMap((text) => text.split(' ')).filter(({ length }) => length > 5);
    const secret = [...written, ...words, CONVERSATION];
    const sealed = await messagesOf(m);
    expect(sealed.length).toBeGreaterThan(written.length);
    for (const { body } of sealed) expect(findIn(Buffer.from(body), secret)).toEqual([]);
    const files = filesOf(m);
    for (const bytes of files) expect(findIn(bytes, secret)).toEqual([]);
    const { sent, received } = tap.bytes();
    expect(received.byteLength).toBeGreaterThan(1_000);
    expect(sent.byteLength).toBeGreaterThan(1_000);
    for (const bytes of [sent, received]) expect(findIn(bytes, secret)).toEqual([]);
    // The scan does find what is there to be found: the mailbox can read the device list.
    expect(sealed.some(({ body }) => findIn(Buffer.from(body), ['Linux']).length > 0)).toBe(true);
  },
  TIMEOUT_MS,
);
