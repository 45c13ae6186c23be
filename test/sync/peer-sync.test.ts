import { expect, it } from 'vitest';
import { decodePayload, EMPTY_PAYLOAD, encodePayload } from '../../main/mvds/codec.ts';
import { toMessageId } from '../../main/mvds/ids.ts';
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

it('says nothing before its hello, however long what it holds is being counted', async () => {
  const clock = new ManualClock();
  const store = createMemorySyncStore();
  const random = { next: () => 0.5 };
  const onError = (error: unknown) => {
    throw error;
  };
  const { peerId } = keysOf(1);
  const storeId = 'cd'.repeat(16);
  const peer = new PeerSync({
    ...{ peerId, store, storeId, clock, random, onError },
    groups: new Set(),
    settings: undefined,
    history: undefined,
    node: await MvdsNode.open({
      ...{ store, storeId, random },
      send: () => undefined,
      onDelivered: () => undefined,
    }),
    indexes: new GroupIndexes(store.messages),
    since: () => undefined,
    activity: new ActivityBook({ add: async () => undefined }, clock, onError),
    onChange: () => undefined,
    onReach: () => undefined,
  });
  const [own, theirs] = channelPair();
  const running = peer.run({ peerId, path: 'lan', channel: own });
  // Commits are under way, so that what is counted is old at once; meanwhile there is something to send.
  peer.committing();
  await theirs.write(encodePayload(EMPTY_PAYLOAD, 'spec'));
  const acks = [new Uint8Array(32).fill(7)].map(toMessageId);
  const sending = peer.send(encodePayload({ ...EMPTY_PAYLOAD, acks }, 'spec'));
  await new Promise((resolve) => setImmediate(resolve));
  peer.committed();
  const first = decodePayload((await theirs.read()) ?? new Uint8Array());
  expect(first).toMatchObject({ payload: { hello: { storeId }, acks: [] } });
  expect(decodePayload((await theirs.read()) ?? new Uint8Array())).toMatchObject({
    payload: { acks },
  });
  await theirs.close();
  await Promise.all([running, sending]);
  await peer.end();
});
