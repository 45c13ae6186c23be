import type { Command } from './contract.ts';
import type { ApiError, ApiEvent } from './types.ts';

/** From whatever shows a device to the device. */
export interface RequestFrame {
  readonly id: number;
  readonly command: Command;
  readonly arguments: unknown;
}

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
