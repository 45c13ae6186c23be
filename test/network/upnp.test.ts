import type { UPnPNATInit } from '@libp2p/upnp-nat';
import { expect, onTestFinished, test } from 'vitest';
import { Gate } from '../../main/network/gate.ts';
import { createDeviceNode } from '../../main/network/node.ts';
import { keysOf } from '../helpers/identities.ts';

type Client = NonNullable<UPnPNATInit['portMappingClient']>;

async function start(upnp: { readonly client: Client } | undefined): Promise<void> {
  const node = await createDeviceNode({
    ...{ seed: keysOf(1).seed, listen: [], mustListen: false, lan: false, gate: new Gate(), upnp },
  });
  await node.start();
  onTestFinished(() => node.stop());
}

/** Finds no router, and says that it was asked for one. */
function client(): { readonly client: Client; readonly asked: Promise<undefined> } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const found = {
    async *findGateways() {
      resolve(undefined);
      yield* [];
    },
  };
  return { client: found as unknown as Client, asked: promise };
}

test('a router is asked where that is wanted', async () => {
  const { client: fake, asked } = client();
  await start({ client: fake });
  await asked;
});

test('and nothing of it is there otherwise', async () => {
  const node = await createDeviceNode({
    ...{ seed: keysOf(1).seed, listen: [], mustListen: false, lan: false, gate: new Gate() },
  });
  expect(Object.keys(node.services).sort()).toEqual(['identify', 'identifyPush', 'ping']);
});
