import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { parsePeerAddress } from '../../network/peers/peer-address.ts';
import { NICK_LENGTH_MAX, nickOf } from '../../node/chat/chat-format.ts';
import { groupOf } from '../../node/group-name.ts';
import {
  addresses,
  interval,
  jsonOption,
  limit,
  metricsOption,
  passphraseOption,
} from '../arguments.ts';
import { loaded } from '../loaded.ts';
import type { NodeCommandOptions } from './run-node.ts';
import { debugLog } from '../../log/debug-log.ts';

const ignored = debugLog('headless:nodes:node-program');

/** `reunion node`: plain MVDS groups among peers that are named. */
export function addNodeCommands(program: Command): void {
  const node = program
    .command('node')
    .description(
      'keep a plain MVDS group in step with peers that you name, until it is told to stop',
    )
    .enablePositionalOptions()
    .addOption(nodeDataOption())
    .option('--group <name|hex>', 'the group: a name, or an id of 64 hexadecimal characters', group)
    .option('--listen <multiaddr...>', 'an address to listen on (repeatable)', addresses, [])
    .addOption(peerOption())
    .option(
      '--peers-file <file>',
      'a file with peers: a multiaddr a line, # comments; read again when it changes',
    )
    .addOption(admitOption('named, or all where you name none'))
    .option(
      '--interval <seconds|live>',
      'stay connected, or connect every so many seconds',
      interval,
      'live',
    )
    .addOption(
      new Option('--mode <mode>', 'send whole messages, or their ids first')
        .choices(['batch', 'interactive'])
        .default('batch'),
    )
    .addOption(metricsOption())
    .addOption(passphraseOption())
    .action(async (options: Partial<NodeCommandOptions>, command: Command) => {
      const { group: named } = options;
      // Not mandatory to commander, which would want them of the subcommands too.
      if (options.data === undefined) command.error('error: required option --data not specified');
      if (named === undefined) command.error('error: required option --group not specified');
      return (await import('./run-node.ts')).runNode(options as NodeCommandOptions);
    });
  node
    .command('id')
    .description(
      'print the id of the node, for others to name it before it runs; made where there is none',
    )
    .addOption(nodeDataOption().makeOptionMandatory())
    .addOption(passphraseOption())
    .action(loaded(async () => (await import('./run-node.ts')).showNodeId));
  node
    .command('send')
    .description('write a message into the group of the running node')
    .addOption(nodeDataOption().makeOptionMandatory())
    .addOption(jsonOption())
    .argument('<text>', 'the text; - reads it from standard input')
    .action(loaded(async () => (await import('./node-commands.ts')).sendFromNode));
  node
    .command('messages')
    .description('list the newest messages of the group, the oldest first')
    .addOption(nodeDataOption().makeOptionMandatory())
    .option('--limit <n>', 'how many at most (1 to 1000)', limit, 50)
    .addOption(jsonOption())
    .action(loaded(async () => (await import('./node-commands.ts')).listNodeMessages));
  node
    .command('status')
    .description('show how far the node is in step with each of its peers')
    .addOption(nodeDataOption().makeOptionMandatory())
    .addOption(jsonOption())
    .action(loaded(async () => (await import('./node-commands.ts')).showNodeStatus));
}

/** `reunion chat`: a conversation in the terminal on such a group. */
export function addChatCommand(program: Command): void {
  program
    .command('chat')
    .description('chat in the terminal with the nodes of a group')
    .addOption(nodeDataOption().makeOptionMandatory())
    .requiredOption('--nick <name>', 'what you are called; names prove nothing', nick)
    .addOption(peerOption())
    .option('--peers-file <file>', 'a file with peers: a multiaddr a line, # comments')
    .option('--group <name|hex>', 'the group to chat in', group, 'chat')
    .option('--listen <multiaddr...>', 'an address to listen on (repeatable)', addresses, [])
    .addOption(admitOption('all'))
    .option('--history <n>', 'lines of the history to show on joining (0 to 1000)', history, 50)
    .addOption(passphraseOption())
    .action(loaded(async () => (await import('./run-chat.ts')).runChat));
}

function admitOption(standard: string): Option {
  return new Option(
    '--admit <named|all>',
    `who may connect: the peers you name, or every node (default: ${standard})`,
  ).choices(['named', 'all']);
}

function nick(text: string): string {
  const found = nickOf(text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`A name has 1 to ${NICK_LENGTH_MAX} characters that can be seen.`);
}

function history(text: string): number {
  return text === '0' ? 0 : limit(text);
}

export function nodeDataOption(): Option {
  return new Option('--data <dir>', 'the data folder of the node');
}

function peerOption(): Option {
  return new Option(
    '--peer <multiaddr...>',
    'a peer: a multiaddr that ends in /p2p/ and its id (repeatable)',
  )
    .argParser(peers)
    .default([], 'none');
}

export function group(text: string): string {
  try {
    groupOf(text);
    return text;
  } catch (error) {
    ignored(error);
    throw new InvalidArgumentError('A group has a name.');
  }
}

function peers(text: string, before: string[]): string[] {
  if (!parsePeerAddress(text)) {
    throw new InvalidArgumentError(
      'A peer is given by what its node prints as listening: a multiaddr that ends in /p2p/ and its id.',
    );
  }
  return [...before, text];
}
