// The program of the store's thread: one engine, and whoever calls it through `thread.ts`.
import { parentPort, workerData } from 'node:worker_threads';
import { openEngine } from './engine.ts';
import { toRecord } from './error-record.ts';
import { nodeFileSystem } from './file-backend/index.ts';
import { packResult, unpackCall } from './packed-calls.ts';
import { StoreService } from './service.ts';
import type { ThreadOptions, ThreadReply, ThreadRequest } from './thread.ts';

const port = parentPort;
if (port === null) throw new Error('this program runs in a thread of another');
const send = (reply: ThreadReply, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(reply, transfer);

try {
  const engine = await openEngine({
    ...(workerData as ThreadOptions),
    fileSystem: nodeFileSystem,
    onNotice: (notice) => send({ kind: 'notice', notice }),
    now: () => Date.now(),
  });
  const service = new StoreService(engine);
  const answer = async (request: ThreadRequest): Promise<void> => {
    const { id, call } = request;
    try {
      const { transit, transfer } = packResult(call, await service.call(unpackCall(request)));
      send({ kind: 'result', id, result: transit }, transfer);
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
