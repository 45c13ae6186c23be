import { expect, test } from 'vitest';
import { relayPeer } from '../../main/network/multiaddrs.ts';
import { letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';

test('a relay that was removed stays away, under whatever address another device tells of it, until it is added', async () => {
  const [first, second] = [await relayHere(91), await relayHere(92)];
  const one = await OwnDevice.start('One', first);
  const two = await OwnDevice.start('Two', first, { relays: [first, second] });
  await letIn(one, two);
  // By PeerId: while a relay is being called, the address that another device tells of is tried as well.
  const relays = async () =>
    (await one.commands.status({})).relays.map(({ address }) => relayPeer(address)).sort();
  await one.eventually(async () => (await relays()).length === 2, 'One uses the relay of Two');

  await one.commands.removeRelay({ address: second });
  expect(await relays()).toEqual([relayPeer(first)]);
  // Told again, and under another address.
  const elsewhere = second.replace('/ip4/127.0.0.1/', '/dns4/localhost/');
  await two.commands.addRelay({ address: elsewhere });
  await two.commands.renameDevice({ device: 'Two', name: 'Too' });
  await one.eventually(
    async () => (await one.commands.status({})).peers.some(({ name }) => name === 'Too'),
    'One has heard of Two again',
  );
  expect(await relays()).toEqual([relayPeer(first)]);
  await one.commands.addRelay({ address: second });
  expect(await relays()).toEqual([relayPeer(first), relayPeer(second)].sort());

  await expect(one.commands.addRelay({ address: '/ip4/127.0.0.1/tcp/1' })).rejects.toThrow(
    'ends in /p2p/',
  );
  await one.commands.removeRelay({ address: elsewhere });
  expect(await relays()).toEqual([relayPeer(first)]);
  await expect(one.commands.removeRelay({ address: second })).rejects.toThrow('does not use');
}, 90_000);
