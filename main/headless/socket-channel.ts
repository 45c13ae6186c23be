import type { WebSocket } from 'ws';
import type { Channel } from '../api/frames.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('headless:socket-channel');

/**
 * The longest frame taken from a client, bytes. Far more than any text that is accepted, so that one that is too long is
 * refused in words and not by a broken connection.
 */
export const FRAME_BYTES_MAX = 16 << 20;

/** Frames as JSON text over a WebSocket of the `ws` package, at either end. What is no JSON ends the connection. */
export function socketChannel<Out, In>(socket: WebSocket): Channel<Out, In> {
  // A frame over the limit, or a connection that breaks: either way the close event follows.
  socket.on('error', () => socket.terminate());
  return {
    send(frame) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
    },
    onFrame(listener) {
      socket.on('message', (data: Buffer, isBinary) => {
        const frame = isBinary ? undefined : parsed(data);
        if (frame) listener(frame.value as In);
        else socket.close();
      });
    },
    onClose: (listener) => void socket.on('close', listener),
    close: () => socket.close(),
  };
}

function parsed(data: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(data.toString('utf8')) };
  } catch (error) {
    ignored(error);
    return undefined;
  }
}
