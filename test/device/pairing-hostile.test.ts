import { expect, test } from 'vitest';
import type { Invitation, PairingState } from '../../main/api/types.ts';
import { followCodes } from '../../main/headless/commands/pairing.ts';
import type { FrameChannel } from '../../main/helpers/frame-channel.ts';
import { invitationOfLink } from '../../main/identity/invitation.ts';
import { parseCode } from '../../main/identity/pairing-code.ts';
import { joinByInvitation } from '../../main/identity/pairing-guest.ts';
import { NAMEPLATE_MS } from '../../main/network/constants.ts';
import type { Network } from '../../main/network/network.ts';
import { PairReply, PairRequest } from '../../main/proto/pairing.ts';
import { JumpingClock } from '../helpers/jumping-clock.ts';
import { OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { start } from '../network/rendezvous-helpers.ts';

const TIMEOUT_MS = 60_000;
const STRANGER = 72;

/** What `reunion invite` prints while a device has an invitation open. */
function printedBy(device: OwnDevice, invitation: Invitation) {
  const codes: string[] = [];
  const notes: string[] = [];
  const client: Parameters<typeof followCodes>[0] = {
    onEvent: (listener) => device.onEvent(listener),
    call: (command, args) => (device.commands[command] as (args: unknown) => Promise<never>)(args),
  };
  followCodes(client, invitation, {
    code: (line) => void codes.push(line),
    note: (line) => void notes.push(line),
  });
  return { codes, notes };
}

/** A device that shows a code at a relay, and a stranger at the same relay who keeps to no rules. */
async function scene(clock = new JumpingClock()) {
  const relay = await relayHere();
  const a = await OwnDevice.start('A', relay, { clock });
  const stranger = await start(STRANGER, { relays: [relay] });
  const invitation = await a.commands.invite({ minutes: 60 });
  return { relay, clock, a, invitation, stranger };
}

function codeIn({ code }: Invitation): string {
  if (code === null) throw new Error('no code was shown');
  return code;
}

function wordsIn(invitation: Invitation) {
  const parsed = parseCode(codeIn(invitation));
  if (parsed.kind !== 'code') throw new Error('no code was shown');
  return parsed.code;
}

async function channelTo(network: Network, { link }: Invitation): Promise<FrameChannel> {
  const invitation = invitationOfLink(link);
  if (!invitation) throw new Error('no link was made');
  return (await network.connectToInviter(invitation.inviter, invitation.addresses)).channel;
}

async function stateOf(device: OwnDevice, kind: PairingState['kind']): Promise<PairingState> {
  const isThere = async () => (await device.commands.pairing({})).kind === kind;
  await device.eventually(isThere, `pairing is ${kind}`);
  return device.commands.pairing({});
}

async function codeEnd(device: OwnDevice) {
  const state = await device.commands.pairing({});
  return state.kind === 'inviting' ? state.invitation.codeEnd : undefined;
}

test.each([
  ['the neutral element', new Uint8Array(32)],
  ['no element', new Uint8Array(32).fill(0xff)],
  ['too short', new Uint8Array(31)],
])(
  'a share that is %s is one wrong guess, and ends the code',
  async (_what, share) => {
    const { relay, a, invitation, stranger } = await scene();
    const b = await OwnDevice.start('B', relay);
    const channel = await channelTo(stranger.network, invitation);
    const code = {
      nameplate: wordsIn(invitation).nameplate,
      sessionId: new Uint8Array(16).fill(7),
      share,
    };
    await channel.write(PairRequest.encode({ mac: new Uint8Array(), name: '', system: '', code }));
    const reply = PairReply.decode((await channel.read()) ?? new Uint8Array());
    expect(reply.refused).toBeDefined();
    expect(reply.code).toBeUndefined();
    await a.eventually(async () => (await codeEnd(a)) === 'spent', 'the code is spent');
    await expect(b.commands.join({ link: codeIn(invitation) })).rejects.toMatchObject({
      code: 'code-spent',
    });
  },
  TIMEOUT_MS,
);

test(
  'messages that were recorded and are sent again let nobody in',
  async () => {
    const { a, invitation, stranger } = await scene();
    const channel = await channelTo(stranger.network, invitation);
    const recorded: Uint8Array[] = [];
    const joining = joinByInvitation({
      inviter: a.id,
      by: { code: wordsIn(invitation) },
      self: { peerId: stranger.peerId, name: 'Laptop', system: 'Linux' },
      channel: {
        read: () => channel.read(),
        write: async (frame) => {
          recorded.push(frame);
          await channel.write(frame);
        },
        close: () => channel.close(),
      },
      onWaiting: () => undefined,
      store: async () => undefined,
    });
    await stateOf(a, 'approving');
    await channel.close();
    expect(await joining).toEqual({ kind: 'lost' });
    await stateOf(a, 'inviting');

    const again = await channelTo(stranger.network, invitation);
    for (const frame of recorded) await again.write(frame);
    expect(PairReply.decode((await again.read()) ?? new Uint8Array()).code).toBeDefined();
    expect(PairReply.decode((await again.read()) ?? new Uint8Array()).refused).toBeDefined();
    await a.eventually(async () => (await codeEnd(a)) === 'spent', 'the code is spent');
    expect((await a.commands.devices({})).length).toBeLessThan(2);
  },
  TIMEOUT_MS,
);

test(
  'a code is good for five minutes, and three others take its place; after that one is made on request',
  async () => {
    const { relay, clock, a, invitation } = await scene();
    const b = await OwnDevice.start('B', relay);
    const shown = [codeIn(invitation)];
    const showsOther = async () => {
      const state = await a.commands.pairing({});
      if (state.kind !== 'inviting' || state.invitation.code === null) return false;
      return state.invitation.code !== shown.at(-1);
    };
    for (let renewal = 0; renewal < 3; renewal += 1) {
      clock.jump(NAMEPLATE_MS);
      await a.eventually(showsOther, 'another code is shown');
      const state = await a.commands.pairing({});
      if (state.kind === 'inviting') shown.push(codeIn(state.invitation));
    }
    expect(new Set(shown).size).toBe(4);
    for (const old of shown.slice(0, -1)) {
      await expect(b.commands.join({ link: old })).rejects.toMatchObject({ code: 'code-unknown' });
    }
    clock.jump(NAMEPLATE_MS);
    const isOver = async () => {
      const state = await a.commands.pairing({});
      return state.kind === 'inviting' && state.invitation.code === null;
    };
    await a.eventually(isOver, 'no code is shown any more');
    expect(await codeEnd(a)).toBe('expired');
    const another = await a.commands.newCode({});
    expect(shown).not.toContain(another.code);
    expect(another).toMatchObject({ link: invitation.link, codeEnd: null });
    await expect(b.commands.join({ link: shown.at(-1) ?? '' })).rejects.toMatchObject({
      code: expect.stringMatching(/^(code-unknown|link-expired)$/u) as string,
    });

    a.onEvent((event) => {
      if (event.kind !== 'pairing' || event.pairing.kind !== 'approving') return;
      void a.commands.approve({ requestId: event.pairing.requestId, check: 'unchecked' });
    });
    await b.commands.join({ link: invitation.link });
    expect((await b.commands.status({})).membership).toBe('member');
  },
  TIMEOUT_MS,
);

test(
  'the command line prints a code for each that has expired or was spent, says why, and stops after three wrong ones',
  async () => {
    const clock = new JumpingClock();
    const relay = await relayHere();
    const a = await OwnDevice.start('A', relay, { clock });
    const invitation = await a.commands.invite({ minutes: 60 });
    const { codes, notes } = printedBy(a, invitation);
    const printed = (count: number) => async () => codes.length === count;
    for (let renewal = 1; renewal <= 5; renewal += 1) {
      clock.jump(NAMEPLATE_MS);
      await a.eventually(printed(renewal), `${renewal} codes were printed`);
    }
    expect(notes).toContain('The code has expired after five minutes. The link is still good.');
    notes.length = 0;
    let shown = codes.at(-1)?.slice('code '.length) ?? '';
    for (let guess = 1; guess <= 4; guess += 1) {
      const stranger = await OwnDevice.start(`Stranger ${guess}`, relay);
      const wrong = `${shown.slice(0, 4)}-${shown.endsWith('-zoo') ? 'zone-zone' : 'zoo-zoo'}`;
      await expect(stranger.commands.join({ link: wrong })).rejects.toMatchObject({
        code: 'wrong-code',
      });
      if (guess < 4) await a.eventually(printed(5 + guess), 'another code is printed');
      shown = codes.at(-1)?.slice('code '.length) ?? '';
      expect(notes).toContain(
        `A wrong code was entered by “Stranger ${guess}”, device …${stranger.id.slice(-8)}, by a relay.`,
      );
    }
    expect(notes.at(-1)).toBe('For another code, run `reunion invite --new-code`.');
    expect(new Set(codes).size).toBe(8);
  },
  TIMEOUT_MS,
);
