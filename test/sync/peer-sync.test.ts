import { expect, it } from 'vitest';
import { decodePayload, EMPTY_PAYLOAD, encodePayload } from '../../main/mvds/codec.ts';
import { toMessageId } from '../../main/mvds/ids.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { MvdsNode } from '../../main/mvds/node.ts';
import type { GroupId } from '../../main/mvds/types.ts';
import { ActivityBook } from '../../main/sync/activity.ts';
import { GroupIndexes } from '../../main/sync/group-indexes.ts';
import { PeerSync } from '../../main/sync/peer-sync.ts';
import { TotalsBook } from '../../main/sync/totals.ts';
import { channelPair } from '../helpers/channels.ts';
import { keysOf } from '../helpers/identities.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const STORE_ID = 'cd'.repeat(16);
const { peerId } = keysOf(1);

/** One peer by itself, and the other end of its session, which has just begun. */
async function begun(groups: ReadonlySet<GroupId>, since?: bigint) {
  const clock = new ManualClock();
  const store = createMemorySyncStore();
  const random = { next: () => 0.5 };
  const onError = (error: unknown) => {
    throw error;
  };
  const peer = new PeerSync({
    ...{ peerId, store, storeId: STORE_ID, clock, random, groups, onError },
    settings: undefined,
    history: undefined,
    node: await MvdsNode.open({
      ...{ store, storeId: STORE_ID, random },
      send: () => undefined,
      onDelivered: () => undefined,
    }),
    indexes: new GroupIndexes(store.messages),
    since: () => since,
    isLater: () => false,
    activity: new ActivityBook({ add: async () => undefined }, clock, onError),
    totals: new TotalsBook(),
    onChange: () => undefined,
    onReach: () => undefined,
  });
  const [own, theirs] = channelPair();
  const running = peer.run({ peerId, path: 'lan', channel: own });
  const read = async () => decodePayload((await theirs.read()) ?? new Uint8Array());
  const end = async () => {
    await theirs.close();
    await running;
    await peer.end();
  };
  return { peer, theirs, read, end };
}

it('says from when on it keeps messages also in a session that begins before it has read what the peer holds', async () => {
  const group = 'ab'.repeat(32) as GroupId;
  const { peer, read, end } = await begun(new Set([group]), 123n);
  // As any commit that concerns the peer has it do.
  await peer.recount();
  expect(await read()).toMatchObject({
    payload: { hello: { since: new Map([[group, 123n]]) } },
  });
  await end();
});

it('says nothing before its hello, however long what it holds is being counted', async () => {
  const { peer, theirs, read, end } = await begun(new Set());
  // Commits are under way, so that what is counted is old at once; meanwhile there is something to send.
  peer.committing();
  await theirs.write(encodePayload(EMPTY_PAYLOAD, 'spec'));
  const acks = [new Uint8Array(32).fill(7)].map(toMessageId);
  const sending = peer.send(encodePayload({ ...EMPTY_PAYLOAD, acks }, 'spec'));
  await new Promise((resolve) => setImmediate(resolve));
  peer.committed();
  expect(await read()).toMatchObject({ payload: { hello: { storeId: STORE_ID }, acks: [] } });
  expect(await read()).toMatchObject({ payload: { acks } });
  await sending;
  await end();
});
