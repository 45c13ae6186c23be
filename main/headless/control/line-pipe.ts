import type { Socket } from 'node:net';
import type { ProofPipe } from '../../api/mutual-proof.ts';

/** Longer than any text of a proof, bytes. */
const LINE_BYTES_MAX = 1_024;

/** Texts as lines over a socket that is otherwise paused, and stays so: whatever follows the last line is left in it. */
export function linePipe(socket: Socket): ProofPipe {
  socket.pause();
  return {
    send: (text) => void socket.write(`${text}\n`),
    receive: () =>
      new Promise((resolve) => {
        let held = Buffer.alloc(0);
        const settle = (line: string | undefined) => {
          socket.pause();
          socket.off('data', take).off('end', ended).off('close', ended);
          resolve(line);
        };
        const ended = () => settle(undefined);
        const take = (data: Buffer) => {
          held = Buffer.concat([held, data]);
          const end = held.indexOf('\n');
          if (end < 0 && held.byteLength <= LINE_BYTES_MAX) return;
          settle(end < 0 ? undefined : held.toString('latin1', 0, end));
          if (end >= 0 && end + 1 < held.byteLength) socket.unshift(held.subarray(end + 1));
        };
        if (socket.destroyed) {
          resolve(undefined);
          return;
        }
        socket.on('data', take).on('end', ended).on('close', ended);
        socket.resume();
      }),
  };
}
