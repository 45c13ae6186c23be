import { expect, onTestFinished, test } from 'vitest';
import type { Invitation, PairingState } from '../../main/api/types.ts';
import { OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { startRelayServer } from '../../main/network/relay-server.ts';
import { keysOf } from '../helpers/identities.ts';
import { hasMulticast } from '../helpers/multicast.ts';

const TIMEOUT_MS = 60_000;

/** What each window of a device shows, in order. */
function statesOf(device: OwnDevice): PairingState[] {
  const states: PairingState[] = [];
  device.onEvent((event) => {
    if (event.kind === 'pairing') states.push(event.pairing);
  });
  return states;
}

function approveAll(device: OwnDevice): void {
  device.onEvent((event) => {
    if (event.kind !== 'pairing' || event.pairing.kind !== 'approving') return;
    void device.commands.approve({ requestId: event.pairing.requestId });
  });
}

function codeIn({ code }: Invitation): string {
  if (code === null) throw new Error('no code was shown');
  return code;
}

/** The same nameplate, other words. */
function wrongCode(code: string): string {
  const [nameplate = '', one = ''] = code.split('-');
  return `${nameplate}-${one}-${code.endsWith('-zoo') ? 'zone' : 'zoo'}`;
}

/** The other device has shown that it knows the words: until then, whoever breaks off has spent the code. */
async function knowsInviter(joiner: OwnDevice): Promise<void> {
  await joiner.eventually(async () => {
    const state = await joiner.commands.pairing({});
    return state.kind === 'joining' && state.step === 'waiting';
  }, 'the joining device knows the inviter');
}

async function two(): Promise<readonly [OwnDevice, OwnDevice]> {
  const relay = await relayHere();
  return [await OwnDevice.start('A', relay), await OwnDevice.start('B', relay)];
}

test(
  'a code lets a device in through the relay, and both sides say so',
  async () => {
    const [a, b] = await two();
    await a.send('before');
    const [hosting, joining] = [statesOf(a), statesOf(b)];
    approveAll(a);
    const invitation = await a.commands.invite({});
    expect(invitation.code).toMatch(/^\d{4}-[a-z]{3,8}-[a-z]{3,8}$/u);
    await b.commands.join({ link: ` ${codeIn(invitation).toUpperCase().replaceAll('-', '  ')}` });
    await b.hasTexts('before');
    expect(hosting.map(({ kind }) => kind)).toEqual([
      'inviting',
      'inviting',
      'approving',
      'admitting',
      'invited',
    ]);
    expect(hosting.find(({ kind }) => kind === 'approving')).toMatchObject({ needsCheck: false });
    expect(joining.map((state) => (state.kind === 'joining' ? state.step : state.kind))).toEqual([
      'searching',
      'connecting',
      'waiting',
      'joined',
    ]);
  },
  TIMEOUT_MS,
);

test(
  'a wrong word ends the code alone: the link goes on, both sides are told who guessed, and there is another code on request',
  async () => {
    const relay = await relayHere();
    const [a, b, stranger] = [
      await OwnDevice.start('A', relay),
      await OwnDevice.start('B', relay),
      await OwnDevice.start('Stranger', relay),
    ];
    const { link, code } = await a.commands.invite({ minutes: 60 });
    const shown = code ?? '';
    await expect(stranger.commands.join({ link: wrongCode(shown) })).rejects.toMatchObject({
      code: 'wrong-code',
      message: expect.stringMatching(/spent; ask for a new one.* by relay, once/u) as string,
    });
    const wrongGuesses = [
      { device: { id: stranger.id, name: 'Stranger' }, path: 'relay', count: 1 },
    ];
    expect(await a.commands.pairing({})).toMatchObject({
      kind: 'inviting',
      invitation: { link, code: null, codeEnd: 'spent', wrongGuesses },
    });
    // The right one comes too late, and its person is told why.
    await expect(b.commands.join({ link: shown })).rejects.toMatchObject({
      code: 'code-spent',
      message: expect.stringContaining(`device …${stranger.id.slice(-8)} by relay`) as string,
    });
    const again = await a.commands.newCode({});
    expect(again).toMatchObject({ link, codeEnd: null, wrongGuesses });
    expect(again.code).not.toBe(shown);
    approveAll(a);
    await b.commands.join({ link: codeIn(again) });
    expect((await b.commands.status({})).membership).toBe('member');
    await expect(a.commands.newCode({})).rejects.toMatchObject({ code: 'not-found' });
  },
  TIMEOUT_MS,
);

test(
  'the link and the picture of an invitation let a device in after its code was spent',
  async () => {
    const relay = await relayHere();
    for (const way of ['link', 'qr'] as const) {
      const [a, b, stranger] = [
        await OwnDevice.start('A', relay),
        await OwnDevice.start('B', relay),
        await OwnDevice.start('Stranger', relay),
      ];
      const invitation = await a.commands.invite({ minutes: 60 });
      const wrong = wrongCode(codeIn(invitation));
      await expect(stranger.commands.join({ link: wrong })).rejects.toThrow();
      a.onEvent((event) => {
        if (event.kind !== 'pairing' || event.pairing.kind !== 'approving') return;
        void a.commands.approve({ requestId: event.pairing.requestId, check: 'unchecked' });
      });
      await b.commands.join({ link: invitation[way] });
      expect((await b.commands.status({})).membership).toBe('member');
    }
  },
  TIMEOUT_MS,
);

test(
  'what is no code, has another nameplate, or a word that is none is told apart, and costs no guess',
  async () => {
    const [a, b] = await two();
    approveAll(a);
    const code = codeIn(await a.commands.invite({}));
    const [nameplate = '', ...words] = code.split('-');
    const other = [nameplate === '0000' ? '0001' : '0000', ...words].join('-');
    for (const [link, expected] of [
      ['hello', 'link-invalid'],
      [`${nameplate}-ocean-lampp`, 'link-invalid'],
      [other, 'code-unknown'],
    ] as const) {
      await expect(b.commands.join({ link })).rejects.toMatchObject({ code: expected });
    }
    await b.commands.join({ link: code });
    expect((await b.commands.status({})).membership).toBe('member');
  },
  TIMEOUT_MS,
);

test(
  'a second device is told that the code is used',
  async () => {
    const relay = await relayHere();
    const [a, b, c] = [
      await OwnDevice.start('A', relay),
      await OwnDevice.start('B', relay),
      await OwnDevice.start('C', relay),
    ];
    const code = codeIn(await a.commands.invite({}));
    const first = b.commands.join({ link: code });
    await a.eventually(
      async () => (await a.commands.pairing({})).kind === 'approving',
      'A is asked about B',
    );
    await expect(c.commands.join({ link: code })).rejects.toMatchObject({ code: 'link-used' });
    const asked = await a.commands.pairing({});
    if (asked.kind !== 'approving') throw new Error('nobody is asked about any more');
    expect(asked.name).toBe('B');
    await a.commands.approve({ requestId: asked.requestId });
    await first;
    await expect(c.commands.join({ link: code })).rejects.toMatchObject({ code: 'link-used' });
  },
  TIMEOUT_MS,
);

test(
  'either side can cancel, and the other is told',
  async () => {
    const [a, b] = await two();
    const code = codeIn(await a.commands.invite({}));
    const joining = b.commands.join({ link: code });
    const isAsked = async () => (await a.commands.pairing({})).kind === 'approving';
    await a.eventually(isAsked, 'A is asked');
    await knowsInviter(b);
    await b.commands.cancelPairing({});
    await expect(joining).rejects.toMatchObject({ code: 'pairing-cancelled' });
    await a.eventually(
      async () => (await a.commands.pairing({})).kind === 'inviting',
      'A waits again',
    );

    const again = b.commands.join({ link: code });
    await a.eventually(isAsked, 'A is asked again');
    await a.commands.cancelPairing({});
    await expect(again).rejects.toMatchObject({ code: 'pairing-cancelled' });
    expect(await a.commands.pairing({})).toMatchObject({ error: { code: 'pairing-cancelled' } });
    await expect(b.commands.join({ link: code })).rejects.toMatchObject({ code: 'code-unknown' });
  },
  TIMEOUT_MS,
);

test(
  'a search can be cancelled',
  async () => {
    const [, b] = await two();
    const joining = b.commands.join({ link: '4711-ocean-lamp' });
    await b.commands.cancelPairing({});
    await expect(joining).rejects.toMatchObject({ code: 'pairing-cancelled' });
  },
  TIMEOUT_MS,
);

test(
  'a relay that dies in the middle ends the joining, and the code is good still',
  async () => {
    const seed = keysOf(90).seed;
    const first = await startRelayServer(seed, ['/ip4/127.0.0.1/tcp/0']);
    const address = first.addresses[0] ?? '';
    const a = await OwnDevice.start('A', address);
    const b = await OwnDevice.start('B', address);
    approveAll(b);
    const code = codeIn(await a.commands.invite({}));
    const joining = b.commands.join({ link: code });
    await a.eventually(
      async () => (await a.commands.pairing({})).kind === 'approving',
      'A is asked',
    );
    await knowsInviter(b);
    await first.stop();
    await expect(joining).rejects.toMatchObject({ code: 'connection-lost' });
    await a.eventually(
      async () => (await a.commands.pairing({})).kind === 'inviting',
      'A waits again',
    );
    await expect(b.commands.join({ link: code })).rejects.toMatchObject({
      code: 'inviter-unreachable',
      message: expect.stringContaining('cannot be reached') as string,
    });

    const second = await startRelayServer(seed, [address.split('/p2p/')[0] ?? '']);
    onTestFinished(() => second.stop());
    approveAll(a);
    for (const device of [a, b]) {
      const isBack = async () =>
        (await device.commands.status({})).relays.every(({ state }) => state === 'connected');
      await device.eventually(isBack, 'at the relay again');
    }
    await b.commands.join({ link: code });
    expect((await b.commands.status({})).membership).toBe('member');
  },
  TIMEOUT_MS,
);

test(
  'a device without any relay is told that there was nobody to ask',
  async () => {
    const alone = await OwnDevice.start('Alone', '', { relays: [] });
    await expect(alone.commands.join({ link: '4711-ocean-lamp' })).rejects.toMatchObject({
      code: 'inviter-unreachable',
      message: expect.stringContaining('knows no relay') as string,
    });
  },
  TIMEOUT_MS,
);

test(
  'on a local network a code needs no relay',
  async (context) => {
    if (!(await hasMulticast())) context.skip('this computer passes on no multicast');
    const a = await OwnDevice.start('A', '', { relays: [], lan: true });
    const b = await OwnDevice.start('B', '', { relays: [], lan: true });
    await a.send('before');
    approveAll(a);
    const code = codeIn(await a.commands.invite({}));
    await b.commands.join({ link: code });
    await b.hasTexts('before');
    const { peers } = await b.commands.status({});
    expect(peers.map(({ path }) => path)).toEqual(['lan']);
  },
  TIMEOUT_MS,
);
