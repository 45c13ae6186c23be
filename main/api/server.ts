import { commandArguments } from './contract.ts';
import type { Command, CommandArguments, CommandResults } from './contract.ts';
import { toApiError } from './errors.ts';
import type { ContentAccess } from './file-access.ts';
import { incomingFrame } from './frames.ts';
import type { Channel, DeviceFrame, IncomingFrame } from './frames.ts';
import type { ApiEvent } from './types.ts';

/** Of the description of a wrong call, which names what was wrong in it: nobody reads more characters. */
const MESSAGE_LENGTH_MAX = 500;

/** What a device offers to the api: one method per command, and its events. Expected failures are `ReunionError`s. */
export type DeviceCommands = {
  readonly [C in Command]: (args: CommandArguments[C]) => Promise<CommandResults[C]>;
};

export interface DeviceService {
  readonly commands: DeviceCommands;
  /** Returns a function that ends the subscription. */
  onEvent(listener: (event: ApiEvent) => void): () => void;
  readonly files: ContentAccess;
  /** Told of every failure that is a bug. */
  onBug(error: unknown): void;
}

/**
 * Serves a device over one channel until it closes. Frames and arguments are validated here, for every host alike: what is no
 * request closes the channel, and a request that cannot be carried out gets an error for an answer.
 */
export function serveApi(device: DeviceService, channel: Channel<DeviceFrame, unknown>): void {
  const unsubscribe = device.onEvent((event) => channel.send({ event }));
  channel.onClose(unsubscribe);
  channel.onFrame((frame) => {
    const request = incomingFrame.safeParse(frame);
    if (!request.success) {
      channel.close();
      return;
    }
    answer(device, request.data)
      .then((reply) => channel.send(reply))
      .catch((error: unknown) => {
        device.onBug(error);
        channel.close();
      });
  });
}

async function answer(device: DeviceService, frame: IncomingFrame): Promise<DeviceFrame> {
  const { id, command } = frame;
  if (!isCommand(command)) {
    return wrong(id, `There is no command “${command}”.`);
  }
  try {
    const parsed = commandArguments[command].safeParse(frame.arguments);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const where = issue?.path.join('.') ?? '';
      const why = `${where ? `${where}: ` : ''}${issue?.message ?? ''}`;
      return wrong(id, `“${command}” was called wrongly: ${why}`.slice(0, MESSAGE_LENGTH_MAX));
    }
    const run = device.commands[command] as (args: unknown) => Promise<unknown>;
    return { id, result: await run(parsed.data) };
  } catch (error) {
    const told = toApiError(error);
    if (told.code === 'internal') device.onBug(error);
    return { id, error: told };
  }
}

function isCommand(name: string): name is Command {
  return Object.hasOwn(commandArguments, name);
}

function wrong(id: number, message: string): DeviceFrame {
  return { id, error: { code: 'invalid-arguments', message } };
}
