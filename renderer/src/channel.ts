import type { Channel, DeviceFrame, RequestFrame } from '../../main/api/frames.ts';
import { bytesOf, proveAsClient } from '../../main/api/mutual-proof.ts';
import { checkSession, ownSession } from './session.ts';
import type { Session } from './session.ts';

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

const SECRET_BYTES = 32;

/**
 * A channel to the device: Electron's IPC in the window, a WebSocket to where the page came from in a browser. Rejects with
 * `LockedError` where this tab has no session, else where nothing answers that is the device.
 */
export async function openChannel(): Promise<DeviceChannel> {
  if (window.reunion) return window.reunion.connect();
  const session = await ownSession();
  try {
    return await openSocket(session);
  } catch (error) {
    await checkSession(session);
    throw error;
  }
}

/** Another program may have taken the port of a device that has ended: nothing is sent before it has proven what it is. */
async function openSocket({ id, secret }: Session): Promise<DeviceChannel> {
  const url = new URL(`/?session=${id}`, location.href.replace(/^http/u, 'ws'));
  const frames = new Frames(new WebSocket(url));
  const key = bytesOf(secret, SECRET_BYTES);
  if (key && (await proveAsClient(key, frames))) return frames.channel();
  frames.socket.close();
  throw new Error('the device does not answer');
}

/** The frames of a WebSocket, each of which waits until somebody takes it. */
class Frames {
  readonly socket: WebSocket;
  readonly #came: string[] = [];
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener('message', ({ data }) => {
      this.#came.push(String(data));
      this.#wake();
    });
    socket.addEventListener('close', () => this.#wake());
  }

  send(text: string): void {
    this.socket.send(text);
  }

  async receive(): Promise<string | undefined> {
    while (this.#came.length === 0 && this.socket.readyState <= WebSocket.OPEN) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#came.shift();
  }

  /** What has come and was not received comes first. */
  channel(): DeviceChannel {
    const { socket } = this;
    return {
      send: (frame) => socket.send(JSON.stringify(frame)),
      onFrame: (listener) => {
        this.#wake = () => {
          for (const text of this.#came.splice(0)) listener(JSON.parse(text) as DeviceFrame);
        };
        this.#wake();
      },
      onClose: (listener) => {
        socket.addEventListener('close', listener);
        if (socket.readyState > WebSocket.OPEN) listener();
      },
      close: () => socket.close(),
    };
  }
}
