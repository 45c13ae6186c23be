import { InvalidArgumentError } from 'commander';
import type { Command, Option } from 'commander';
import { parsePeerId } from '../helpers/peer-id.ts';
import {
  RELAY_CONNECTION_BYTES_MAX,
  RELAY_CONNECTION_BYTES_MIN,
  RELAY_CONNECTION_MINUTES_LIMIT,
  RELAY_CONNECTION_MS_MAX,
  RELAY_RESERVATIONS_LIMIT,
  RELAY_RESERVATIONS_MAX,
  STUN_PORT,
} from '../network/constants.ts';
import { metricsOption, port, wholeNumber } from './arguments.ts';
import { loaded } from './loaded.ts';

/** Reads one more value of an option that may be given several times. */
type Repeatable = (text: string, before: string[]) => string[];

/** `reunion relay`: what other people's devices may meet at, too, and so the command with the most limits. */
export function addRelayCommand(program: Command, data: Option, addresses: Repeatable): void {
  program
    .command('relay')
    .description(
      'run a relay, through which devices reach each other; it cannot read what it passes on',
    )
    .addOption(data)
    .option('--listen <multiaddr>', 'an address to listen on (repeatable)', addresses, [])
    .option(
      '--announce <multiaddr>',
      'an address to be found at, behind a web proxy or a NAT (repeatable)',
      addresses,
      [],
    )
    .option(
      '--max-reservations <n>',
      'how many devices can be reached through it at once',
      wholeNumber(1, RELAY_RESERVATIONS_LIMIT),
      RELAY_RESERVATIONS_MAX,
    )
    .option(
      '--connection-bytes <n>',
      'cut a relayed connection after so many bytes in both directions',
      wholeNumber(RELAY_CONNECTION_BYTES_MIN, Number.MAX_SAFE_INTEGER),
      Number(RELAY_CONNECTION_BYTES_MAX),
    )
    .option(
      '--connection-minutes <n>',
      'cut a relayed connection after so many minutes',
      wholeNumber(1, RELAY_CONNECTION_MINUTES_LIMIT),
      RELAY_CONNECTION_MS_MAX / 60_000,
    )
    .option('--allow <id>', 'let only this device use it (repeatable)', deviceIds, [])
    .option(
      '--allow-file <file>',
      'let only the devices in this file use it: an id a line, # comments; read again on SIGHUP',
    )
    .addOption(metricsOption())
    .option('--stun <port|off>', 'answer STUN on this UDP port; 0 is any', portOrOff, STUN_PORT)
    .action(loaded(async () => (await import('./commands/relay.ts')).runRelay));
}

function portOrOff(text: string): number | 'off' {
  return text === 'off' ? 'off' : port(text);
}

function deviceIds(text: string, before: string[]): string[] {
  const peer = parsePeerId(text);
  if (!peer) {
    throw new InvalidArgumentError(
      'A device is given by its id, which `reunion device` prints when it is ready.',
    );
  }
  return [...before, peer];
}
