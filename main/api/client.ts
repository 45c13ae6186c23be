import type { Command, CommandArguments, CommandResults } from './contract.ts';
import type { Channel, DeviceFrame, RequestFrame } from './frames.ts';
import type { ApiError, ApiEvent } from './types.ts';

/** A command that failed: `code` says how, `message` says it to a person. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: ApiError['code'];

  constructor(error: ApiError) {
    super(error.message);
    this.code = error.code;
  }
}

const CONNECTION_LOST: ApiError = {
  code: 'connection-lost',
  message: 'The connection to Reunion was lost.',
};

/** Gives a command to the device. Rejects with a `CommandError` whose message is for the person. */
export type Call = <C extends Command>(
  command: C,
  args: CommandArguments[C],
) => Promise<CommandResults[C]>;

/** Calls a device over a channel. Used by the renderer and the command line alike. */
export interface ApiClient {
  /** Rejects with a `CommandError`, also when the channel closes before the answer. */
  call<C extends Command>(command: C, args: CommandArguments[C]): Promise<CommandResults[C]>;
  /** Returns a function that ends the subscription. */
  onEvent(listener: (event: ApiEvent) => void): () => void;
  onClose(listener: () => void): void;
  close(): void;
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: CommandError) => void;
}

export function createApiClient(channel: Channel<RequestFrame, DeviceFrame>): ApiClient {
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(event: ApiEvent) => void>();
  let nextId = 1;
  let closed = false;

  channel.onFrame((frame) => {
    if ('event' in frame) {
      for (const listener of listeners) listener(frame.event);
      return;
    }
    const call = waiting.get(frame.id);
    waiting.delete(frame.id);
    if ('error' in frame) call?.reject(new CommandError(frame.error));
    else call?.resolve(frame.result as never);
  });
  channel.onClose(() => {
    closed = true;
    for (const call of waiting.values()) call.reject(new CommandError(CONNECTION_LOST));
    waiting.clear();
  });

  return {
    call: (command, args) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new CommandError(CONNECTION_LOST));
          return;
        }
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        channel.send({ id, command, arguments: args });
      }),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onClose: (listener) => channel.onClose(listener),
    close: () => channel.close(),
  };
}
