import type { WebSocket } from 'ws';
import type { Channel } from '../api/frames.ts';

/** Frames as JSON text over a WebSocket of the `ws` package, at either end. What is no JSON ends the connection. */
export function socketChannel<Out, In>(socket: WebSocket): Channel<Out, In> {
  // A frame over the limit, or a connection that breaks: either way the close event follows.
  socket.on('error', () => socket.terminate());
  return {
    send(frame) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
    },
    onFrame(listener) {
      socket.on('message', (data: Buffer) => {
        try {
          listener(JSON.parse(data.toString('utf8')) as In);
        } catch {
          socket.close();
        }
      });
    },
    onClose: (listener) => void socket.on('close', listener),
    close: () => socket.close(),
  };
}
