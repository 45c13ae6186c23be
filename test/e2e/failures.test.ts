import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { invitationOfLink, invitationToLink } from '../../main/identity/invitation.ts';
import type { Invitation } from '../../main/identity/invitation.ts';
import {
  reunion,
  RunningProcess,
  startDevice,
  startRelay,
  temporaryFolder,
} from '../helpers/processes.ts';
import type { Finished } from '../helpers/processes.ts';

/** One sentence on standard error, no stack trace, nothing on standard output. */
function expectSentence(finished: Finished, code: number, sentence: RegExp): void {
  expect(finished.stderr).toMatch(/^reunion: [^\n]+[.:][^\n]*\n$/u);
  expect(finished.stderr).toMatch(sentence);
  expect(finished.stderr).not.toMatch(/\bat \S+ \(|node:internal|Error:/u);
  expect(finished).toMatchObject({ code, stdout: '' });
}

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A device that invites through a relay, its link, and a second device that could follow it. */
async function invitationScene(): Promise<{
  readonly link: string;
  readonly invitation: Invitation;
  readonly invite: RunningProcess;
  readonly relay: RunningProcess;
  readonly join: (link: string) => Promise<Finished>;
}> {
  const relay = await startRelay();
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  await startDevice(a, ['--web', 'off', '--relay', relay.address]);
  await startDevice(b, ['--web', 'off']);
  const invite = new RunningProcess(['invite', '--data', a, '--yes']);
  const [link] = await invite.line(/^reunion:\S+$/u);
  const invitation = invitationOfLink(link);
  if (!invitation) throw new Error('the link that was printed is not one');
  const join = (other: string) => reunion(['join', '--data', b, '-'], other);
  return { link, invitation, invite, relay: relay.process, join };
}

describe('links', () => {
  test('that are none, are cut short, have a wrong secret or have expired', async () => {
    const { link, invitation, join } = await invitationScene();
    expectSentence(await join('reunion:hello'), 1, /not a Reunion link/u);
    expectSentence(await join(link.slice(0, -20)), 1, /not a Reunion link/u);
    const wrong = invitationToLink({ ...invitation, secret: new Uint8Array(16) });
    expectSentence(await join(wrong), 1, /does not know this link/u);
    const expired = invitationToLink({ ...invitation, expiresAt: Date.now() - 1 });
    expectSentence(await join(expired), 1, /This link has expired/u);
    // None of that has harmed the right one.
    expect(await join(link)).toMatchObject({ code: 0 });
  });

  test('that another device has used', async () => {
    const { link, invite, join } = await invitationScene();
    expect(await join(link)).toMatchObject({ code: 0 });
    expect(await invite.finished).toMatchObject({ code: 0 });
    const c = temporaryFolder();
    await startDevice(c, ['--web', 'off']);
    expectSentence(
      await reunion(['join', '--data', c, '-'], link),
      1,
      /was used by another device/u,
    );
    expectSentence(await join(link), 1, /already belongs to other devices/u);
  });

  test('that were withdrawn, and the one who withdrew is told so', async () => {
    const { link, invite, join } = await invitationScene();
    const withdrawn = await invite.kill('SIGINT');
    expect(withdrawn.code).toBe(1);
    expect(withdrawn.stdout).toMatch(/^code \S+\nreunion:\S+$/u);
    expect(withdrawn.stdout.split('\n')[1]).toBe(link);
    expect(withdrawn.stderr).toBe('reunion: The invitation was withdrawn; its link is dead.\n');
    expectSentence(await join(link), 1, /cannot be reached/u);
  });

  test('whose relay is not running', async () => {
    const { link, relay, join } = await invitationScene();
    await relay.kill('SIGTERM');
    expectSentence(await join(link), 1, /cannot be reached.*relay/u);
  });

  test('that expire while nobody comes', async () => {
    const relay = await startRelay();
    const a = temporaryFolder();
    await startDevice(a, ['--web', 'off', '--relay', relay.address]);
    const invited = await reunion(['invite', '--data', a, '--minutes', '0.01']);
    expect(invited).toMatchObject({
      code: 1,
      stderr: 'reunion: The invitation has expired; nobody joined.\n',
    });
  });

  test('cannot be made where no relay answers', async () => {
    const relay = await startRelay();
    await relay.process.kill('SIGTERM');
    const a = temporaryFolder();
    await startDevice(a, ['--web', 'off', '--relay', relay.address]);
    expectSentence(await reunion(['invite', '--data', a]), 1, /no relay answers/u);
  });
});

describe('a device', () => {
  test('that is not running is said not to be, with exit code 3', async () => {
    const folder = temporaryFolder();
    const calls = [
      ['send', '--conversation', 'Notes', 'text'],
      ['messages', '--conversation', 'Notes'],
      ['conversations'],
      ['status'],
      ['invite'],
      ['join', 'reunion:x'],
      ['web'],
    ];
    for (const [command = '', ...args] of calls) {
      const finished = await reunion([command, '--data', folder, ...args]);
      expectSentence(finished, 3, /No device is running on/u);
    }
  });

  test('does not start on a data folder or a port that is in use', async () => {
    const folder = temporaryFolder();
    await startDevice(folder, ['--web', 'off']);
    for (const command of ['device', 'relay']) {
      const second = await reunion([command, '--data', folder]);
      expectSentence(second, 1, /is in use by another running Reunion/u);
    }
    // The second one has done the first one no harm.
    expect(await reunion(['status', '--data', folder])).toMatchObject({ code: 0 });

    const port = await takenPort();
    const page = await reunion(['device', '--data', temporaryFolder(), '--web', String(port)]);
    expectSentence(page, 1, new RegExp(`Port ${port} is in use`, 'u'));
    const listen = ['--listen', `/ip4/127.0.0.1/tcp/${port}`];
    for (const command of ['device', 'relay']) {
      const taken = await reunion([command, '--data', temporaryFolder(), ...listen]);
      expectSentence(taken, 1, /in use by another program/u);
    }
  });

  test('does not start on a folder that cannot be one', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'not a folder');
    expectSentence(await reunion(['device', '--data', file]), 1, /not a folder/u);
    expect(readFileSync(file, 'utf8')).toBe('not a folder');
  });

  test('does not start without its key, or with a damaged one, and leaves everything as it is', async () => {
    const folder = temporaryFolder();
    const device = await startDevice(folder, ['--web', 'off']);
    expect(await device.process.kill('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
    const before = readFileSync(join(folder, 'messages.db'));
    const key = readFileSync(join(folder, 'device.key'));

    rmSync(join(folder, 'device.key'));
    expectSentence(await reunion(['device', '--data', folder]), 1, /their key device\.key is not/u);
    writeFileSync(join(folder, 'device.key'), key.subarray(0, 40));
    expectSentence(await reunion(['device', '--data', folder]), 1, /is damaged|cannot be read/u);
    expect(readFileSync(join(folder, 'messages.db'))).toEqual(before);

    writeFileSync(join(folder, 'device.key'), key);
    const again = await startDevice(folder, ['--web', 'off']);
    expect(again.id).toBe(device.id);
  });

  test('ends in order when told to stop, and nothing is left running or listening', async () => {
    const folder = temporaryFolder();
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const device = await startDevice(folder, []);
      expect(await device.process.kill(signal)).toMatchObject({ code: 0, stderr: '' });
      expectSentence(await reunion(['status', '--data', folder]), 3, /No device is running/u);
    }
  });
});

describe('wrong usage', () => {
  const wrong: readonly { readonly args: readonly string[] }[] = [
    { args: ['nonsense'] },
    { args: ['send', '--conversation', 'Notes'] },
    { args: ['send', 'text'] },
    { args: ['messages', '--conversation', 'Notes', '--limit', '0'] },
    { args: ['device', '--web', 'page'] },
    { args: ['device', '--relay', '/ip4/127.0.0.1/tcp/4001'] },
    { args: ['device', '--listen', 'here'] },
    { args: ['relay', '--listen', ''] },
    { args: ['status', '--jsn'] },
  ];
  test.each(wrong)('ends with exit code 2: $args', async ({ args }) => {
    const finished = await reunion(args);
    expect(finished).toMatchObject({ code: 2, stdout: '' });
    expect(finished.stderr).toMatch(/^error: /u);
    expect(finished.stderr).not.toMatch(/\bat \S+ \(/u);
  });

  test('every command has its --help', async () => {
    const { stdout } = await reunion(['--help']);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[options\]|\[command\])/gmu)];
    expect(commands.length).toBeGreaterThanOrEqual(9);
    for (const [, command = ''] of commands.filter(([, name]) => name !== 'help')) {
      const help = await reunion([command, '--help']);
      expect(help).toMatchObject({ code: 0, stderr: '' });
      expect(help.stdout).toMatch(new RegExp(`^Usage: reunion ${command}`, 'u'));
    }
  });
});

test('the folder of a first start is made, for its owner alone', async () => {
  const folder = join(temporaryFolder(), 'deep', 'folder');
  await startDevice(folder, ['--web', 'off']);
  expect(() => mkdirSync(folder)).toThrow(/EEXIST/u);
});
