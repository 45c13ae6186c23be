import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DeviceRecord } from '../../main/api/types.ts';
import { pair, reunion, startDevice, startRelay, temporaryFolder } from '../helpers/processes.ts';
import { apiOf, eventually, textsOf } from '../helpers/watch.ts';

/** Argon2id takes seconds, on purpose. */
const TIMEOUT_MS = 120_000;
const CONVERSATION = 'Allotment';

async function send(folder: string, text: string): Promise<void> {
  const sent = await reunion(['send', '--data', folder, '--conversation', CONVERSATION, text]);
  expect(sent).toMatchObject({ code: 0 });
}

async function textsIn(folder: string): Promise<string[]> {
  return textsOf(await apiOf(folder), CONVERSATION);
}

async function devicesOf(folder: string): Promise<DeviceRecord[]> {
  const { stdout } = await reunion(['devices', '--data', folder, '--json']);
  return JSON.parse(stdout) as DeviceRecord[];
}

/** Makes a recovery phrase on a running device, and keeps it in a file. */
async function phraseFile(folder: string, ...options: string[]): Promise<string> {
  const made = await reunion(['keys', 'phrase', '--data', folder, ...options]);
  expect(made.stdout.split(' ')).toHaveLength(24);
  expect(made.stderr).toMatch(/Write these 24 words down/u);
  const path = join(temporaryFolder(), 'phrase');
  writeFileSync(path, made.stdout);
  return path;
}

async function backUp(folder: string): Promise<string> {
  const path = join(temporaryFolder(), 'backup');
  expect(await reunion(['store', 'backup', '--data', folder, path])).toMatchObject({ code: 0 });
  return path;
}

const recover = (folder: string, phrase: string, ...rest: string[]) =>
  reunion(['recover', '--data', folder, '--phrase-file', phrase, ...rest]);

const alone = ['--web', 'off'];

describe('the keys of a device', () => {
  test(
    'under a passphrase open with it alone, and the messages are as before',
    { timeout: TIMEOUT_MS },
    async () => {
      const folder = temporaryFolder();
      const texts = ['seven green otters paint', 'eight green otters paint'];
      const [right, wrong] = texts.map((text) => {
        const path = join(temporaryFolder(), 'passphrase');
        writeFileSync(path, `${text}\n`);
        return path;
      }) as [string, string];
      const keys = (...args: string[]) => reunion(['keys', ...args, '--data', folder]);
      expect(await keys()).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/There is no key file/u) as string,
      });
      const weak = join(temporaryFolder(), 'weak');
      writeFileSync(weak, 'letmein1');
      expect(
        await reunion(['device', '--data', folder, ...alone, '--passphrase-file', weak]),
      ).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/too easy to guess.*Nothing was changed/u) as string,
      });
      const first = await startDevice(folder, alone);
      await send(folder, 'before');
      expect((await keys()).stdout).toMatch(/^file: /u);

      const wanted = ['protect', '--with', 'passphrase', '--passphrase-file', right];
      expect(await keys(...wanted)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/in use by another running Reunion/u) as string,
      });
      await first.process.kill('SIGTERM');
      const copy = join(temporaryFolder(), 'copy');
      cpSync(folder, copy, { recursive: true });
      const protectedNow = await keys(...wanted);
      expect(protectedNow).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^passphrase: /u) as string,
      });
      expect(protectedNow.stderr).toBe('');
      // The key file of before opens nothing any more but what was copied with it.
      const later = join(temporaryFolder(), 'later');
      cpSync(folder, later, { recursive: true });
      cpSync(join(copy, 'device.key'), join(later, 'device.key'));
      expect(await reunion(['store', 'check', '--data', later])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/This key does not open the store/u) as string,
      });
      expect(await reunion(['store', 'check', '--data', copy])).toMatchObject({ code: 0 });

      const start = (...args: string[]) => reunion(['device', '--data', folder, ...args]);
      expect(await start()).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/protected by a passphrase/u) as string,
      });
      expect(await start('--passphrase-file', wrong)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/The passphrase does not fit/u) as string,
      });
      const second = await startDevice(folder, [...alone, '--passphrase-file', right]);
      expect(second.id).toBe(first.id);
      expect(await textsIn(folder)).toEqual(['before']);
      const { stdout } = await reunion(['status', '--data', folder]);
      expect(stdout).toMatch(/keys: passphrase; recovery phrase: none/u);
      await second.process.kill('SIGTERM');

      const check = ['store', 'check', '--data', folder];
      expect(await reunion(check)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/passphrase/u) as string,
      });
      expect(await reunion([...check, '--passphrase-file', right])).toMatchObject({
        stdout: 'sound',
      });
      const back = await keys('protect', '--with', 'file', '--passphrase-file', right);
      expect(back).toMatchObject({ code: 0, stdout: expect.stringMatching(/^file: /u) as string });
      const third = await startDevice(folder, alone);
      expect(third.id).toBe(first.id);
    },
  );
});

describe('the recovery phrase', () => {
  test(
    'brings everything back from one backup, as a new device that others can join',
    { timeout: TIMEOUT_MS },
    async () => {
      const relay = await startRelay();
      const online = ['--relay', relay.address, ...alone];
      const [a, b, c, d] = Array.from({ length: 4 }, () => temporaryFolder()) as [
        string,
        string,
        string,
        string,
      ];
      const first = await startDevice(a, ['--name', 'A', ...online]);
      const second = await startDevice(b, ['--name', 'B', ...online]);
      await send(a, 'one');
      await pair(a, b);
      await send(a, 'two');
      const words = await phraseFile(a);
      await send(a, 'three');
      // Made on A, it holds for B too, which has learnt of it by synchronization.
      const api = await apiOf(b);
      await eventually(
        api,
        async () =>
          existsSync(join(b, 'recovery.json')) && (await textsOf(api, CONVERSATION)).length === 3,
        'B has the messages and what the phrase needs',
      );
      await second.process.kill('SIGTERM');
      await first.process.kill('SIGTERM');
      const backup = await backUp(b);
      expect(existsSync(`${backup}.recovery`)).toBe(true);
      rmSync(a, { recursive: true });
      rmSync(b, { recursive: true });

      const recovered = await recover(c, words, backup, '--name', 'C');
      expect(recovered.stdout).toMatch(/^recovered \d+ messages, as a new device: C$/mu);
      expect(recovered.stdout).toMatch(/^ {2}removed: A \(Linux, since .*\n {2}removed: B \(/mu);
      expect(recovered).toMatchObject({ code: 0, stderr: '' });

      await startDevice(c, online);
      expect(await textsIn(c)).toEqual(['one', 'two', 'three']);
      const devices = await devicesOf(c);
      expect(devices[0]).toMatchObject({ name: 'C', own: true, role: 'device' });
      expect(devices.map(({ name }) => name).sort()).toEqual(['A', 'B', 'C', 'Recovery phrase']);
      await send(c, 'four');
      await startDevice(d, ['--name', 'D', ...online]);
      await pair(c, d);
      const other = await apiOf(d);
      await eventually(
        other,
        async () => (await textsOf(other, CONVERSATION)).length === 4,
        'D has all that was recovered and what came after',
      );
      expect((await devicesOf(d)).filter(({ removed }) => removed)).toHaveLength(2);
    },
  );

  test(
    'opens messages whose key file is lost, and an older phrase does not',
    { timeout: TIMEOUT_MS },
    async () => {
      const folder = temporaryFolder();
      const device = await startDevice(folder, ['--name', 'A', ...alone]);
      await send(folder, 'one');
      const older = await phraseFile(folder);
      const refused = await reunion(['keys', 'phrase', '--data', folder]);
      expect(refused).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/stays as it is/u) as string,
      });
      const words = await phraseFile(folder, '--yes');
      expect(
        (await devicesOf(folder)).filter(({ role, removed }) => role === 'recovery' && !removed),
      ).toHaveLength(1);
      await send(folder, 'two');
      await device.process.kill('SIGTERM');
      rmSync(join(folder, 'device.key'));
      expect(await reunion(['device', '--data', folder])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/use the recovery phrase: reunion recover/u) as string,
      });
      expect(await recover(folder, older)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/other messages/u) as string,
      });
      expect(readdirSync(folder)).not.toContain('device.key');
      expect(await recover(folder, words, '--name', 'A again')).toMatchObject({ code: 0 });
      const again = await startDevice(folder, alone);
      expect(again.id).not.toBe(device.id);
      expect(await textsIn(folder)).toEqual(['one', 'two']);
      await send(folder, 'three');
      expect(await textsIn(folder)).toEqual(['one', 'two', 'three']);
    },
  );

  test('ends in a clear message where something is missing, with nothing changed', async () => {
    const folder = temporaryFolder();
    const device = await startDevice(folder, alone);
    await send(folder, 'one');
    const words = await phraseFile(folder);
    await device.process.kill('SIGTERM');
    const backup = await backUp(folder);
    const empty = temporaryFolder();
    const sidecar = readFileSync(`${backup}.recovery`);

    const typo = join(temporaryFolder(), 'typo');
    writeFileSync(typo, readFileSync(words, 'utf8').replace(/^\w+/u, 'zoo'));
    for (const [args, message] of [
      [[empty, typo, backup], /not the 24 words of a recovery phrase/u],
      [[empty, words, `${backup}.no`], /There is no file/u],
      [[empty, words], /There are no messages in/u],
      [[folder, words, backup], /There is a device in .* already/u],
    ] as const) {
      const [place, phrase, ...rest] = args;
      expect(await recover(place, phrase, ...rest)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(message) as string,
      });
    }
    rmSync(`${backup}.recovery`);
    expect(await recover(empty, words, backup)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/backup\.recovery is not there/u) as string,
    });
    writeFileSync(`${backup}.recovery`, sidecar);
    writeFileSync(backup, readFileSync(backup).fill(0, 4_096));
    expect(await recover(empty, words, backup)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/damaged/u) as string,
    });
    expect(readdirSync(empty)).not.toContain('device.key');
    expect(readdirSync(empty)).not.toContain('messages.db');
  });
});
