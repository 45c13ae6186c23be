// The program of the store's thread: one engine, and whoever calls it through `thread.ts`.
import { parentPort, workerData } from 'node:worker_threads';
import { openEngine } from './engine.ts';
import { toRecord } from './error-record.ts';
import { nodeFileSystem } from './file-backend/index.ts';
import { StoreService } from './service.ts';
import type { ThreadOptions, ThreadReply, ThreadRequest } from './thread.ts';

const port = parentPort;
if (port === null) throw new Error('this program runs in a thread of another');
const send = (reply: ThreadReply): void => port.postMessage(reply);

try {
  const engine = await openEngine({
    ...(workerData as ThreadOptions),
    fileSystem: nodeFileSystem,
    onNotice: (notice) => send({ kind: 'notice', notice }),
    now: () => Date.now(),
  });
  const service = new StoreService(engine);
  const answer = async ({ id, call }: ThreadRequest): Promise<void> => {
    try {
      send({ kind: 'result', id, result: await service.call(call) });
    } catch (error) {
      send({ kind: 'error', id, error: toRecord(error) });
    }
    // Nothing else keeps the thread running: it ends.
    if (call.table === 'store' && call.method === 'close') port.close();
  };
  port.on('message', (request: ThreadRequest) => void answer(request));
  send({ kind: 'opened', storeId: engine.storeId, isBehind: engine.isBehind });
} catch (error) {
  send({ kind: 'failed', error: toRecord(error) });
}
