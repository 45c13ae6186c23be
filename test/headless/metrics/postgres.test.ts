import { expect, test } from 'vitest';
import { reunion } from '../../helpers/processes.ts';
import { HOOK_TIMEOUT_MS, testPostgres } from '../../helpers/postgres.ts';
import { until } from '../../node/nodes.ts';
import { startStoreNode } from '../../node/store/meshes.ts';
import { MeasuredProcess } from './measured.ts';

test(
  'a store node shows that its database is out of reach, what that does to clients, and that it is back',
  async () => {
    const server = await testPostgres();
    const node = await startStoreNode(undefined, [
      ...['--store', await server.database()],
      ...['--metrics', '0'],
    ]);
    const measured = await MeasuredProcess.of(node.process);
    const publish = () =>
      reunion(['store-publish', '--node', node.address, '--group', 'news', '-'], 'сообщение\n');
    const unavailable = { kind: 'publish', outcome: 'unavailable' };
    expect((await publish()).code).toBe(0);
    expect(await measured.value('reunion_store_up')).toBe(1);
    expect(await measured.value('reunion_messages')).toBe(2);
    expect(await measured.value('reunion_store_bytes')).toBeGreaterThan(0);
    expect(await measured.value('reunion_requests_total', unavailable)).toBe(0);

    await server.crash();
    expect(await measured.value('reunion_store_up')).toBe(0);
    expect(await measured.value('reunion_messages')).toBeUndefined();
    expect((await publish()).code).toBe(1);
    expect(await measured.value('reunion_requests_total', unavailable)).toBe(1);
    // The process itself is well.
    expect((await measured.health()).code).toBe(200);

    await server.resume();
    await until('the store answers', async () => {
      return (await measured.value('reunion_store_up')) === 1;
    });
    expect(await measured.value('reunion_messages')).toBe(2);
  },
  HOOK_TIMEOUT_MS,
);
