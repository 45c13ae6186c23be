import fc from 'fast-check';
import { ristretto255 } from '@noble/curves/ed25519.js';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { describe, expect, it } from 'vitest';
import type { FrameChannel } from '../../main/helpers/frame-channel.ts';
import { codeText, createCode, parseCode } from '../../main/identity/pairing-code.ts';
import type { PairingCode } from '../../main/identity/pairing-code.ts';
import { joinByInvitation } from '../../main/identity/pairing-guest.ts';
import type { JoinResult } from '../../main/identity/pairing-guest.ts';
import { PairingHost } from '../../main/identity/pairing-host.ts';
import type { HostState, OpenInvitation } from '../../main/identity/pairing-host.ts';
import { WRONG_GUESSES_MAX } from '../../main/identity/wrong-guesses.ts';
import { PairReply, PairRequest, Refusal } from '../../main/proto/pairing.ts';
import { channelPair } from '../helpers/channels.ts';
import { keysOf } from '../helpers/identities.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const CODE: PairingCode = { nameplate: '4711', words: ['ocean', 'lamp'] };
const WRONG: PairingCode = { nameplate: '4711', words: ['ocean', 'ladder'] };
const CODE_MS = 300_000;
/** An element of the group, as a share has to be. */
const SHARE = ristretto255.Point.BASE.toBytes();
const ENTRIES = { deviceList: [new Uint8Array([1])], contentKeys: [] };
const SPENT = { kind: 'inviting', code: undefined, codeEnd: 'spent' };
/** A refusal that names the devices that have guessed, by their numbers. */
function refusedAs(reason: string, ...guesses: readonly (readonly [number, number])[]) {
  const wrongGuesses = guesses.map(([device, count]) => {
    return { peerId: keysOf(device).peerId, path: 'lan', count };
  });
  return { kind: 'refused', reason, wrongGuesses };
}
const inviter = keysOf(0).peerId;

class Scene {
  readonly clock = new ManualClock();
  readonly states: HostState<'lan'>[] = [];
  readonly admitted: string[] = [];
  readonly host = new PairingHost<'lan'>({
    self: { peerId: inviter, name: () => 'Desk' },
    clock: this.clock,
    onState: (state) => {
      this.states.push(state);
      if (state.kind !== 'approving') return;
      if (this.approves) queueMicrotask(() => this.approve());
    },
    admit: async ({ peerId }) => {
      this.admitted.push(peerId);
      return ENTRIES;
    },
  });

  approves = true;
  readonly #invitation: OpenInvitation;

  constructor() {
    this.#invitation = this.host.open([], 3 * CODE_MS);
    this.setCode(CODE);
  }

  setCode(code: PairingCode): void {
    this.host.setCode({ code, expiresAt: this.clock.now() + CODE_MS });
  }

  approve(): void {
    if (this.host.state.kind !== 'approving') throw new Error('nobody is asked about');
    const { requestId } = this.host.state;
    this.host.decide(requestId, { kind: 'approve', role: 'device' });
  }

  /** A device reads the picture. */
  joinByQr(device: number): Promise<JoinResult> {
    const [hostEnd, channel] = channelPair();
    const { peerId } = keysOf(device);
    void this.host.serve(peerId, 'lan', hostEnd);
    const { secret } = this.#invitation.qr;
    return joinByInvitation({
      ...{ inviter, by: { secret }, channel },
      self: { peerId, name: 'Laptop', system: 'Linux' },
      onWaiting: () => undefined,
      store: async () => undefined,
    });
  }

  join(code: PairingCode, device = 1): Promise<JoinResult> {
    const [hostEnd, guestEnd] = channelPair();
    void this.host.serve(keysOf(device).peerId, 'lan', hostEnd);
    return guest(code, device, guestEnd);
  }

  get kinds(): string[] {
    return this.states.map(({ kind }) => kind);
  }
}

function guest(code: PairingCode, device: number, channel: FrameChannel): Promise<JoinResult> {
  return joinByInvitation({
    inviter,
    by: { code },
    self: { peerId: keysOf(device).peerId, name: 'Laptop', system: 'Linux' },
    channel,
    onWaiting: () => undefined,
    store: async () => undefined,
  });
}

/** What a device says that keeps to no rules, after a first message of its own. */
async function shareOf(share: Uint8Array, scene: Scene): Promise<PairReply> {
  const [hostEnd, guestEnd] = channelPair();
  void scene.host.serve(keysOf(2).peerId, 'lan', hostEnd);
  const code = { nameplate: CODE.nameplate, sessionId: new Uint8Array(16).fill(7), share };
  await guestEnd.write(PairRequest.encode({ mac: new Uint8Array(), name: '', system: '', code }));
  return PairReply.decode((await guestEnd.read()) ?? new Uint8Array());
}

describe('pairing by short code', () => {
  it('lets the device in that knows the words, without digits', async () => {
    const scene = new Scene();
    expect(await scene.join(CODE)).toEqual({ kind: 'admitted', entries: ENTRIES });
    expect(scene.states.find(({ kind }) => kind === 'approving')).toMatchObject({
      candidate: { via: 'code', name: 'Laptop' },
    });
  });

  it('ends with one wrong guess, while link and picture go on, and both sides are told who guessed', async () => {
    const scene = new Scene();
    expect(await scene.join(WRONG)).toEqual(refusedAs('wrong-code', [1, 1]));
    const guess = { peerId: keysOf(1).peerId, name: 'Laptop', path: 'lan', count: 1 };
    expect(scene.states.at(-1)).toMatchObject({ ...SPENT, wrongGuesses: [guess] });
    expect(await scene.join(CODE, 2)).toEqual(refusedAs('code-spent', [1, 1]));
    expect(scene.admitted).toEqual([]);
    expect(await scene.joinByQr(2)).toMatchObject({ kind: 'admitted' });
  });

  it('takes another code after a wrong guess, counts the guesses, and takes no more codes after ten', async () => {
    const scene = new Scene();
    for (let guess = 1; guess <= WRONG_GUESSES_MAX; guess++) {
      expect(scene.host.mayHaveCode).toBe(true);
      scene.setCode(CODE);
      expect(await scene.join(WRONG)).toEqual(refusedAs('wrong-code', [1, guess]));
      scene.clock.advance(60_000);
    }
    expect(scene.host.mayHaveCode).toBe(false);
    scene.host.open([], CODE_MS);
    expect(scene.host.mayHaveCode).toBe(true);
    scene.setCode(CODE);
    expect(await scene.join(CODE)).toMatchObject({ kind: 'admitted' });
  });

  it('keeps asking about a device that knew the words while another guesses wrong', async () => {
    const scene = new Scene();
    const [hostEnd, guestEnd] = channelPair();
    void scene.host.serve(keysOf(2).peerId, 'lan', hostEnd);
    const code = { nameplate: '4711', sessionId: new Uint8Array(16).fill(7), share: SHARE };
    await guestEnd.write(PairRequest.encode({ mac: new Uint8Array(), name: '', system: '', code }));
    await guestEnd.read();
    scene.approves = false;
    const joining = scene.join(CODE, 1);
    while (scene.host.state.kind !== 'approving') await Promise.resolve();
    await guestEnd.write(PairRequest.encode({ mac: new Uint8Array(64), name: 'Eve', system: '' }));
    const reply = PairReply.decode((await guestEnd.read()) ?? new Uint8Array());
    expect(reply.refused?.reason).toBe(Refusal.WRONG_CODE);
    expect(scene.host.state.kind).toBe('approving');
    scene.approve();
    expect(await joining).toMatchObject({ kind: 'admitted' });
  });

  it('does not let a device scan for the nameplate by beginning one run after another', async () => {
    const scene = new Scene();
    const answers: JoinResult[] = [];
    for (let number = 0; number < 50; number++) {
      const nameplate = number.toString().padStart(4, '0');
      answers.push(await scene.join({ ...CODE, nameplate }, 3));
    }
    for (let device = 4; device < 60; device++) {
      answers.push(await scene.join({ ...CODE, nameplate: '0099' }, device));
    }
    const told = answers.filter((it) => it.kind === 'refused' && it.reason === 'no-invitation');
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThanOrEqual(30);
    // The right nameplate gets the same answer.
    expect(await scene.join(CODE, 3)).toEqual({ kind: 'refused', reason: 'limited' });
    scene.clock.advance(60_000);
    expect(await scene.join(CODE, 3)).toMatchObject({ kind: 'admitted' });
  });

  it('gives those that guess at the same time one guess together', async () => {
    const scene = new Scene();
    const results = await Promise.all([
      scene.join(WRONG, 1),
      scene.join(CODE, 2),
      scene.join(CODE, 3),
    ]);
    expect(results[0]).toEqual(refusedAs('wrong-code', [1, 1]));
    for (const result of results.slice(1)) expect(result.kind).not.toBe('admitted');
    expect(scene.admitted).toEqual([]);
  });

  it('counts no guess for another nameplate, nor for one that breaks off before it has guessed', async () => {
    const scene = new Scene();
    const other = { ...CODE, nameplate: '4712' };
    expect(await scene.join(other)).toEqual({ kind: 'refused', reason: 'no-invitation' });
    const [hostEnd, guestEnd] = channelPair();
    const served = scene.host.serve(keysOf(2).peerId, 'lan', hostEnd);
    const joining = guest(CODE, 2, guestEnd);
    await guestEnd.close();
    expect(await joining).toEqual({ kind: 'lost' });
    await served;
    expect(await scene.join(CODE)).toMatchObject({ kind: 'admitted' });
  });

  it.each([
    ['the neutral element', new Uint8Array(32)],
    ['no element', new Uint8Array(32).fill(0xff)],
    ['too short', new Uint8Array(31)],
  ])('takes a share that is %s for a wrong guess', async (_what, share) => {
    const scene = new Scene();
    const reply = await shareOf(share, scene);
    expect(reply.code).toBeUndefined();
    expect(reply.refused).toBeDefined();
    expect(scene.states.at(-1)).toMatchObject(SPENT);
  });

  it('is not fooled by messages that were recorded and are sent again', async () => {
    const scene = new Scene();
    const [hostEnd, guestEnd] = channelPair();
    const recorded: Uint8Array[] = [];
    const recording: FrameChannel = {
      read: () => guestEnd.read(),
      write: async (frame) => {
        recorded.push(frame);
        await guestEnd.write(frame);
      },
      close: () => guestEnd.close(),
    };
    void scene.host.serve(keysOf(1).peerId, 'lan', hostEnd);
    expect(await guest(CODE, 1, recording)).toMatchObject({ kind: 'admitted' });

    const again = new Scene();
    const [host, replaying] = channelPair();
    void again.host.serve(keysOf(1).peerId, 'lan', host);
    for (const frame of recorded.slice(0, 2)) await replaying.write(frame);
    expect(PairReply.decode((await replaying.read()) ?? new Uint8Array()).code).toBeDefined();
    expect(PairReply.decode((await replaying.read()) ?? new Uint8Array()).refused).toBeDefined();
    expect(again.states.at(-1)).toMatchObject(SPENT);
  });

  it('fails where one in the middle passes the messages on, since each side is bound to the other', async () => {
    const scene = new Scene();
    // The middle has a channel to each, under its own PeerId, and changes nothing.
    const [hostEnd, middleToHost] = channelPair();
    const [middleToGuest, guestEnd] = channelPair();
    const middle = keysOf(5).peerId;
    void scene.host.serve(middle, 'lan', hostEnd);
    const joining = joinByInvitation({
      inviter: middle,
      by: { code: CODE },
      self: { peerId: keysOf(1).peerId, name: 'Laptop', system: 'Linux' },
      channel: guestEnd,
      onWaiting: () => undefined,
      store: async () => undefined,
    });
    for (const [from, to] of [
      [middleToGuest, middleToHost],
      [middleToHost, middleToGuest],
      [middleToGuest, middleToHost],
      [middleToHost, middleToGuest],
    ] as const) {
      await to.write((await from.read()) ?? new Uint8Array());
    }
    expect(await joining).toEqual(refusedAs('wrong-code', [5, 1]));
    expect(scene.states.at(-1)).toMatchObject(SPENT);
    expect(scene.admitted).toEqual([]);
  });

  it('takes one that does not know the words for an impostor', async () => {
    const [hostEnd, guestEnd] = channelPair();
    const impostor = new Scene();
    impostor.host.setCode({ code: WRONG, expiresAt: Number.MAX_SAFE_INTEGER });
    void impostor.host.serve(keysOf(1).peerId, 'lan', hostEnd);
    const lying: FrameChannel = {
      // Whatever the impostor answers, it says that all is well.
      read: async () => {
        const frame = await guestEnd.read();
        const reply = frame && PairReply.decode(frame);
        if (!reply || reply.code) return frame;
        return PairReply.encode({ waiting: { mac: new Uint8Array(64), name: 'Desk', check: '' } });
      },
      write: (frame) => guestEnd.write(frame),
      close: () => guestEnd.close(),
    };
    expect(await guest(CODE, 1, lying)).toEqual({ kind: 'impostor' });
  });

  it('is good for one device, which may come back, and not beyond its time', async () => {
    const scene = new Scene();
    expect(await scene.join(CODE, 1)).toMatchObject({ kind: 'admitted' });
    expect(await scene.join(CODE, 2)).toEqual({ kind: 'refused', reason: 'used' });
    expect(await scene.join(CODE, 1)).toMatchObject({ kind: 'admitted' });
    expect(scene.admitted).toEqual([keysOf(1).peerId, keysOf(1).peerId]);

    const late = new Scene();
    late.clock.advance(CODE_MS);
    expect(await late.join(CODE)).toEqual({ kind: 'refused', reason: 'expired' });
    late.host.setCode({ code: WRONG, expiresAt: late.clock.now() + CODE_MS });
    expect(await late.join(WRONG)).toMatchObject({ kind: 'admitted' });
  });
});

describe('a code', () => {
  const codes = fc
    .tuple(fc.nat(9_999), fc.constantFrom(...wordlist), fc.constantFrom(...wordlist))
    .map(([number, one, other]) => ({
      nameplate: number.toString().padStart(4, '0'),
      words: [one, other],
    }));

  it('is read however it is typed', () => {
    fc.assert(
      fc.property(
        codes,
        fc.constantFrom('-', ' ', ' - ', '. '),
        fc.boolean(),
        (code, gap, capitals) => {
          const typed = `  ${codeText(code).replaceAll('-', gap)} `;
          expect(parseCode(capitals ? typed.toUpperCase() : typed)).toEqual({ kind: 'code', code });
          const cut = [code.nameplate, ...code.words.map((word) => word.slice(0, 4))].join(gap);
          // A word of three letters is itself; of longer ones four letters are enough.
          expect(parseCode(cut)).toEqual({ kind: 'code', code });
        },
      ),
    );
  });

  it('is random, and what is none is told apart', () => {
    const drawn = new Set(Array.from({ length: 50 }, () => codeText(createCode('0001'))));
    expect(drawn.size).toBeGreaterThan(48);
    expect(parseCode('4711-ocean-lampp')).toEqual({ kind: 'unknown-word', word: 'lampp' });
    expect(parseCode('4711-oce-lamp')).toEqual({ kind: 'unknown-word', word: 'oce' });
    for (const text of ['', '4711', '4711-ocean', '471-ocean-lamp', 'ocean-lamp', 'reunion:AbCd']) {
      expect(parseCode(text)).toEqual({ kind: 'no-code' });
    }
  });
});
