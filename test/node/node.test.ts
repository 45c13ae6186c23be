import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../main/mvds/constants.ts';
import { reunion, RunningProcess, temporaryFolder } from '../helpers/processes.ts';
import { messagesOf, peersOf, placeOf, startNode, textsOf, until } from './nodes.ts';

const ROOM = ['--group', 'room'];

async function send(folder: string, text: string): Promise<void> {
  const { code, stderr } = await reunion(['node', 'send', '--data', folder, text]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
}

async function idOf(folder: string): Promise<string> {
  const { stdout } = await reunion(['node', 'id', '--data', folder]);
  return stdout.trim();
}

describe('reunion node', () => {
  it('keeps a group the same among three that name each other, over a kill and a restart', async () => {
    const folders = [temporaryFolder(), temporaryFolder(), temporaryFolder()] as const;
    const [idA, idB] = [await idOf(folders[0]), await idOf(folders[1])];
    const a = await startNode('node', [...ROOM, '--peer', `/ip4/127.0.0.1/tcp/1/p2p/${idB}`], {
      folder: folders[0],
    });
    expect(a.id).toBe(idA);
    const b = await startNode('node', [...ROOM, '--peer', a.address], { folder: folders[1] });
    await send(a.folder, 'Grüße aus Köln');
    await send(b.folder, 'こんにちは');
    await until('both hold both', async () => (await textsOf(a.folder)).length === 2);
    await until('both hold both', async () => (await textsOf(b.folder)).length === 2);

    await a.process.kill('SIGKILL');
    await send(b.folder, 'while a is dead');
    const again = await startNode('node', [...ROOM, '--peer', b.address], {
      folder: a.folder,
      listen: placeOf(a.address),
    });
    await until('a has caught up', async () => (await textsOf(again.folder)).length === 3);
    expect(await messagesOf(again.folder)).toEqual(await messagesOf(b.folder));
    expect(await textsOf(b.folder)).toEqual(['Grüße aus Köln', 'こんにちは', 'while a is dead']);
    await until('b says so', async () =>
      (await peersOf(b.folder)).every(({ state }) => state === 'up-to-date'),
    );
    expect((await b.process.kill('SIGTERM')).code).toBe(0);
  });

  it('follows the file of its peers, and tells of one that it turns away', async () => {
    const file = join(temporaryFolder(), 'peers');
    writeFileSync(file, '# nobody yet\n');
    const a = await startNode('node', [...ROOM, '--peers-file', file]);
    const b = await startNode('node', [...ROOM, '--peer', a.address]);
    await a.process.errorLine(new RegExp(`${b.id} wanted to connect`, 'u'));
    await send(b.folder, 'let me in');
    expect(await textsOf(a.folder)).toEqual([]);

    writeFileSync(file, 'this is no address\n');
    await a.process.errorLine(
      /line 1: this is no address is not the address of a peer.*The list stays/u,
    );
    writeFileSync(file, `${b.address}  # b\n`);
    await a.process.line(/^peers 1$/u);
    await until('a has the message', async () => (await textsOf(a.folder)).length === 1);

    writeFileSync(file, '');
    await a.process.line(/^peers 0$/u);
    await until('b is dropped', async () => (await peersOf(b.folder))[0]?.state !== 'up-to-date');
    await send(b.folder, 'after it was dropped');
    expect(await textsOf(a.folder)).toEqual(['let me in']);
  });

  it('lets everybody in where it names nobody, by turns where an interval is set', async () => {
    const a = await startNode('node', ROOM);
    await a.process.line(/^open to every node/u);
    const b = await startNode('node', [
      ...[...ROOM, '--peer', a.address, '--interval', '5', '--mode', 'interactive'],
    ]);
    await send(a.folder, 'one');
    await until('b has it', async () => (await textsOf(b.folder)).length === 1);
    await send(b.folder, 'two');
    await until('a has it', async () => (await textsOf(a.folder)).length === 2);
  });

  it('says what is wrong, and with which exit code', async () => {
    const folder = temporaryFolder();
    const wrong: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['node', '--data', folder], 2, /--group/u],
      [['node', '--group', 'x'], 2, /--data/u],
      [['node', '--data', folder, ...ROOM, '--peer', '/ip4/1.2.3.4/tcp/1'], 2, /ends in \/p2p\//u],
      [
        ['node', '--data', folder, ...ROOM, '--peers-file', join(folder, 'none')],
        1,
        /There is no file/u,
      ],
      [['node', 'send', '--data', folder, 'x'], 3, /No node is running/u],
      [['node', '--data', folder, '--group', ' '], 2, /A group has a name/u],
      [
        ['node', '--data', folder, ...ROOM, '--listen', '/ip4/192.0.2.1/tcp/1'],
        1,
        /no such address/u,
      ],
      [['chat', '--data', folder, '--nick', '\u200b'], 2, /1 to 32 characters/u],
    ];
    for (const [args, code, text] of wrong) {
      const ended = await reunion(args);
      expect(ended.stderr, args.join(' ')).toMatch(text);
      expect(ended.code, args.join(' ')).toBe(code);
    }
  });

  it('refuses the folder of a device, and a message that is too long', async () => {
    const device = temporaryFolder();
    const running = new RunningProcess(['device', '--data', device, '--no-lan', '--web', 'off']);
    await running.line(/^ready /u);
    await running.kill('SIGTERM');
    const { stderr, code } = await reunion(['node', '--data', device, ...ROOM]);
    expect(stderr).toMatch(/holds a device\. Choose another folder/u);
    expect(code).toBe(1);

    const a = await startNode('node', ROOM);
    const long = await reunion(
      ['node', 'send', '--data', a.folder, '-'],
      'x'.repeat(MAX_BODY_BYTES + 1),
    );
    expect(long.code).toBe(1);
    expect(long.stderr).toMatch(/at most \d+ bytes; this one has \d+/u);
  });
});
