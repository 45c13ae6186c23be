// One store node as a process of its own, which a test starts and talks to over IPC. Arguments: url, node, names of the peers.
import type { MessagePosition } from '../../../main/mvds/ports.ts';
import { openPostgresStore } from '../../../main/store/postgres/index.ts';
import { toPeerId } from '../../../main/mvds/ids.ts';
import { GROUP, startNode } from './store-node.ts';

/** What the test asks for, and what the process answers with. */
export type Request =
  | { readonly do: 'write'; readonly from: number; readonly to: number; readonly step: number }
  | { readonly do: 'pages'; readonly limit: number }
  | { readonly do: 'held' };
export type Reply =
  | { readonly ready: number }
  /** The number of a message, once it is committed. */
  | { readonly written: number }
  | { readonly done: readonly (readonly string[])[] };

const [url = '', name = '', ...peers] = process.argv.slice(2);
const store = await openPostgresStore({ url, nodeId: toPeerId(name) });
const node = await startNode({ name, peers, ...store });

function reply(message: Reply): void {
  process.send?.(message);
}

async function answer(request: Request): Promise<readonly (readonly string[])[]> {
  if (request.do === 'write') {
    for (let number = request.from; number < request.to; number += request.step) {
      await node.write(number);
      reply({ written: number });
    }
    return [];
  }
  if (request.do === 'held') return [node.delivered.map(({ id }) => id)];
  const pages: string[][] = [];
  for (let after: MessagePosition | undefined; ;) {
    const page = await store.history.page(GROUP, { limit: request.limit, ...(after && { after }) });
    pages.push(page.messages.map(({ id, body }) => `${id} ${Buffer.from(body).toString()}`));
    after = page.messages.at(-1);
    if (!page.hasMore) return pages;
  }
}

process.on('message', (request: Request) => {
  void answer(request).then((done) => reply({ done }));
});
process.on('disconnect', () => process.exit());
reply({ ready: node.transport.port });
