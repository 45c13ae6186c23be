import decodeQR from 'qr/decode.js';
import { expect, test } from 'vitest';
import {
  reunion,
  RunningProcess,
  startDevice,
  startRelay,
  temporaryFolder,
} from '../helpers/processes.ts';

import { apiOf, eventually } from '../helpers/watch.ts';

const TIMEOUT_MS = 60_000;

async function twoDevices(): Promise<readonly [string, string]> {
  const relay = await startRelay();
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  await startDevice(a, ['--name', 'A', '--web', 'off', '--relay', relay.address]);
  await startDevice(b, ['--name', 'B', '--web', 'off']);
  return [a, b];
}

/** Reads the picture off the lines, two modules to a character, as a camera would read it off the screen. */
function readPicture(lines: readonly string[]): string {
  const scale = 4;
  const width = Math.max(...lines.map((line) => line.length)) * scale;
  const height = lines.length * 2 * scale;
  const data = new Uint8Array(width * height * 4);
  const isLight = (x: number, y: number): boolean => {
    const character = lines[Math.floor(y / 2)]?.[x] ?? ' ';
    return character === '█' || character === (y % 2 === 0 ? '▀' : '▄');
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = isLight(Math.floor(x / scale), Math.floor(y / scale)) ? 255 : 0;
      data.fill(value, (y * width + x) * 4, (y * width + x) * 4 + 3);
      data[(y * width + x) * 4 + 3] = 255;
    }
  }
  return decodeQR({ width, height, data });
}

test(
  'a link asks for the digits that the new device shows, and lets it in by them',
  async () => {
    const [a, b] = await twoDevices();
    const invitation = new RunningProcess(['invite', '--data', a]);
    const [link] = await invitation.line(/^reunion:\S+$/u);
    const joining = new RunningProcess(['join', '--data', b, link]);
    const [, digits = ''] = await joining.errorLine(/The digits to type there: (\d\d)/u);
    await invitation.errorLine(/“B” .* Type the two digits/u);
    // What is no pair of digits is asked for again, and costs nothing.
    invitation.child.stdin?.write('seven\n');
    await invitation.errorLine(/Type the two digits[^]*Type the two digits/u);
    invitation.child.stdin?.write(`${digits}\n`);
    expect(await joining.finished).toMatchObject({ code: 0, stdout: 'joined A' });
    expect(await invitation.finished).toMatchObject({ code: 0 });
  },
  TIMEOUT_MS,
);

test(
  'wrong digits end the invitation, and both sides say why',
  async () => {
    const [a, b] = await twoDevices();
    const invitation = new RunningProcess(['invite', '--data', a]);
    const [link] = await invitation.line(/^reunion:\S+$/u);
    const joining = new RunningProcess(['join', '--data', b, link]);
    const [, digits = ''] = await joining.errorLine(/The digits to type there: (\d\d)/u);
    await invitation.errorLine(/Type the two digits/u);
    invitation.child.stdin?.write(digits === '42' ? '43\n' : '42\n');
    const [host, guest] = await Promise.all([invitation.finished, joining.finished]);
    expect(host.code).toBe(1);
    expect(host.stderr).toContain('Those are not the digits that the other device shows');
    expect(guest.code).toBe(1);
    expect(guest.stderr).toContain('Other digits than these were typed on the other device');
    const again = await reunion(['join', '--data', b, link]);
    expect(again).toMatchObject({ code: 1 });
    const devices = await reunion(['devices', '--data', b]);
    expect(devices.stdout).toBe('No other devices yet; `reunion invite` adds one.');
  },
  TIMEOUT_MS,
);

test(
  'the picture lets a device in without digits',
  async () => {
    const [a, b] = await twoDevices();
    const invitation = new RunningProcess(['invite', '--data', a, '--qr']);
    const [link] = await invitation.line(/^reunion:\S+$/u);
    await invitation.line(/^▀+$/u);
    const inPicture = readPicture(invitation.lines.filter((line) => /^[█▀▄ ]+$/u.test(line)));
    expect(inPicture).toMatch(/^reunion:/u);
    expect(inPicture).not.toBe(link);
    const joining = new RunningProcess(['join', '--data', b, inPicture]);
    await invitation.errorLine(/join\? \[y\/N\]/u);
    invitation.child.stdin?.write('y\n');
    expect(await joining.finished).toMatchObject({ code: 0, stdout: 'joined A' });
    expect((await joining.finished).stderr).not.toContain('digits');
    expect(await invitation.finished).toMatchObject({ code: 0 });
  },
  TIMEOUT_MS,
);

test(
  'a code is all that has to be typed',
  async () => {
    const relay = await startRelay();
    const [a, b] = [temporaryFolder(), temporaryFolder()];
    for (const [folder, name] of [
      [a, 'A'],
      [b, 'B'],
    ] as const) {
      await startDevice(folder, ['--name', name, '--web', 'off', '--relay', relay.address]);
    }
    const invitation = new RunningProcess(['invite', '--data', a, '--yes']);
    const [, code = ''] = await invitation.line(/^code (\S+)$/u);
    const joined = await reunion(['join', '--data', b, code.toUpperCase().replaceAll('-', ' ')]);
    expect(joined).toMatchObject({ code: 0, stdout: 'joined A' });
    expect(await invitation.finished).toMatchObject({ code: 0 });
  },
  TIMEOUT_MS,
);

test(
  'a joining process that is killed while a person is asked leaves the code good for its next start',
  async () => {
    const relay = await startRelay();
    const [a, b] = [temporaryFolder(), temporaryFolder()];
    await startDevice(a, ['--name', 'A', '--web', 'off', '--relay', relay.address]);
    const options = ['--name', 'B', '--web', 'off', '--relay', relay.address];
    const first = await startDevice(b, options);
    const invitation = new RunningProcess(['invite', '--data', a]);
    const [, code = ''] = await invitation.line(/^code (\S+)$/u);
    const joining = new RunningProcess(['join', '--data', b, code]);
    await invitation.errorLine(/“B” .* join\?/u);
    await first.process.kill('SIGKILL');
    expect(await joining.finished).toMatchObject({ code: 1 });
    const api = await apiOf(a);
    const isOpen = async () => (await api.call('pairing', {})).kind === 'inviting';
    await eventually(api, isOpen, 'A waits again');

    const second = await startDevice(b, options);
    expect(second.id).toBe(first.id);
    const again = new RunningProcess(['join', '--data', b, code]);
    await invitation.errorLine(/join\?[^]*join\?/u);
    invitation.child.stdin?.write('y\n');
    expect(await again.finished).toMatchObject({ code: 0, stdout: 'joined A' });
    expect(await invitation.finished).toMatchObject({ code: 0 });
  },
  TIMEOUT_MS,
);

test(
  'a wrong word is told on both sides, another code is printed, and a new device gets in by it',
  async () => {
    const relay = await startRelay();
    const [a, b, c] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    for (const [folder, name] of [
      [a, 'A'],
      [b, 'B'],
      [c, 'Stranger'],
    ] as const) {
      await startDevice(folder, ['--name', name, '--web', 'off', '--relay', relay.address]);
    }
    const invitation = new RunningProcess(['invite', '--data', a, '--yes']);
    const [, code = ''] = await invitation.line(/^code (\S+)$/u);
    const wrong = `${code.slice(0, 4)}-${code.endsWith('-zoo') ? 'zone-zone' : 'zoo-zoo'}`;
    const guess = await reunion(['join', '--data', c, '-'], wrong);
    expect(guess.code).toBe(1);
    expect(guess.stderr).toContain('The code is spent; ask for a new one there.');
    await invitation.errorLine(
      /A wrong code was entered by “Stranger”, device …\w{8}, by a relay\.\n/u,
    );
    await invitation.errorLine(/The code is spent\. The link and the picture are still good\./u);
    const isOther = new RegExp(`^code (?!${code}$)(\\S+)$`, 'u');
    const [, other = ''] = await invitation.line(isOther);
    const asked = await reunion(['invite', '--data', a, '--new-code']);
    expect(asked.stdout).toMatch(/^code \d{4}-[a-z]+-[a-z]+$/u);
    expect(asked.stdout).not.toBe(`code ${other}`);
    const joined = await reunion(['join', '--data', b, '-'], asked.stdout.slice('code '.length));
    expect(joined).toMatchObject({ code: 0, stdout: 'joined A' });
    expect(await invitation.finished).toMatchObject({ code: 0 });
    const late = await reunion(['invite', '--data', a, '--new-code']);
    expect(late).toMatchObject({ code: 1 });
    expect(late.stderr).toContain('No invitation is open');
    const named = await reunion(['devices', 'rename', '--data', a, 'B', '\u3164']);
    expect(named).toMatchObject({ code: 1 });
    expect(named.stderr).toContain('A device needs a name that can be seen.');
  },
  TIMEOUT_MS,
);
