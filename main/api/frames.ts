import { z } from 'zod';
import type { Command } from './contract.ts';
import type { ApiError, ApiEvent } from './types.ts';

/** From whatever shows a device to the device. */
export interface RequestFrame {
  readonly id: number;
  readonly command: Command;
  readonly arguments: unknown;
}

/** More characters than the name of any command has. */
const COMMAND_LENGTH_MAX = 100;

/** A request as it comes in, before anything is known of it. Command and arguments are checked where they are carried out. */
export const incomingFrame = z.object({
  id: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  command: z.string().max(COMMAND_LENGTH_MAX),
  arguments: z.unknown(),
});
export type IncomingFrame = z.infer<typeof incomingFrame>;

/** From the device: the answer to the request of that id, or an event. */
export type DeviceFrame =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ApiError }
  | { readonly event: ApiEvent };

/** Carries frames both ways in order: a WebSocket, or Electron's IPC. */
export interface Channel<Out, In> {
  send(frame: Out): void;
  onFrame(listener: (frame: In) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}
