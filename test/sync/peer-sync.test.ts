import { expect, it } from 'vitest';
import { decodePayload } from '../../main/mvds/codec.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { MvdsNode } from '../../main/mvds/node.ts';
import type { GroupId } from '../../main/mvds/types.ts';
import { ActivityBook } from '../../main/sync/activity.ts';
import { GroupIndexes } from '../../main/sync/group-indexes.ts';
import { PeerSync } from '../../main/sync/peer-sync.ts';
import { channelPair } from '../helpers/channels.ts';
import { keysOf } from '../helpers/identities.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

it('says from when on it keeps messages also in a session that begins before it has read what the peer holds', async () => {
  const clock = new ManualClock();
  const store = createMemorySyncStore();
  const random = { next: () => 0.5 };
  const onError = (error: unknown) => {
    throw error;
  };
  const group = 'ab'.repeat(32) as GroupId;
  const storeId = 'cd'.repeat(16);
  const { peerId } = keysOf(1);
  const peer = new PeerSync({
    ...{ peerId, store, clock, random, onError },
    storeId,
    groups: new Set([group]),
    settings: undefined,
    history: undefined,
    node: await MvdsNode.open({
      ...{ store, storeId, random },
      send: () => undefined,
      onDelivered: () => undefined,
    }),
    indexes: new GroupIndexes(store.messages),
    since: () => 123n,
    activity: new ActivityBook({ add: async () => undefined }, clock, onError),
    onChange: () => undefined,
    onReach: () => undefined,
  });
  const [own, theirs] = channelPair();
  const running = peer.run({ peerId, path: 'lan', channel: own });
  // As any commit that concerns the peer has it do.
  await peer.recount();
  const decoded = decodePayload((await theirs.read()) ?? new Uint8Array());
  expect(decoded).toMatchObject({
    payload: { hello: { since: new Map([[group, 123n]]) } },
  });
  await theirs.close();
  await running;
  await peer.end();
});
