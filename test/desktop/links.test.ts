import { describe, expect, it } from 'vitest';
import { commandLineOf } from '../../main/desktop/command-line.ts';
import { pairingLink } from '../../main/desktop/links.ts';
import { startOptions } from '../../main/desktop/start-options.ts';

describe('how the app is started', () => {
  it('by a link: it is found among other arguments, and nothing else is taken for one', () => {
    expect(pairingLink(['/opt/reunion-desktop', '--hidden', 'reunion:abc_-1'])).toBe(
      'reunion:abc_-1',
    );
    expect(pairingLink(['reunion:one', 'reunion:two'])).toBe('reunion:two');
    for (const other of [
      'reunion-app://page/',
      '--reunion:abc',
      'reunion:',
      'reunion:a b',
      'https://example.org/?reunion:abc',
      `reunion:${'a'.repeat(8_192)}`,
    ]) {
      expect(pairingLink([other]), other).toBeUndefined();
    }
  });

  it('as the command line, but on Windows, where a program with windows has no terminal', () => {
    const argv = ['/opt/reunion-desktop', '--no-sandbox', '--cli', 'send', '--cli', 'x'];
    expect(commandLineOf(argv, 'linux')).toEqual(['send', '--cli', 'x']);
    expect(commandLineOf(['/opt/reunion-desktop', 'reunion:abc'], 'linux')).toBeUndefined();
    expect(commandLineOf(argv, 'win32')).toBeUndefined();
  });

  it('with relays, hidden, and with switches of Chromium among them', () => {
    const args = [
      '--hidden',
      '--relay',
      '/a',
      '--relay=/b',
      '--password-store=basic',
      '--no-direct',
    ];
    expect(startOptions([...args, '--stun', 'stun:h:1', '--stun=x'])).toEqual({
      name: undefined,
      lan: true,
      relays: ['/a', '/b'],
      stun: ['stun:h:1'],
      direct: false,
      hidden: true,
    });
    expect(startOptions(['--name', 'Desk', '--no-lan'])).toMatchObject({
      name: 'Desk',
      lan: false,
    });
    expect(startOptions([])).toMatchObject({ relays: [], direct: true, hidden: false });
  });
});
