import { expect, it } from 'vitest';
import { decodePayload, EMPTY_PAYLOAD, encodePayload } from '../../main/mvds/codec.ts';
import type { Payload } from '../../main/mvds/codec.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { MvdsNode } from '../../main/mvds/node.ts';
import type { SyncStore } from '../../main/mvds/ports.ts';
import type { GroupId } from '../../main/mvds/types.ts';
import { ActivityBook } from '../../main/sync/activity.ts';
import { GroupIndexes } from '../../main/sync/group-indexes.ts';
import { PeerSync } from '../../main/sync/peer-sync.ts';
import { TotalsBook } from '../../main/sync/totals.ts';
import { channelPair } from '../helpers/channels.ts';
import { keysOf } from '../helpers/identities.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const OWN = 'cd'.repeat(16);
const THEIRS = 'ab'.repeat(16);
const { peerId } = keysOf(1);
const [texts, files] = ['01'.repeat(32) as GroupId, '0f'.repeat(32) as GroupId];
const groups = new Set([texts, files]);

it('sends nothing that the hello says is not wanted, though the exchange begins while the hello is being dealt with', async () => {
  const clock = new ManualClock();
  const memory = createMemorySyncStore();
  const slow = Promise.withResolvers<undefined>();
  let isSlow = false;
  const store: SyncStore = {
    messages: memory.messages,
    records: new Proxy(memory.records, {
      get: (records, method) =>
        method === 'cursors'
          ? async (peer: typeof peerId) => {
              if (isSlow) await slow.promise;
              return records.cursors(peer);
            }
          : (Reflect.get(records, method) as unknown as () => void).bind(records),
    }),
    commit: (changes) => memory.commit(changes),
  };
  const random = { next: () => 0.5 };
  const onError = (error: unknown) => {
    throw error;
  };
  let peer: PeerSync | undefined = undefined;
  const node = await MvdsNode.open({
    ...{ store, storeId: OWN, random, sendHello: false, reconciles: true },
    send: (_peer, payload) => peer?.send(payload),
    onDelivered: () => undefined,
  });
  const made = new PeerSync({
    ...{ peerId, store, storeId: OWN, clock, random, groups, onError, node },
    ...{ settings: undefined, history: undefined, since: () => undefined, isLater: () => false },
    indexes: new GroupIndexes(store.messages),
    activity: new ActivityBook({ add: async () => undefined }, clock, onError),
    totals: new TotalsBook(),
    onChange: () => undefined,
    onReach: () => undefined,
  });
  peer = made;
  await node.setPeer(peerId, { groups, mode: 'batch' });
  await made.setGroups(groups);
  await node.append({ groupId: files, timestamp: 1n, body: new Uint8Array(9) });
  await node.append({ groupId: texts, timestamp: 1n, body: new Uint8Array(1) });

  const [own, theirs] = channelPair();
  const running = made.run({ peerId, path: 'lan', channel: own });
  isSlow = true;
  const hello = { version: 1, storeId: THEIRS, maxPayloadBytes: 0, since: new Map([[files, 2n]]) };
  await theirs.write(encodePayload({ ...EMPTY_PAYLOAD, hello }, 'spec'));
  await new Promise((resolve) => setImmediate(resolve));
  // As any commit of the moment has it do; the exchange begins.
  await made.recount();
  const sent: Payload['messages'][number][] = [];
  while (sent.length === 0) {
    const decoded = decodePayload((await theirs.read()) ?? new Uint8Array());
    if (decoded.ok) sent.push(...decoded.payload.messages);
  }
  expect(sent.map(({ groupId }) => groupId)).toEqual([texts]);
  expect(await node.counts(peerId)).toMatchObject({ messages: 1 });
  slow.resolve(undefined);
  await theirs.close();
  await running;
  await made.end();
});
