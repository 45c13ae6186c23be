import type { Command, CommandArguments, CommandResults } from '../../../main/api/contract.ts';
import type { DeviceFrame } from '../../../main/api/frames.ts';
import type { ApiEvent, MessageView } from '../../../main/api/types.ts';
import type { DeviceChannel } from '../../../renderer/src/channel.ts';

/** A command that the page has given, and that the test answers when it likes. */
export interface Asked<C extends Command> {
  readonly command: C;
  readonly args: CommandArguments[C];
  /** Answers, and lets the page act on it. */
  readonly answer: (result: CommandResults[C]) => Promise<void>;
  readonly fail: (error: unknown) => Promise<void>;
}

export interface ScriptedConnection {
  readonly channel: DeviceChannel;
  readonly emit: (event: ApiEvent) => void;
  /** Ends the connection, as when the device ends. */
  readonly cut: () => void;
}

interface Open {
  readonly command: Command;
  readonly args: unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** The device as the page's state sees it: the test answers each command, in the order of its choice. */
export class ScriptedDevice {
  readonly #open: Open[] = [];

  readonly call = <C extends Command>(
    command: C,
    args: CommandArguments[C],
  ): Promise<CommandResults[C]> =>
    new Promise((resolve, reject) => this.#open.push({ command, args, resolve, reject }));

  /** How many commands of that name are not answered. */
  count(command: Command): number {
    return this.#open.filter((one) => one.command === command).length;
  }

  /** The oldest command of that name that is not answered. Throws where there is none. */
  take<C extends Command>(command: C): Asked<C> {
    const index = this.#open.findIndex((one) => one.command === command);
    const [open] = index < 0 ? [] : this.#open.splice(index, 1);
    if (!open) throw new Error(`the page has not called ${command}`);
    return {
      command,
      args: open.args as CommandArguments[C],
      answer: (result) => {
        open.resolve(result as never);
        return settled();
      },
      fail: (error) => {
        open.reject(error);
        return settled();
      },
    };
  }

  /** A new connection of the page to this device. */
  connect(): ScriptedConnection {
    let frame: (frame: DeviceFrame) => void = () => undefined;
    const closed = new Set<() => void>();
    const close = (): void => {
      for (const listener of [...closed]) listener();
      closed.clear();
      this.#open.length = 0;
    };
    return {
      channel: {
        send: ({ id, command, arguments: args }) => {
          this.call(command, args as never).then(
            (result) => frame({ id, result }),
            (error: unknown) =>
              frame({
                id,
                error: {
                  code: 'connection-lost',
                  message: error instanceof Error ? error.message : '',
                },
              }),
          );
        },
        onFrame: (listener) => (frame = listener),
        onClose: (listener) => closed.add(listener),
        close,
      },
      emit: (event) => frame({ event }),
      cut: close,
    };
  }
}

/** Lets everything run that is not waiting for a timer or the device. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

const AUTHOR = { id: 'phone', name: 'Telefon', short: 'phone' };
const TEXTS = ['Brot und Käse', 'ミルクを買う', 'Call the dentist', 'שלום', 'Zug um 17:04'];

/** The message with that number: `number` is its place as well. */
export function message(number: number, changed: Partial<MessageView> = {}): MessageView {
  return {
    id: `m${String(number).padStart(5, '0')}`,
    conversationId: 'shopping',
    author: AUTHOR,
    text: `${TEXTS[number % TEXTS.length] ?? ''} ${number}`,
    writtenAt: 1_700_000_000_000 + number,
    order: number,
    own: false,
    editedAt: null,
    deleted: false,
    pinned: false,
    reactions: [],
    attachments: [],
    unsupported: false,
    ...changed,
  };
}

/** Messages from one number to another, both included. */
export function messages(from: number, to: number): MessageView[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => message(from + index));
}
