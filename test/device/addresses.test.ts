import { expect, onTestFinished, test } from 'vitest';
import { startRelayServer } from '../../main/network/relay-server.ts';
import { keysOf } from '../helpers/identities.ts';
import { letIn, OwnDevice } from '../helpers/own-devices.ts';

const TIMEOUT_MS = 60_000;

async function relay(number: number) {
  const server = await startRelayServer(keysOf(number).seed, ['/ip4/127.0.0.1/tcp/0']);
  onTestFinished(() => server.stop());
  return { server, address: server.addresses[0] ?? '' };
}

test(
  'a device that goes over to another relay tells the others, who find it there when the first is gone',
  async () => {
    const [first, second] = [await relay(90), await relay(91)];
    const a = await OwnDevice.start('A', first.address);
    let b = await OwnDevice.start('B', first.address);
    await letIn(a, b);
    await a.send('one');
    await b.hasTexts('one');
    await b.close();
    b = await OwnDevice.start(undefined, second.address, { folder: b.folder });
    await a.eventually(
      async () =>
        (await a.commands.status({})).relays.some(
          ({ address, state }) => address === second.address && state === 'connected',
        ),
      'A is at the relay that B has told it of',
    );
    await first.server.stop();
    await b.send('two');
    await a.hasTexts('one', 'two');
    // Kept: it is so after a restart, too.
    await a.close();
    const again = await OwnDevice.start(undefined, first.address, { folder: a.folder });
    await b.send('three');
    await again.hasTexts('one', 'two', 'three');
  },
  TIMEOUT_MS,
);

test(
  'where a device can be reached is told once, and not again where nothing has changed',
  async () => {
    const { address } = await relay(90);
    const options = { listen: ['/ip4/127.0.0.1/tcp/0'] };
    const a = await OwnDevice.start('A', address, options);
    await a.send('one');
    const before = (await a.commands.status({})).storage.messages;
    await a.close();
    const again = await OwnDevice.start(undefined, address, { ...options, folder: a.folder });
    await again.send('two');
    expect((await again.commands.status({})).storage.messages).toBe(before + 1);
  },
  TIMEOUT_MS,
);
