import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../main/helpers/bytes.ts';
import { reunion, temporaryFolder } from '../../helpers/processes.ts';
import { serverOfFile } from '../../store/postgres/open.ts';
import { until } from '../nodes.ts';
import {
  clientsOf,
  converged,
  everything,
  firstPage,
  neighboursOf,
  NEWS,
  startStoreNode,
} from './meshes.ts';

const server = serverOfFile();

describe('store nodes on PostgreSQL', () => {
  it('serve the same pages from one database, and keep a third one complete', async () => {
    const url = await server().database();
    const one = await startStoreNode(undefined, ['--store', url]);
    const two = await startStoreNode(one, ['--store', url, '--replica', url]);
    const apart = await startStoreNode(one);
    const clients = await clientsOf([one, two, apart]);
    const at = BigInt(Date.now());
    for (const [index, client] of clients.entries()) {
      const messages = Array.from({ length: 40 }, (_, count) => ({
        timestamp: at + BigInt(index * 40 + count),
        body: utf8(`от ${index}: ${count}`),
      }));
      const published = await client.publish(NEWS, messages);
      expect(published.map(({ outcome }) => outcome)).toEqual(messages.map(() => 'stored'));
    }
    await converged(clients, 120);
    const [first, ...others] = await Promise.all(clients.map((client) => everything(client, 7)));
    expect(first).toHaveLength(120);
    for (const other of others) expect(other).toEqual(first);
    await until('they are neighbours', async () => (await neighboursOf(apart)).length > 0);
    await Promise.all(clients.map((client) => client.close()));
  });

  it('lose nothing that was acknowledged when the server restarts in the middle, and go on by themselves', async () => {
    const url = await server().database();
    const onServer = await startStoreNode(undefined, ['--store', url]);
    const onFile = await startStoreNode(onServer);
    const clients = await clientsOf([onServer, onFile]);
    const [writer, other] = clients;
    const acknowledged = new Set<string>();
    const at = Date.now() - 10_000;
    let refusals = 0;
    const restarts = (async () => {
      for (let count = 0; count < 2; count += 1) {
        await new Promise((resolve) => setTimeout(resolve, 700));
        await server().crash();
        await server().resume();
      }
    })();
    for (let count = 0; count < 60; count += 1) {
      const messages = Array.from({ length: 20 }, (_, index) => ({
        timestamp: BigInt(at + count * 20 + index),
        body: utf8(`${count}.${index} während des Neustarts`),
      }));
      try {
        const published = await (count % 2 === 0 ? writer : other)?.publish(NEWS, messages);
        for (const { id } of published ?? []) acknowledged.add(id);
      } catch {
        refusals += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await restarts;
    const holdsAll = async (client: typeof writer): Promise<boolean> => {
      const held = new Set<string>(
        client ? (await everything(client, 1_000)).map(({ id }) => id) : [],
      );
      return [...acknowledged].every((id) => held.has(id));
    };
    await until('both hold what was acknowledged', async () => {
      return (await holdsAll(writer)) && (await holdsAll(other));
    });
    await until('both hold the same', async () => {
      const pages = await Promise.all(clients.map((client) => firstPage(client)));
      return (
        Buffer.compare(pages[0]?.fingerprint ?? utf8('a'), pages[1]?.fingerprint ?? utf8('b')) === 0
      );
    });
    expect(acknowledged.size).toBeGreaterThan(0);
    expect(refusals).toBeLessThan(60);
    await Promise.all(clients.map((client) => client.close()));
  });

  it('say what is wrong with a database in one sentence', async () => {
    const wrong = ['store-node', '--data', temporaryFolder(), '--store'];
    const unreachable = await reunion([...wrong, 'postgres://127.0.0.1:1/none']);
    expect(unreachable.code).toBe(1);
    expect(unreachable.stderr).toMatch(/^reunion: PostgreSQL cannot be reached: [^\n]+\n$/u);
    expect(unreachable.stderr).not.toMatch(/bug in Reunion|at .*\.mjs/u);
    const notOne = await reunion([...wrong, 'mysql://127.0.0.1/none']);
    expect(notOne.code).toBe(2);
  });
});
