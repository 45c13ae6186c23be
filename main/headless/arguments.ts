import { InvalidArgumentError, Option } from 'commander';
import {
  HISTORY_DAYS_MAX,
  INTERVAL_SECONDS_MAX,
  INTERVAL_SECONDS_MIN,
  INVITATION_MINUTES_MAX,
  PAUSE_MINUTES_MAX,
} from '../api/contract.ts';
import { HITS_MAX, PAGE_MAX } from '../api/limits.ts';
import type { History } from '../api/types.ts';
import { isVisible } from '../identity/device-name.ts';
import { isStunServer } from '../network/direct.ts';
import { parseMultiaddr, parseRelayAddress } from '../network/multiaddrs.ts';
import { defaultDataFolder } from './folders.ts';

/*
 * Options that several commands have, and what their values may be. Each parser throws `InvalidArgumentError`, whose message
 * commander prints with the usage.
 */

export function passphraseOption(): Option {
  return new Option(
    '--passphrase-file <file>',
    'a file with the passphrase of the keys, or - for standard input; asked for in a terminal otherwise',
  );
}

export function metricsOption(): Option {
  return new Option(
    '--metrics <port>',
    'serve /metrics (Prometheus) and /health on this loopback port; 0 is any',
  ).argParser(port);
}

/** A TCP or UDP port; 0 stands for any free one. */
export function port(text: string): number {
  return wholeNumber(0, PORT_MAX)(text);
}

const PORT_MAX = 65_535;

export function dataOption(): Option {
  return new Option('--data <dir>', 'the data folder').default(defaultDataFolder());
}

export function conversationOption(): Option {
  return new Option(
    '--conversation <name>',
    'name or id of the conversation',
  ).makeOptionMandatory();
}

export function historyOption(): Option {
  return new Option(
    '--history <all|none|days>',
    'how much of what was written before this device is to get',
  ).argParser(history);
}

export function jsonOption(): Option {
  return new Option('--json', 'print JSON (see main/api/types.ts)');
}

export function relays(text: string, before: string[]): string[] {
  if (!parseRelayAddress(text)) {
    throw new InvalidArgumentError(
      'A relay is given by what `reunion relay` prints: a multiaddr that ends in /p2p/ and an id.',
    );
  }
  return [...before, text];
}

export function addresses(text: string, before: string[]): string[] {
  if (!parseMultiaddr(text)) {
    throw new InvalidArgumentError('An address is a multiaddr, such as /ip4/0.0.0.0/tcp/4001.');
  }
  return [...before, text];
}

export function stunServers(text: string, before: string[]): string[] {
  if (!isStunServer(text)) {
    throw new InvalidArgumentError('A STUN server is given as stun:host:port.');
  }
  return [...before, text];
}

export function deviceName(text: string): string {
  if (!isVisible(text)) throw new InvalidArgumentError('A name has a character that can be seen.');
  return text;
}

export function paths(text: string, before: string[]): string[] {
  return [...before, text];
}

export function days(text: string): number {
  return wholeNumber(1, HISTORY_DAYS_MAX)(text);
}

export function web(text: string): number | 'off' {
  if (text === 'off') return 'off';
  const port = Number(text);
  if (!/^\d+$/u.test(text) || port > 65_535) {
    throw new InvalidArgumentError('A port is a number from 0 to 65535, or off.');
  }
  return port;
}

export function interval(text: string): number | 'live' {
  if (text === 'live') return 'live';
  const seconds = Number(text);
  const isInRange = seconds >= INTERVAL_SECONDS_MIN && seconds <= INTERVAL_SECONDS_MAX;
  if (!Number.isInteger(seconds) || !isInRange) {
    throw new InvalidArgumentError(
      `live, or a whole number from ${INTERVAL_SECONDS_MIN} to ${INTERVAL_SECONDS_MAX} (a week) is wanted.`,
    );
  }
  return seconds;
}

export function history(text: string): History {
  if (text === 'all' || text === 'none') return text;
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > HISTORY_DAYS_MAX) {
    throw new InvalidArgumentError(
      `all, none, or a whole number of days from 1 to ${HISTORY_DAYS_MAX} is wanted.`,
    );
  }
  return { days };
}

/** A whole number from `min` on, or none: commander takes null for an option without a value. */
export function most(max: number, min = 1): (text: string) => number | 'none' {
  return (text) => {
    if (text === 'none') return text;
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`none, or a whole number from ${min} to ${max} is wanted.`);
  };
}

/** What `most` gives, as the api takes it; undefined where nothing was given. */
export function mostOf(given: number | 'none' | undefined): number | null | undefined {
  return given === 'none' ? null : given;
}

export function minutes(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= INVITATION_MINUTES_MAX)) {
    throw new InvalidArgumentError(
      `A number above 0 and up to ${INVITATION_MINUTES_MAX} (a day) is wanted.`,
    );
  }
  return value;
}

export function pauseMinutes(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= PAUSE_MINUTES_MAX) return value;
  throw new InvalidArgumentError(
    `A number above 0 and up to ${PAUSE_MINUTES_MAX} (a week) is wanted.`,
  );
}

export function limit(text: string): number {
  return wholeNumber(1, PAGE_MAX)(text);
}

export function hits(text: string): number {
  return wholeNumber(1, HITS_MAX)(text);
}

/** Reads a whole number within these bounds, both included. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/u.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is wanted.`);
  };
}
