import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { DEGREE_MAX, DEGREE_MIN } from '../../group/mesh-neighbours.ts';
import { parsePeerAddress } from '../../network/peers/peer-address.ts';
import { QUERY_LIMIT_DEFAULT } from '../../node/store/limits.ts';
import {
  addresses,
  jsonOption,
  metricsOption,
  passphraseOption,
  wholeNumber,
} from '../arguments.ts';
import { loaded } from '../loaded.ts';
import { group, nodeDataOption } from './node-program.ts';
import type { StoreNodeCommandOptions } from './run-store-node.ts';

/** As the proposal that the store nodes come from names it. */
const TOPIC = 'waku/2/store-sync/proto';
const DEGREE = 8;
/** Of one query: more are better read page by page. */
const LIMIT_MAX = 1_000_000;

/** `reunion store-node`, and what clients of one do. */
export function addStoreNodeCommands(program: Command): void {
  const node = program
    .command('store-node')
    .description(
      'store messages of any group, and keep them complete together with other store nodes',
    )
    .enablePositionalOptions()
    .addOption(nodeDataOption())
    .option('--listen <multiaddr...>', 'an address to listen on (repeatable)', addresses, [])
    .addOption(
      new Option('--bootstrap <multiaddr...>', 'a store node to find the others by (repeatable)')
        .argParser(nodes)
        .default([], 'none'),
    )
    .option('--topic <name>', 'what the store nodes of one mesh share', TOPIC)
    .option(
      '--degree <n>',
      `how many neighbours to have at most (${DEGREE_MIN} to ${DEGREE_MAX})`,
      degree,
      DEGREE,
    )
    .option('--retain-days <n>', 'keep messages of the last days alone', above0)
    .option(
      '--retain-megabytes <n>',
      'keep so many million bytes of each group; the oldest go first',
      above0,
    )
    .option('--store <url>', 'keep the messages in a PostgreSQL database, postgres://…', postgres)
    .option(
      '--replica <url>',
      'answer queries from a replica of that database, postgres://…',
      postgres,
    )
    .addOption(metricsOption())
    .addOption(passphraseOption())
    .action(async (options: Partial<StoreNodeCommandOptions>, command: Command) => {
      // Not mandatory to commander, which would want it of the subcommand too.
      if (options.data === undefined) command.error('error: required option --data not specified');
      if (options.replica !== undefined && options.store === undefined) {
        command.error('error: --replica needs --store');
      }
      return (await import('./run-store-node.ts')).runStoreNode(options as StoreNodeCommandOptions);
    });
  node
    .command('status')
    .description('show the neighbours of the running store node, and what it holds')
    .addOption(nodeDataOption().makeOptionMandatory())
    .addOption(jsonOption())
    .action(loaded(async () => (await import('./store-commands.ts')).showStoreNode));
  addClientCommands(program);
}

function addClientCommands(program: Command): void {
  const node = () =>
    new Option('--node <multiaddr>', 'the store node: a multiaddr that ends in /p2p/ and its id')
      .argParser(storeNode)
      .makeOptionMandatory();
  const groupOption = () =>
    new Option('--group <name|hex>', 'the group: a name, or an id of 64 hexadecimal characters')
      .argParser(group)
      .makeOptionMandatory();
  program
    .command('store-publish')
    .description('give messages to a store node: each line of a file is one')
    .addOption(node())
    .addOption(groupOption())
    .option('--whole', 'the file is one message, whatever is in it')
    .option('--at <time>', 'the time of the first message; the last one is of now otherwise', time)
    .addOption(jsonOption())
    .argument('<file>', 'the file, or - for standard input')
    .action(loaded(async () => (await import('./store-commands.ts')).storePublish));
  program
    .command('store-query')
    .description('read messages from a store node, and how complete they are known to be')
    .addOption(node())
    .addOption(groupOption())
    .option(
      '--from <time>',
      'the first time: 2026-11-30, 2026-11-30T12:00Z, or Unix milliseconds',
      time,
    )
    .option('--to <time>', 'the time after the last', time)
    .option('--limit <n>', 'how many at most', wholeNumber(1, LIMIT_MAX), QUERY_LIMIT_DEFAULT)
    .option('--cursor <cursor>', 'go on where another page ended')
    .option(
      '--tolerance <seconds>',
      'take in what is dated so much earlier and later, as the clocks of senders differ (20 is usual)',
      wholeNumber(0, 3_600),
      0,
    )
    .addOption(jsonOption())
    .action(loaded(async () => (await import('./store-commands.ts')).storeQuery));
}

function nodes(text: string, before: string[]): string[] {
  return [...before, storeNode(text)];
}

function storeNode(text: string): string {
  if (parsePeerAddress(text)) return text;
  throw new InvalidArgumentError(
    'A store node is given by what it prints as listening: a multiaddr that ends in /p2p/ and its id.',
  );
}

function degree(text: string): number {
  return wholeNumber(DEGREE_MIN, DEGREE_MAX)(text);
}

function above0(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('A number above 0 is wanted.');
}

function postgres(text: string): string {
  if (/^postgres(?:ql)?:\/\//u.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('A database is given as postgres://user@host/database.');
}

function time(text: string): bigint {
  if (/^-?\d+$/u.test(text)) return BigInt(text);
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return BigInt(at);
  throw new InvalidArgumentError(
    'A time is a date (2026-11-30), a date with a time (2026-11-30T12:00Z), or Unix milliseconds.',
  );
}
