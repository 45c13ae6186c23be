import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/processes.ts';
import type { RunningProcess } from '../helpers/processes.ts';
import { messagesOf, placeOf, startNode } from './nodes.ts';
import type { StartedNode } from './nodes.ts';

const type = (node: StartedNode, text: string): void => {
  node.process.child.stdin?.write(`${text}\n`);
};

/** The lines of the conversation as a person reads them: a part that comes again, in order, takes the place of the one before. */
function read({ lines }: RunningProcess): string[] {
  const shown: string[] = [];
  let reordered: string[] | undefined;
  const settle = (): void => {
    const [first] = reordered ?? [];
    const at = shown.findIndex((text) => reordered?.includes(text));
    if (first !== undefined)
      shown.splice(at < 0 ? shown.length : at, Infinity, ...(reordered ?? []));
    reordered = undefined;
  };
  for (const line of lines) {
    if (line.includes('in order:')) {
      settle();
      reordered = [];
    }
    const [, text] = /^\S+(?: [AP]M)? (\S+: .*)$/u.exec(line) ?? [];
    if (text === undefined) continue;
    if (reordered) reordered.push(text);
    else shown.push(text);
  }
  settle();
  return shown;
}

async function said(node: StartedNode, text: string): Promise<void> {
  await node.process.line(new RegExp(`${text}$`, 'u'));
}

describe('reunion chat', () => {
  it('shows the same history in the same order to all, after a partition and to one who comes late', async () => {
    const anna = await startNode('chat', ['--nick', 'anna']);
    const bob = await startNode('chat', ['--nick', 'bob', '--peer', anna.address]);
    const clara = await startNode('chat', ['--nick', 'clara', '--peer', anna.address]);
    for (const one of [bob, clara]) await said(one, '\\* anna is here');
    await said(bob, '\\* clara is here');
    type(anna, 'hello');
    for (const one of [anna, bob, clara]) await said(one, 'anna: hello');

    // A stopped process is a partition: it has the connections, and nothing comes through.
    clara.process.child.kill('SIGSTOP');
    type(bob, 'is clara there?');
    await said(anna, 'bob: is clara there\\?');
    await bob.process.kill('SIGKILL');
    type(anna, 'bob is gone');
    await said(anna, 'anna: bob is gone');
    clara.process.child.kill('SIGCONT');
    type(clara, 'back');
    for (const one of [anna, clara]) {
      await said(one, 'clara: back');
      await said(one, 'anna: bob is gone');
    }
    const back = await startNode('chat', ['--nick', 'bob', '--peer', clara.address], {
      folder: bob.folder,
      listen: placeOf(bob.address),
    });
    await said(back, 'clara: back');
    await said(back, 'anna: bob is gone');

    const dora = await startNode('chat', ['--nick', 'dora', '--peer', back.address]);
    for (const text of [
      'anna: hello',
      'bob: is clara there\\?',
      'anna: bob is gone',
      'clara: back',
    ]) {
      await said(dora, text);
    }
    const histories = await Promise.all(
      [anna, back, clara, dora].map(({ folder }) => messagesOf(folder)),
    );
    expect(histories[0]).toHaveLength(4);
    for (const history of histories) expect(history).toEqual(histories[0]);
    const order = read(dora.process);
    expect(order).toHaveLength(4);
    for (const one of [anna, clara, back]) expect(read(one.process)).toEqual(order);
  });

  it('tells who is here, who leaves and who is connected, and takes commands', async () => {
    const anna = await startNode('chat', ['--nick', 'anna', '--group', 'tea']);
    const bob = await startNode('chat', [
      '--nick',
      'bob',
      '--group',
      'tea',
      '--peer',
      anna.address,
    ]);
    await said(anna, '\\* bob is here');
    type(bob, '/nick robert');
    await said(anna, '\\* bob is called robert now');
    type(anna, '/who');
    await said(anna, '\\* anna \\(you\\)');
    await said(anna, '\\* robert');
    type(anna, '/peers');
    await said(anna, `\\* ${bob.id}  up to date`);
    type(anna, '/nonsense');
    await said(anna, 'There is no command /nonsense. /help lists them.');
    type(anna, '//help is a command');
    await said(bob, 'anna: /help is a command');
    type(bob, '/history');
    await said(bob, 'anna: /help is a command');
    type(bob, '/quit');
    expect((await bob.process.finished).code).toBe(0);
    await said(anna, '\\* robert has left');
  });

  it('says what was piped into it before it ends, once somebody has it', async () => {
    const anna = await startNode('chat', ['--nick', 'anna']);
    const folder = temporaryFolder();
    const piped = await startNode('chat', ['--nick', 'build', '--peer', anna.address], { folder });
    piped.process.child.stdin?.end('the build is green\nall of it\n');
    expect((await piped.process.finished).code).toBe(0);
    await said(anna, 'build: all of it');
    expect(read(anna.process)).toEqual(['build: the build is green', 'build: all of it']);
  });

  it('ends in order when nobody reads its output any more', async () => {
    const anna = await startNode('chat', ['--nick', 'anna']);
    const bob = await startNode('chat', ['--nick', 'bob', '--peer', anna.address]);
    await said(anna, '\\* bob is here');
    bob.process.child.stdout?.destroy();
    type(anna, 'are you still reading?');
    const { code, stderr } = await bob.process.finished;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    await said(anna, '\\* bob has left');
  });
});
