import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../main/helpers/bytes.ts';
import { encodeReply } from '../../../main/node/store/store-format.ts';
import { DishonestNodeError, StoreClient } from '../../../main/node/store/store-client.ts';
import { catalogueOf } from '../../../main/node/store/group-catalogue.ts';
import { STORE_PROTOCOL } from '../../../main/node/store/store-protocol.ts';
import { GROUPS_MAX } from '../../../main/node/store/limits.ts';
import { openKeys } from '../../../main/identity/keys.ts';
import { PeerNetwork } from '../../../main/network/peers/peer-network.ts';
import { parsePeerAddress } from '../../../main/network/peers/peer-address.ts';
import { serveRequests } from '../../../main/network/peers/requests.ts';
import { systemClock, systemRandom } from '../../../main/helpers/clock.ts';
import { temporaryFolder } from '../../helpers/processes.ts';
import { until } from '../nodes.ts';
import type { StartedNode } from '../nodes.ts';
import {
  answerNonsense,
  floodGroups,
  floodOffers,
  floodOtherGroups,
  reconcileForEver,
  startLiar,
  withhold,
} from './liar.ts';
import type { Lie } from './liar.ts';
import {
  addressOf,
  clientsOf,
  converged,
  firstPage,
  NEWS,
  startStoreNode,
  storeStatus,
} from './meshes.ts';

const MIB = 1024 * 1024;
const CATALOGUE = catalogueOf('waku/2/store-sync/proto');

/** Resident memory of a process, MiB. */
function memoryOf({ process }: StartedNode): number {
  const status = readFileSync(`/proc/${process.child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/u.exec(status)?.[1]) / 1024;
}

const LIES: readonly (readonly [name: string, lie: Lie])[] = [
  ['offers messages that nobody has', floodOffers],
  ['sends messages of other groups', floodOtherGroups],
  ['names groups by the thousand', floodGroups(CATALOGUE)],
  ['answers reconciliation with nonsense', answerNonsense(CATALOGUE)],
  ['reconciles for ever', reconcileForEver(CATALOGUE)],
  ['withholds everything', withhold],
];

describe('a store node that', () => {
  for (const [name, lie] of LIES) {
    it(`${name} costs its neighbours bounded memory and bytes, and no message`, async () => {
      const first = await startStoreNode(undefined);
      const second = await startStoreNode(first);
      const clients = await clientsOf([first, second]);
      await clients[0]?.publish(NEWS, [{ timestamp: BigInt(Date.now()), body: utf8('before') }]);
      await converged(clients, 1);
      const before = memoryOf(first);
      const liar = await startLiar(addressOf(first), lie);
      await until('the liar is a neighbour', async () => liar.sessions() > 0);
      const texts = Array.from({ length: 200 }, (_, at) => `message ${at} beside a liar`);
      const messages = texts.map((text) => ({ timestamp: BigInt(Date.now()), body: utf8(text) }));
      for (const [at, message] of messages.entries()) {
        await clients[at % 2]?.publish(NEWS, [message]);
      }
      await converged(clients, 201, 45);
      // At most one session of waste with each of the two, and one more after a minute.
      expect(liar.bytes()).toBeLessThan(4 * 40 * MIB);
      expect(memoryOf(first) - before).toBeLessThan(200);
      const { groups } = await storeStatus(first);
      expect(groups.length).toBeLessThanOrEqual(GROUPS_MAX);
      expect(groups.some(({ id }) => id === NEWS)).toBe(true);
      await Promise.all(clients.map((client) => client.close()));
    });
  }

  it('pages for ever, or sends what was not asked for, is told from an honest one by its client', async () => {
    const query = { groupId: NEWS, from: 10n, to: 100n, limit: 5, cursor: new Uint8Array(0) };
    const completeness = {
      knowsGroup: true,
      keptFrom: undefined,
      neighbours: 9,
      agreements: [],
      now: 1,
    };
    const page = {
      ...{
        type: 'page' as const,
        behind: 0,
        count: 1,
        fingerprint: new Uint8Array(16),
        completeness,
      },
      ...{ cursor: new Uint8Array(0), messages: [{ timestamp: 50n, body: utf8('x') }] },
    };
    const lies = [
      { ...page, messages: [], cursor: new Uint8Array(49) },
      { ...page, messages: [{ timestamp: 5n, body: utf8('too early') }] },
      { ...page, messages: [{ timestamp: 100n, body: utf8('too late') }] },
      { ...page, messages: [3n, 2n].map((at) => ({ timestamp: 20n + at, body: utf8('order') })) },
      { ...page, messages: [20n, 20n].map((at) => ({ timestamp: at, body: utf8('twice') })) },
      {
        ...page,
        messages: Array.from({ length: 6 }, (_, at) => ({
          timestamp: 20n + BigInt(at),
          body: utf8('many'),
        })),
      },
    ].map((reply) => encodeReply(reply));
    const replies = [encodeReply(page), ...lies, new Uint8Array([0xff, 0xff]), new Uint8Array(0)];
    const network = await PeerNetwork.create({
      keys: await openKeys(temporaryFolder(), false),
      ...{ listen: ['/ip4/127.0.0.1/tcp/0'], clock: systemClock, random: systemRandom },
      admit: () => false,
    });
    const sent = [...replies];
    await serveRequests(
      network.node,
      STORE_PROTOCOL,
      async () => sent.shift() ?? new Uint8Array(0),
    );
    await network.start();
    const address = parsePeerAddress(network.addresses()[0] ?? '');
    if (!address) throw new Error('no address');
    const client = await StoreClient.open(address);
    expect((await client.page(query)).messages).toHaveLength(1);
    for (let count = 1; count < replies.length; count += 1) {
      await expect(client.page(query), String(count)).rejects.toThrow(DishonestNodeError);
    }
    await client.close();
    await network.stop();
  });

  it('is idle after its session was ended does not stay a neighbour', async () => {
    const first = await startStoreNode(undefined);
    const liar = await startLiar(addressOf(first), floodOtherGroups);
    await until('it is dropped', async () => {
      const { peers } = await storeStatus(first);
      return (
        liar.sessions() > 0 && peers.some(({ id, state }) => id === liar.id && state === 'removed')
      );
    });
    const [client] = await clientsOf([first]);
    const page = client && (await firstPage(client));
    expect(page?.completeness.neighbours).toBe(0);
    await client?.close();
  });
});
