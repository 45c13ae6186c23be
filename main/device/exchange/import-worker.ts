// The program of the thread that reads a file to be imported: see `import-thread.ts`.
import { parentPort, workerData } from 'node:worker_threads';
import { CLOCK_MAX } from '../../conversations/order.ts';
import { toApiError } from '../../api/errors.ts';
import { pieces } from './imported.ts';
import type { ImportReply, ImportRequest, ImportWork } from './import-thread.ts';
import { readImport } from './read-import.ts';

const port = parentPort;
if (port === null) throw new Error('this program runs in a thread of another');
const send = (reply: ImportReply): void => port.postMessage(reply);

try {
  const { name, content, now } = workerData as ImportWork;
  const read = readImport(name, content, now).map(({ name: called, messages }) => ({
    name: called,
    messages: messages
      .filter(({ at }) => at >= 0 && at <= CLOCK_MAX)
      .flatMap(({ at, text }) => pieces(text).map((piece) => ({ at, text: piece }))),
  }));
  port.on('message', ({ conversation, from, count }: ImportRequest) => {
    const messages = read[conversation]?.messages.slice(from, from + count) ?? [];
    send({ kind: 'messages', messages });
  });
  const conversations = read.map(({ name: called, messages }) => ({
    name: called,
    count: messages.length,
  }));
  send({ kind: 'read', conversations });
} catch (error) {
  const told = toApiError(error);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  send({ kind: 'failed', error: told, stack });
}
