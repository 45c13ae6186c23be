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
  'a wrong code has one guess, and both sides say so; the right one comes too late',
  async () => {
    const [a, b] = await two();
    const hosting = statesOf(a);
    const code = codeIn(await a.commands.invite({}));
    await expect(b.commands.join({ link: wrongCode(code) })).rejects.toMatchObject({
      code: 'wrong-code',
    });
    expect(hosting.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'wrong-code' } });
    expect(await b.commands.pairing({})).toMatchObject({ error: { code: 'wrong-code' } });
    await expect(b.commands.join({ link: code })).rejects.toMatchObject({ code: 'code-unknown' });
    expect((await b.commands.status({})).membership).toBe('new');
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
