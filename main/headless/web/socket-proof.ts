import type { WebSocket } from 'ws';
import type { ProofPipe } from '../../api/mutual-proof.ts';

/** The texts of a proof as the first frames of a WebSocket. To be called as soon as that is open; one text comes at a time. */
export function socketPipe(socket: WebSocket): ProofPipe {
  const came: string[] = [];
  let wake: () => void = () => undefined;
  const take = (data: Buffer) => {
    came.push(data.toString('latin1'));
    wake();
  };
  socket.on('message', take);
  socket.once('close', () => wake());
  return {
    send: (text) => socket.send(text),
    async receive() {
      while (came.length === 0 && socket.readyState === socket.OPEN) {
        await new Promise<void>((resolve) => (wake = resolve));
      }
      // The client sends one text, and then waits for the answer.
      socket.off('message', take);
      return came.shift();
    },
  };
}
