import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../main/helpers/bytes.ts';
import { reunion, temporaryFolder } from '../../helpers/processes.ts';
import { until } from '../nodes.ts';
import type { StartedNode } from '../nodes.ts';
import {
  clientsOf,
  converged,
  describeMesh,
  everything,
  firstPage,
  neighboursOf,
  NEWS,
  queryJson,
  startStoreNode,
  storeStatus,
} from './meshes.ts';

const DEGREE = ['--degree', '4'];
const WORDS = 'mesa haus 日本 кошка river nuit sól olive ☕ window'.split(' ');

/** What people write: some words, in several scripts, of odd lengths. */
function bodyOf(index: number): Uint8Array {
  const count = 1 + ((index * 7) % 23);
  const words = Array.from({ length: count }, (_, at) => WORDS[(index + at * at) % WORDS.length]);
  return utf8(`${index}: ${words.join(' ')}`);
}

describe('five store nodes that know one address', () => {
  it('converge on 20,000 messages while one is killed and one comes late, and answer alike', async () => {
    const first = await startStoreNode(undefined, DEGREE);
    const nodes: StartedNode[] = [first];
    for (let count = 0; count < 3; count += 1) nodes.push(await startStoreNode(first, DEGREE));
    const clients = await clientsOf(nodes);
    const at = Date.now() - 20_000;
    const total = 20_000;
    const batch = 500;
    for (let from = 0; from < total; from += batch) {
      const messages = Array.from({ length: batch }, (_, index) => ({
        timestamp: BigInt(at + from + index),
        body: bodyOf(from + index),
      }));
      // Not at the one that is to be killed, which would be right to lose what it has not said to be stored.
      const chosen = clients[(from / batch) % 3];
      await chosen?.publish(NEWS, messages);
      if (from === 6_000) await nodes[3]?.process.kill('SIGKILL');
      if (from === 12_000) nodes.push(await startStoreNode(first, DEGREE));
    }
    nodes[3] = await startStoreNode(first, DEGREE, nodes[3]?.folder);
    await Promise.all(clients.map((client) => client.close()));
    const all = await clientsOf(nodes);
    await converged(all, total, 120);

    const [expected = [], ...others] = await Promise.all(
      all.map((client) => everything(client, 1_000)),
    );
    expect(expected).toHaveLength(total);
    expect(Buffer.from(expected[7]?.body ?? []).toString('utf8')).toMatch(/^7: /u);
    for (const other of others)
      expect(other.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    const haveAgreed = async (): Promise<boolean> => {
      const pages = await Promise.all(all.map((client) => firstPage(client)));
      return pages.every(({ completeness: { neighbours, agreements } }) => {
        const agreed = agreements.filter(({ isNeighbour }) => isNeighbour).length;
        return neighbours > 0 && agreed === neighbours;
      });
    };
    const shown = (): Promise<string> => describeMesh(nodes);
    await until('each has agreed with each of its neighbours', haveAgreed, 60, shown);
    for (const node of nodes) {
      const neighbours = await neighboursOf(node);
      expect(neighbours.length).toBeGreaterThan(0);
      expect(neighbours.length).toBeLessThanOrEqual(4);
    }
    await Promise.all(all.map((client) => client.close()));
  }, 240_000);

  it('go on where a node is gone that all of them were told of', async () => {
    const first = await startStoreNode(undefined, DEGREE);
    const others = [await startStoreNode(first, DEGREE), await startStoreNode(first, DEGREE)];
    const [one, other] = others as [StartedNode, StartedNode];
    await until('they have found each other', async () => {
      return (await neighboursOf(one)).includes(other.id);
    });
    await first.process.kill('SIGKILL');
    const clients = await clientsOf(others);
    await clients[0]?.publish(NEWS, [{ timestamp: BigInt(Date.now()), body: utf8('still here') }]);
    await converged(clients, 1);
    await Promise.all(clients.map((client) => client.close()));
  });
});

describe('the commands of a client', () => {
  it('publish the lines of a file in order, and query them page by page with a statement', async () => {
    const first = await startStoreNode(undefined);
    const second = await startStoreNode(first);
    const file = join(temporaryFolder(), 'lines.txt');
    writeFileSync(file, 'erste Zeile\r\nこんにちは\n\nerste Zeile\n');
    const publish = (node: StartedNode, source: string, ...more: string[]) =>
      reunion(['store-publish', '--node', node.address, '--group', 'news', source, ...more]);
    expect((await publish(first, file)).stdout).toBe('published 3 messages');
    const whole = await publish(second, file, '--whole', '--at', '2001-01-01T00:00Z');
    expect(whole.stdout).toBe('published 1 message');
    const again = await publish(first, file, '--whole', '--at', '2001-01-01T00:00Z');
    expect(again.stdout).toMatch(/published (?:0 messages, 1 was there already|1 message)/u);
    await until('both hold four', async () => (await queryJson(second, [])).range.count === 4);
    await until('both hold four', async () => (await queryJson(first, [])).range.count === 4);

    const since = ['--from', '2020-01-01'];
    const page = await queryJson(second, [...since, '--limit', '2']);
    expect(page.messages.map(({ text }) => text)).toEqual(['erste Zeile', 'こんにちは']);
    const next = await queryJson(second, [...since, '--limit', '2', '--cursor', page.cursor ?? '']);
    expect(next.messages.map(({ text }) => text)).toEqual(['erste Zeile']);
    expect(next).toMatchObject({ cursor: null, behind: 0, range: { count: 3 } });
    expect(next.range).toEqual((await queryJson(first, since)).range);
    await until('they have agreed', async () => {
      const { completeness } = await queryJson(second, []);
      return completeness.agreed === 1 && completeness.completeUntil !== null;
    });
    const shown = await reunion([
      'store-query',
      '--node',
      first.address,
      '--group',
      'news',
      ...since,
    ]);
    expect(shown.stdout).toMatch(/erste Zeile\n.*こんにちは\n.*erste Zeile$/u);
    expect(shown.stderr).toMatch(
      /^3 messages in this range\.\nThe node was proven to hold the same as 1 of its 1 neighbours up to /u,
    );
  });

  it('end with a sentence for each mistake', async () => {
    const node = await startStoreNode(undefined, ['--retain-days', '1']);
    const at = ['--node', node.address, '--group', 'news'];
    const ahead = String(Date.now() + 60_000);
    const wrong: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['store-query', '--node', '/ip4/127.0.0.1/tcp/1'], 2, /ends in \/p2p\//u],
      [['store-query', ...at, '--from', 'yesterday'], 2, /A time is a date/u],
      [['store-query', ...at, '--limit', '0'], 2, /whole number from 1/u],
      [['store-query', ...at, '--cursor', '!!'], 1, /no cursor/u],
      [['store-query', ...at, '--cursor', 'AAAA'], 1, /no cursor/u],
      [['store-query', ...at, '--from', '5', '--to', '5'], 1, /ends before it begins/u],
      [
        ['store-query', '--group', 'x', '--node', `/ip4/127.0.0.1/tcp/1/p2p/${node.id}`],
        1,
        /No node answers at/u,
      ],
      [['store-publish', ...at, join(node.folder, 'nowhere')], 1, /nowhere/u],
      [['store-publish', ...at, '-'], 1, /nothing to publish/u],
      [['store-node', '--data', node.folder, '--degree', '1'], 2, /from 2 to 64/u],
      [['store-node', '--data', node.folder], 1, /in use/u],
      [
        ['store-node', '--data', node.folder, '--replica', 'postgres://h/d'],
        2,
        /--replica needs --store/u,
      ],
    ];
    for (const [args, code, text] of wrong) {
      const ended = await reunion(args);
      expect(ended.stderr, args.join(' ')).toMatch(text);
      expect(ended.code, args.join(' ')).toBe(code);
    }
    const tooNew = await reunion(['store-publish', ...at, '-', '--at', ahead], 'one\ntwo\n');
    expect(tooNew.code).toBe(1);
    expect(tooNew.stderr).toMatch(
      /Message 1 was not stored: its time is more than 20 s ahead.*1 more/u,
    );
    await reunion(['store-publish', ...at, '-'], 'now\n');
    const tooOld = await reunion(['store-publish', ...at, '-', '--at', '2001-01-01'], 'old\n');
    expect(`${tooOld.stderr}${tooOld.stdout}`).toMatch(
      /older than what the node keeps|published 1/u,
    );
    const other = await reunion(['store-query', '--node', node.address, '--group', 'elsewhere']);
    expect(other.stderr).toMatch(/does not hold this group/u);
  });

  it('find nothing of what is too old, on the node or on those that keep more', async () => {
    const keeper = await startStoreNode(undefined);
    const short = await startStoreNode(keeper, ['--retain-days', String(8 / 86_400)]);
    const [one, other] = await clientsOf([keeper, short]);
    const now = Date.now();
    await one?.publish(NEWS, [
      { timestamp: BigInt(now - 3_600_000), body: utf8('an hour old') },
      { timestamp: BigInt(now), body: utf8('new') },
    ]);
    await until('the short one keeps what is new alone', async () => {
      const { groups } = await storeStatus(short);
      const page = other && (await firstPage(other, 10));
      return groups.length === 1 && page?.completeness.keptFrom !== undefined && page.count < 2;
    });
    expect(
      (
        await one?.page({
          groupId: NEWS,
          from: undefined,
          to: undefined,
          limit: 9,
          cursor: new Uint8Array(0),
        })
      )?.count,
    ).toBe(2);
    await Promise.all([one?.close(), other?.close()]);
  });
});
