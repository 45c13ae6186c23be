import type { Channel, DeviceFrame, RequestFrame } from '../../main/api/frames.ts';

export type DeviceChannel = Channel<RequestFrame, DeviceFrame>;

declare global {
  interface Window {
    /** Put there by the preload script of the desktop app; absent in a browser. */
    readonly reunion?: {
      connect(): DeviceChannel;
      /** The camera may be used while the scanner is open, and at no other time. */
      scanner?(open: boolean): Promise<void>;
    };
  }
}

/** A channel to the device: Electron's IPC in the window, a WebSocket to where the page came from in a browser. */
export async function openChannel(): Promise<DeviceChannel> {
  return window.reunion ? window.reunion.connect() : openSocket();
}

function openSocket(): Promise<DeviceChannel> {
  const socket = new WebSocket(new URL('/', location.href.replace(/^http/u, 'ws')));
  const channel: DeviceChannel = {
    send: (frame) => socket.send(JSON.stringify(frame)),
    onFrame: (listener) =>
      socket.addEventListener('message', ({ data }) => {
        listener(JSON.parse(data as string) as DeviceFrame);
      }),
    onClose: (listener) => socket.addEventListener('close', listener),
    close: () => socket.close(),
  };
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(channel));
    socket.addEventListener('close', () => reject(new Error('the device does not answer')));
  });
}
