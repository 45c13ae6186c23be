import { pino } from 'pino';
import { systemClock, systemRandom } from '../../helpers/clock.ts';
import { ChatRoom } from '../../node/chat/chat-room.ts';
import { groupOf } from '../../node/group-name.ts';
import { untilStopped } from '../commands/until-stopped.ts';
import { explain } from '../failures.ts';
import type { KeyOptions } from '../key-ways.ts';
import { openChatTerminal, terminalWording } from './chat-terminal.ts';
import type { ChatTerminal } from './chat-terminal.ts';
import { startNodeControl } from './node-control.ts';
import { openNodeFolder } from './open-store.ts';
import { NODE_LISTEN, peersOf } from './run-node.ts';
import type { Admission } from './run-node.ts';
import { UnmetParentsLog } from './unmet-parents-log.ts';

export interface ChatCommandOptions extends KeyOptions {
  readonly data: string;
  readonly nick: string;
  readonly group: string;
  readonly listen: readonly string[];
  readonly peer: readonly string[];
  readonly peersFile?: string;
  readonly admit?: Admission;
  readonly history: number;
}

/** How long a chat that is at its end waits for another node to take what was written, milliseconds. */
const LAST_WORDS_MS = 10_000;
const LOOK_MS = 100;

/** `reunion chat`. Resolves once the person has left, or the process was told to stop. */
export async function runChat(options: ChatCommandOptions): Promise<void> {
  const stopped = untilStopped().then(() => 'stopped' as const);
  const logger = pino({ name: 'reunion' }, pino.destination({ dest: 2, sync: true }));
  const { folder, keys, store } = await openNodeFolder(options.data, 'node', options);
  const terminal = openChatTerminal({ input: process.stdin, output: process.stdout });
  const unmet = new UnmetParentsLog(systemClock, (text) => terminal.print(`* ${text}`));
  // In the reverse of their order.
  const endings: (() => unknown)[] = [() => store.close()];
  try {
    const room = await ChatRoom.open({
      ...{ keys, store, clock: systemClock, random: systemRandom },
      ...{ nick: options.nick, history: options.history, group: groupOf(options.group) },
      peers: peersOf(options),
      listen: options.listen.length > 0 ? options.listen : NODE_LISTEN,
      isOpen: options.admit !== 'named',
      ...{ interval: 'live' as const, mode: 'batch' as const },
      wording: terminalWording,
      print: (text) => terminal.print(text),
      onUnmetParents: unmet.take,
      onError: (error) => logger.error(error),
    });
    endings.unshift(() => room.close());
    terminal.setPrompt(room.nick);
    await room.start();
    const control = await startNodeControl(folder, room.node);
    endings.unshift(() => control.close());
    endings.unshift(() => terminal.close());
    endings.unshift(() => unmet.stop());
    introduce(room, terminal);
    await Promise.race([stopped, terminal.broken, converse(room, terminal)]);
  } finally {
    for (const end of endings) await end();
  }
}

function introduce({ nick, node }: ChatRoom, terminal: ChatTerminal): void {
  if (terminal.isInteractive) {
    terminal.print(`* You are ${nick}. /help lists the commands.`);
    for (const address of node.addresses()) terminal.print(`* Others join with: --peer ${address}`);
  } else {
    terminal.print(`ready ${node.id}`);
    for (const address of node.addresses()) terminal.print(`listening ${address}`);
  }
}

/**
 * Until the person leaves. An input that ends without a line is none (a service has no keyboard): the chat goes on. One that
 * ends after some ends the chat, once another node holds what was written.
 */
async function converse(room: ChatRoom, terminal: ChatTerminal): Promise<void> {
  let isTyped = false;
  for await (const line of terminal.lines()) {
    isTyped = true;
    try {
      if ((await room.type(line)) === 'quit') return;
      terminal.setPrompt(room.nick);
    } catch (error) {
      terminal.print(`* The line was not stored. ${explain(error).message}`);
    }
  }
  if (terminal.isInteractive) return;
  if (!isTyped) await new Promise<never>(() => undefined);
  const end = Date.now() + LAST_WORDS_MS;
  while (!room.isDelivered && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
