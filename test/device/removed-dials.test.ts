import { multiaddr } from '@multiformats/multiaddr';
import { peerIdFromString } from '@libp2p/peer-id';
import type { Connection } from '@libp2p/interface';
import { pEvent, TimeoutError } from 'p-event';
import { expect, onTestFinished, test } from 'vitest';
import { openKeys } from '../../main/identity/keys.ts';
import { PAIR_PROTOCOL, SYNC_PROTOCOL } from '../../main/network/constants.ts';
import { Gate } from '../../main/network/gate.ts';
import { createDeviceNode } from '../../main/network/node.ts';
import { letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';

/** A program that holds the keys of a device and keeps to no rules. */
async function lawless(folder: string) {
  const gate = new Gate();
  gate.setPairing(true);
  const { seed } = await openKeys(folder, true);
  const node = await createDeviceNode({ seed, listen: [], mustListen: false, lan: false, gate });
  await node.start();
  onTestFinished(() => node.stop());
  return node;
}

/** Whether any protocol answers. A connection that stays is one too many, unless the other side has made it. */
async function isLetIn(connect: () => Promise<Connection>): Promise<boolean> {
  try {
    const connection = await connect();
    if (connection.direction === 'outbound') {
      await pEvent(connection, 'close', { timeout: 5_000 });
      return false;
    }
    for (const protocol of [SYNC_PROTOCOL, PAIR_PROTOCOL]) {
      const stream = await connection.newStream(protocol, { runOnLimitedConnection: true });
      const ended = new Promise<boolean>((resolve) => {
        stream.addEventListener('close', () => resolve(false));
        stream.addEventListener('message', () => resolve(true));
      });
      stream.send(new Uint8Array(8));
      if (await ended) return true;
    }
    return false;
  } catch (error) {
    return error instanceof TimeoutError;
  }
}

test('a removed device is let in by nobody: directly, through the relay, by a third, or where it is called itself', async () => {
  const relay = await relayHere();
  const listen = ['/ip4/127.0.0.1/tcp/0'];
  const a = await OwnDevice.start('A', relay, { listen });
  const b = await OwnDevice.start('B', relay);
  const c = await OwnDevice.start('C', relay);
  const address = await a.listensAt();
  await letIn(a, b);
  await letIn(a, c);
  await c.eventually(
    async () => (await c.commands.status({})).peers.every(({ state }) => state === 'up-to-date'),
    'C in step',
  );
  await c.close();

  // While it belongs to them the very same dials succeed: it is the removal that they fail for.
  const node = await lawless(c.folder);
  const direct = () => node.dial(multiaddr(address));
  await node.dial(multiaddr(relay));
  const relayed = (id: string) => () => node.dial(multiaddr(`${relay}/p2p-circuit/p2p/${id}`));
  const connection = await direct();
  expect(connection.status).toBe('open');
  await node.hangUp(peerIdFromString(a.id));

  // From here on: it is called as soon as it can be.
  const called = new Promise<Connection>((resolve) => {
    node.addEventListener('connection:open', ({ detail }) => {
      if (detail.remotePeer.toString() === a.id && detail.direction === 'inbound') resolve(detail);
    });
  });
  await a.commands.removeDevice({ device: c.id });
  await b.eventually(
    async () => (await b.commands.devices({})).some(({ removed }) => removed !== null),
    'B knows of the removal',
  );
  expect(await isLetIn(direct)).toBe(false);
  expect(await isLetIn(relayed(a.id))).toBe(false);
  expect(await isLetIn(relayed(b.id))).toBe(false);
  // It is called, to be told. That gives it no way in either.
  expect(await isLetIn(() => called)).toBe(false);
}, 60_000);

test('a removed device that was away is told so at its next contact', async () => {
  const relay = await relayHere();
  const a = await OwnDevice.start('A', relay);
  const b = await OwnDevice.start('B', relay);
  await letIn(a, b);
  await b.close();
  await a.commands.removeDevice({ device: b.id });

  const back = await OwnDevice.start(undefined, relay, { folder: b.folder });
  const isRemoved = async () => (await back.commands.status({})).membership === 'removed';
  await back.eventually(isRemoved, 'B knows that it was removed');
  expect(await back.commands.devices({})).toMatchObject([
    { own: true, removed: { by: { name: 'A' } } },
    { name: 'A' },
  ]);
}, 60_000);
