import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import type { z } from 'zod';
import { incomingFrame } from '../api/frames.ts';
import type { Channel, DeviceFrame } from '../api/frames.ts';
import type { HostEvent } from '../api/types.ts';
import { DEVICE_CHANNEL, REQUEST_CHANNEL } from './channels.ts';

/**
 * Calls `listener` for what the page of one window sends: its main frame alone, only while that shows the app's own page, and
 * only what has the right shape. Ends with the window.
 */
export function onMessage<T>(
  ipc: Pick<IpcMain, 'on' | 'off'>,
  contents: WebContents,
  isOwnPage: (url: string) => boolean,
  channel: string,
  shape: z.ZodType<T>,
  listener: (message: T) => void,
): void {
  const received = (event: IpcMainEvent, message: unknown) => {
    if (!isFrom(contents, isOwnPage, event)) return;
    const parsed = shape.safeParse(message);
    if (parsed.success) listener(parsed.data);
  };
  ipc.on(channel, received);
  contents.once('destroyed', () => ipc.off(channel, received));
}

/** As `onMessage`, where the page waits until it was heard; it hears an error where it was not. One window at a time. */
export function onCall<T>(
  ipc: Pick<IpcMain, 'handle' | 'removeHandler'>,
  contents: WebContents,
  isOwnPage: (url: string) => boolean,
  channel: string,
  shape: z.ZodType<T>,
  listener: (message: T) => void,
): void {
  ipc.handle(channel, (event, message: unknown) => {
    if (!isFrom(contents, isOwnPage, event)) throw new Error('not for this page');
    listener(shape.parse(message));
  });
  contents.once('destroyed', () => ipc.removeHandler(channel));
}

function isFrom(
  contents: WebContents,
  isOwnPage: (url: string) => boolean,
  { senderFrame }: Pick<IpcMainEvent | IpcMainInvokeEvent, 'senderFrame'>,
): boolean {
  return senderFrame === contents.mainFrame && isOwnPage(senderFrame.url);
}

/**
 * The channel to one window. A page that is loading hears nothing: it asks for the state of things when it is there. What the
 * host wants it to show waits until then.
 */
export function windowChannel(
  ipc: Pick<IpcMain, 'on' | 'off'>,
  contents: WebContents,
  isOwnPage: (url: string) => boolean,
): Channel<DeviceFrame, unknown> {
  let listens = false;
  /** The last one of each kind. */
  const waiting = new Map<HostEvent['show'], DeviceFrame>();
  const send = (frame: DeviceFrame) => {
    if (!contents.isDestroyed()) contents.send(DEVICE_CHANNEL, frame);
  };
  contents.on('did-start-loading', () => (listens = false));
  return {
    send(frame) {
      if (listens) send(frame);
      else if ('event' in frame && frame.event.kind === 'host') {
        waiting.set(frame.event.host.show, frame);
      }
    },
    onFrame(listener) {
      onMessage(ipc, contents, isOwnPage, REQUEST_CHANNEL, incomingFrame, (frame) => {
        listens = true;
        for (const held of waiting.values()) send(held);
        waiting.clear();
        listener(frame);
      });
    },
    onClose: (listener) => void contents.once('destroyed', listener),
    close: () => contents.close(),
  };
}
