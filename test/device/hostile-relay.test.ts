import { noise } from '@libp2p/noise';
import { yamux } from '@libp2p/yamux';
import { circuitRelayServer } from '@libp2p/circuit-relay-v2';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import { tcp } from '@libp2p/tcp';
import { createLibp2p } from 'libp2p';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../main/helpers/clock.ts';
import { parseCode } from '../../main/identity/pairing-code.ts';
import { PairingHost } from '../../main/identity/pairing-host.ts';
import type { HostState } from '../../main/identity/pairing-host.ts';
import type { PeerId } from '../../main/mvds/types.ts';
import { serveRendezvous } from '../../main/network/rendezvous-server.ts';
import type { Path } from '../../main/sync/ports.ts';
import { keysOf } from '../helpers/identities.ts';
import { OwnDevice } from '../helpers/own-devices.ts';
import { start } from '../network/rendezvous-helpers.ts';

/** A relay that relays as it should, and says of every nameplate that it is this device's. */
async function lyingRelay(peer: PeerId): Promise<string> {
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', keysOf(70).seed),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), relay: circuitRelayServer() },
  });
  onTestFinished(async () => node.stop());
  const service = { claim: () => 'ok' as const, lookup: () => peer, release: () => undefined };
  await serveRendezvous(node, service, () => true);
  return node.getMultiaddrs()[0]?.toString() ?? '';
}

test('a relay that leads to another device gets nobody in, and costs the code nothing', async () => {
  const mallory = keysOf(71).peerId;
  const relay = await lyingRelay(mallory);
  const a = await OwnDevice.start('A', relay);
  const b = await OwnDevice.start('B', relay);
  await a.send('for B alone');
  const { code, link } = await a.commands.invite({});
  const parsed = parseCode(code ?? '');
  if (parsed.kind !== 'code') throw new Error('no code was shown');

  // It knows the nameplate, as the relay does, and has to guess the words.
  const { network } = await start(71, { relays: [relay] });
  const states: HostState<Path>[] = [];
  const admitted: PeerId[] = [];
  const host = new PairingHost<Path>({
    self: { peerId: mallory, name: () => 'A' },
    clock: systemClock,
    onState: (state) => states.push(state),
    admit: async ({ peerId }) => {
      admitted.push(peerId);
      return { deviceList: [], contentKeys: [] };
    },
  });
  host.open([], 60_000);
  const guess = { ...parsed.code, words: ['abandon', 'ability'] };
  host.setCode({ code: guess, expiresAt: Number.MAX_SAFE_INTEGER });
  network.acceptPairing(({ peerId, path, channel }) => void host.serve(peerId, path, channel));

  await expect(b.commands.join({ link: code ?? '' })).rejects.toMatchObject({ code: 'wrong-code' });
  expect(states.at(-1)).toMatchObject({ kind: 'inviting', code: undefined, codeEnd: 'spent' });
  expect(admitted).toEqual([]);
  expect((await b.commands.status({})).membership).toBe('new');

  // The inviting side was never spoken to: its code waits, and its link, which names it, is good.
  expect((await a.commands.pairing({})).kind).toBe('inviting');
  a.onEvent((event) => {
    if (event.kind !== 'pairing' || event.pairing.kind !== 'approving') return;
    void a.commands.approve({ requestId: event.pairing.requestId, check: 'unchecked' });
  });
  await b.commands.join({ link });
  await b.hasTexts('for B alone');
}, 60_000);
