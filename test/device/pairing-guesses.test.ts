import { expect, onTestFinished, test } from 'vitest';
import { PairingHost } from '../../main/identity/pairing-host.ts';
import { parseCode } from '../../main/identity/pairing-code.ts';
import type { PeerId } from '../../main/mvds/types.ts';
import { systemClock } from '../../main/helpers/clock.ts';
import type { FrameChannel } from '../../main/helpers/frame-channel.ts';
import { startRelayServer } from '../../main/network/relay-server.ts';
import { PairReply, PairRequest, Refusal } from '../../main/proto/pairing.ts';
import type { Path } from '../../main/sync/ports.ts';
import { keysOf } from '../helpers/identities.ts';
import { OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { nameplateOf, start } from '../network/rendezvous-helpers.ts';

const TIMEOUT_MS = 90_000;
const CODE = '4711-ocean-lamp';

/** What a hostile device does with the confirmation that a joiner has sent it, and with that its guess. */
type Manner = 'says that it has no invitation' | 'goes away' | 'claims to know the words';

/** A device at a relay that claims the nameplate 4711 there, and guesses at the words of whoever comes. */
class Guesser {
  /** Runs that were begun with it, and those in which it got the confirmation: its guesses. */
  runs = 0;
  guesses = 0;
  readonly #manner: Manner;

  private constructor(manner: Manner) {
    this.#manner = manner;
  }

  static async start(number: number, relays: readonly string[], manner: Manner): Promise<Guesser> {
    const guesser = new Guesser(manner);
    const { network } = await start(number, { relays });
    network.acceptPairing(({ peerId, path, channel }) => {
      void guesser.#serve(keysOf(number).peerId, peerId, path, channel);
    });
    await network.claimNameplate({ next: () => 0.471_15 });
    return guesser;
  }

  async #serve(self: PeerId, peer: PeerId, path: Path, channel: FrameChannel): Promise<void> {
    this.runs += 1;
    const host = new PairingHost<Path>({
      self: { peerId: self, name: () => 'A' },
      clock: systemClock,
      onState: () => undefined,
      admit: async () => ({ deviceList: [], contentKeys: [] }),
    });
    host.open([], 60_000);
    const parsed = parseCode('4711-abandon-ability');
    if (parsed.kind !== 'code') throw new Error('no code');
    host.setCode({ code: parsed.code, expiresAt: Number.MAX_SAFE_INTEGER });
    await host.serve(peer, path, {
      read: async () => {
        const frame = await channel.read();
        if (frame && !PairRequest.decode(frame).code) this.guesses += 1;
        return frame;
      },
      write: async (frame) => {
        const reply = PairReply.decode(frame);
        if (reply.code) return channel.write(frame);
        if (this.#manner === 'goes away') return channel.close();
        const waiting = { mac: new Uint8Array(64), name: 'A', check: '' };
        const refused = { reason: Refusal.NO_INVITATION, wrongGuesses: [] };
        return channel.write(
          PairReply.encode(this.#manner === 'claims to know the words' ? { waiting } : { refused }),
        );
      },
      close: () => channel.close(),
    });
  }
}

test.each<Manner>(['says that it has no invitation', 'goes away', 'claims to know the words'])(
  'devices that claim a nameplate get one guess together, however often and by however many relays it is tried: each %s',
  async (manner) => {
    const relays = [await relayHere(90), await relayHere(91), await relayHere(92)];
    const [one = '', two = '', three = ''] = relays;
    const guessers = [
      await Guesser.start(80, [one, two], manner),
      await Guesser.start(81, [three], manner),
    ];
    const b = await OwnDevice.start('B', one, { relays });
    const areConnected = async () =>
      (await b.commands.status({})).relays.every(({ state }) => state === 'connected');
    await b.eventually(areConnected, 'at all relays');

    const spent = {
      code: 'code-spent',
      message: expect.stringMatching(/spent.*[Aa]sk for a new one/u) as string,
    };
    for (let time = 0; time < 3; time += 1) {
      await expect(b.commands.join({ link: CODE })).rejects.toMatchObject(spent);
      expect(await b.commands.pairing({})).toMatchObject({ error: { code: 'code-spent' } });
    }
    expect(guessers.reduce((sum, { guesses }) => sum + guesses, 0)).toBe(1);
    // Another code has its own guess.
    await expect(b.commands.join({ link: '4711-ocean-zoo' })).rejects.toMatchObject(spent);
    expect(guessers.reduce((sum, { guesses }) => sum + guesses, 0)).toBe(2);
    expect((await b.commands.status({})).membership).toBe('new');
  },
  TIMEOUT_MS,
);

test(
  'a device that has the nameplate and no invitation costs the code nothing',
  async () => {
    const relay = await relayHere(90);
    const a = await OwnDevice.start('A', relay);
    await a.send('before');
    const { code } = await a.commands.invite({});
    const nameplate = nameplateOf((code ?? '').slice(0, 4));
    const idle = await startRelayServer(keysOf(91).seed, ['/ip4/127.0.0.1/tcp/0']);
    onTestFinished(() => idle.stop());
    const other = idle.addresses[0] ?? '';
    let runs = 0;
    const { network } = await start(80, { relays: [other] });
    network.acceptPairing(({ channel }) => {
      runs += 1;
      void (async () => {
        await channel.read();
        const refused = { reason: Refusal.NO_INVITATION, wrongGuesses: [] };
        await channel.write(PairReply.encode({ refused }));
      })();
    });
    await network.claimNameplate({ next: () => Number(nameplate) / 10_000 + 0.000_05 });
    const b = await OwnDevice.start('B', other, { relays: [other, relay] });
    const areConnected = async () =>
      (await b.commands.status({})).relays.every(({ state }) => state === 'connected');
    await b.eventually(areConnected, 'at both relays');
    a.onEvent((event) => {
      if (event.kind !== 'pairing' || event.pairing.kind !== 'approving') return;
      void a.commands.approve({ requestId: event.pairing.requestId });
    });
    await b.commands.join({ link: code ?? '' });
    await b.hasTexts('before');
    expect(runs).toBeLessThanOrEqual(1);
  },
  TIMEOUT_MS,
);
