import { StaticGroup } from '../../main/group/static-group.ts';
import { systemClock as clock, systemRandom as random } from '../../main/helpers/clock.ts';
import { createMemorySyncStore, toGroupId, toPeerId } from '../../main/mvds/index.ts';
import { MemoryNetwork } from '../../main/sync/memory-network.ts';
import { Orchestrator } from '../../main/sync/orchestrator.ts';

const notes = toGroupId(new Uint8Array(32).fill(1));
const network = new MemoryNetwork(clock);

async function open(name: string, other: string) {
  const received: string[] = [];
  const orchestrator = await Orchestrator.open({
    store: createMemorySyncStore(), // MessageStore and SyncRecordStore
    storeId: Buffer.from(name.padEnd(16)).toString('hex'),
    transport: network.transportOf(toPeerId(name)), // Transport
    group: new StaticGroup([toPeerId(other)], [notes]), // PeerGroup
    ...{ clock, random, onError: console.error },
    onDelivered: (all) => received.push(...all.map((it) => Buffer.from(it.body).toString())),
  });
  await orchestrator.start();
  return { orchestrator, received };
}

const [desk, phone] = [await open('desk', 'phone'), await open('phone', 'desk')];
await desk.orchestrator.append(notes, BigInt(Date.now()), Buffer.from('hello from the desk'));
const { promise: inStep, resolve } = Promise.withResolvers<unknown>();
desk.orchestrator.subscribe(([peer]) => peer?.state.kind === 'up-to-date' && resolve(peer));
await inStep;
await Promise.all([desk.orchestrator.stop(), phone.orchestrator.stop()]);
export const outcome = phone.received; // ['hello from the desk']
