import type { IpcMain, IpcMainEvent, WebContents } from 'electron';
import { z } from 'zod';
import type { Channel, DeviceFrame, RequestFrame } from '../api/frames.ts';
import { DEVICE_CHANNEL, REQUEST_CHANNEL } from './channels.ts';

/** Command and arguments are checked where they are carried out; here only that it is a request at all. */
const requestFrame = z.object({ id: z.number(), command: z.string(), arguments: z.unknown() });

/** The channel to one window. Only its main frame is listened to, and only while it shows the app's own page. */
export function windowChannel(
  ipc: Pick<IpcMain, 'on' | 'off'>,
  contents: WebContents,
  isOwnPage: (url: string) => boolean,
): Channel<DeviceFrame, RequestFrame> {
  return {
    send(frame) {
      if (!contents.isDestroyed()) contents.send(DEVICE_CHANNEL, frame);
    },
    onFrame(listener) {
      const received = (event: IpcMainEvent, frame: unknown) => {
        const { senderFrame } = event;
        if (senderFrame !== contents.mainFrame || !isOwnPage(senderFrame.url)) return;
        const parsed = requestFrame.safeParse(frame);
        if (parsed.success) listener(parsed.data as RequestFrame);
      };
      ipc.on(REQUEST_CHANNEL, received);
      contents.once('destroyed', () => ipc.off(REQUEST_CHANNEL, received));
    },
    onClose: (listener) => void contents.once('destroyed', listener),
    close: () => contents.close(),
  };
}
