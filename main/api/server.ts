import { commandArguments } from './contract.ts';
import type { Command, CommandArguments, CommandResults } from './contract.ts';
import { toApiError } from './errors.ts';
import type { ContentAccess } from './file-access.ts';
import type { Channel, DeviceFrame, RequestFrame } from './frames.ts';
import type { ApiEvent } from './types.ts';

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

/** Serves a device over one channel until it closes. Arguments are validated here, for every host alike. */
export function serveApi(device: DeviceService, channel: Channel<DeviceFrame, RequestFrame>): void {
  const unsubscribe = device.onEvent((event) => channel.send({ event }));
  channel.onClose(unsubscribe);
  channel.onFrame((frame) => {
    void answer(device, frame).then((reply) => channel.send(reply));
  });
}

async function answer(device: DeviceService, frame: RequestFrame): Promise<DeviceFrame> {
  const { id, command } = frame;
  if (!Object.hasOwn(commandArguments, command)) {
    return {
      id,
      error: { code: 'invalid-arguments', message: `There is no command “${command}”.` },
    };
  }
  const parsed = commandArguments[command].safeParse(frame.arguments);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    return {
      id,
      error: {
        code: 'invalid-arguments',
        message: `“${command}” was called wrongly: ${where ? `${where}: ` : ''}${issue?.message ?? ''}`,
      },
    };
  }
  try {
    const run = device.commands[command] as (args: unknown) => Promise<unknown>;
    return { id, result: await run(parsed.data) };
  } catch (error) {
    const told = toApiError(error);
    if (told.code === 'internal') device.onBug(error);
    return { id, error: told };
  }
}
