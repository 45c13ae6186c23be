import { describe, expect, it } from 'vitest';
import type { AdmittedEntries } from '../../main/identity/admitted-entries.ts';
import type { Invitation } from '../../main/identity/invitation.ts';
import { joinByInvitation } from '../../main/identity/pairing-guest.ts';
import type { JoinResult } from '../../main/identity/pairing-guest.ts';
import { PairingHost } from '../../main/identity/pairing-host.ts';
import type { HostState } from '../../main/identity/pairing-host.ts';
import type { FrameChannel } from '../../main/helpers/frame-channel.ts';
import { channelPair } from '../helpers/channels.ts';
import { keysOf } from '../helpers/identities.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const LIFETIME_MS = 60_000;
const ENTRIES: AdmittedEntries = {
  deviceList: [new Uint8Array([1]), new Uint8Array([2, 3])],
  contentKeys: [new Uint8Array([4])],
};
const inviter = keysOf(0).peerId;

class Scene {
  readonly clock = new ManualClock();
  readonly states: HostState<'lan'>[] = [];
  readonly stored: AdmittedEntries[] = [];
  readonly admitted: string[] = [];
  readonly checks: (string | undefined)[] = [];
  answer: 'approve' | 'reject' | undefined = 'approve';
  readonly host = new PairingHost<'lan'>({
    self: { peerId: inviter, name: () => 'Desk' },
    clock: this.clock,
    onState: (state) => {
      this.states.push(state);
      if (state.kind !== 'approving') return;
      const { requestId } = state;
      const { answer } = this;
      if (!answer) return;
      const decision = { kind: answer, role: 'device', check: 'unchecked' } as const;
      queueMicrotask(() => this.host.decide(requestId, decision));
    },
    admit: async ({ peerId }) => {
      this.admitted.push(peerId);
      return ENTRIES;
    },
  });

  /** What goes into the link. */
  open(): Invitation {
    return this.host.open([], LIFETIME_MS).link;
  }

  /** A device with the keys of `number` follows the invitation. */
  join(invitation: Invitation, number: number, channels = channelPair()): Promise<JoinResult> {
    const { peerId } = keysOf(number);
    void this.host.serve(peerId, 'lan', channels[0]);
    return this.guest(invitation, number, channels[1]);
  }

  guest(invitation: Invitation, number: number, channel: FrameChannel): Promise<JoinResult> {
    return joinByInvitation({
      inviter: invitation.inviter,
      by: { secret: invitation.secret },
      self: { peerId: keysOf(number).peerId, name: 'Laptop\u202e\n', system: 'Linux' },
      channel,
      onWaiting: ({ check }) => this.checks.push(check),
      store: async (entries) => void this.stored.push(entries),
    });
  }

  kinds(): string[] {
    return this.states.map(({ kind }) => kind);
  }
}

describe('pairing by link', () => {
  it('admits the device that holds the link, once it is approved', async () => {
    const scene = new Scene();
    const result = await scene.join(scene.open(), 1);
    expect(result).toEqual({ kind: 'admitted', entries: ENTRIES });
    expect(scene.stored).toEqual([ENTRIES]);
    expect(scene.kinds()).toEqual(['inviting', 'approving', 'admitting', 'admitted']);
  });

  it('shows the name of the other device without anything that could mislead', async () => {
    const scene = new Scene();
    await scene.join(scene.open(), 1);
    expect(scene.states[1]).toMatchObject({ candidate: { name: 'Laptop', system: 'Linux' } });
  });

  it('refuses a wrong secret without asking anybody, and stays open for the right one', async () => {
    const scene = new Scene();
    const invitation = scene.open();
    const wrong = { ...invitation, secret: new Uint8Array(16) };
    expect(await scene.join(wrong, 1)).toEqual({ kind: 'refused', reason: 'wrong-secret' });
    expect(scene.kinds()).toEqual(['inviting']);
    expect(await scene.join(invitation, 1)).toMatchObject({ kind: 'admitted' });
  });

  it('refuses a link that has expired, and says so on the inviting side', async () => {
    const scene = new Scene();
    const invitation = scene.open();
    scene.clock.advance(LIFETIME_MS);
    expect(scene.states.at(-1)).toEqual({ kind: 'failed', reason: 'expired' });
    expect(await scene.join(invitation, 1)).toEqual({ kind: 'refused', reason: 'no-invitation' });
    expect(scene.admitted).toEqual([]);
  });

  it('tells a second device that the link is used, before and after the first was admitted', async () => {
    const scene = new Scene();
    scene.answer = undefined;
    const invitation = scene.open();
    const first = scene.join(invitation, 1);
    await Promise.resolve();
    while (scene.host.state.kind !== 'approving') await Promise.resolve();
    expect(await scene.join(invitation, 2)).toEqual({ kind: 'refused', reason: 'used' });
    scene.host.decide(scene.host.state.requestId, {
      kind: 'approve',
      role: 'device',
      check: 'unchecked',
    });
    expect(await first).toMatchObject({ kind: 'admitted' });
    expect(await scene.join(invitation, 2)).toEqual({ kind: 'refused', reason: 'used' });
    expect(scene.admitted).toEqual([keysOf(1).peerId]);
  });

  it('lets the admitted device come back with its link, without asking again', async () => {
    const scene = new Scene();
    const invitation = scene.open();
    await scene.join(invitation, 1);
    scene.answer = undefined;
    expect(await scene.join(invitation, 1)).toMatchObject({ kind: 'admitted' });
  });

  it('kills the link when the device is rejected', async () => {
    const scene = new Scene();
    scene.answer = 'reject';
    const invitation = scene.open();
    expect(await scene.join(invitation, 1)).toEqual({ kind: 'refused', reason: 'rejected' });
    expect(scene.states.at(-1)).toEqual({ kind: 'failed', reason: 'rejected' });
    expect(await scene.join(invitation, 1)).toEqual({ kind: 'refused', reason: 'no-invitation' });
  });

  it('tells both sides when the invitation is withdrawn while the other device waits', async () => {
    const scene = new Scene();
    scene.answer = undefined;
    const joining = scene.join(scene.open(), 1);
    while (scene.host.state.kind !== 'approving') await Promise.resolve();
    scene.host.cancel();
    expect(await joining).toEqual({ kind: 'refused', reason: 'cancelled' });
    expect(scene.states.at(-1)).toEqual({ kind: 'failed', reason: 'cancelled' });
  });

  it('goes on waiting when a device leaves before it was approved', async () => {
    const scene = new Scene();
    scene.answer = undefined;
    const channels = channelPair();
    const invitation = scene.open();
    const joining = scene.join(invitation, 1, channels);
    while (scene.host.state.kind !== 'approving') await Promise.resolve();
    await channels[1].close();
    expect(await joining).toEqual({ kind: 'lost' });
    while (scene.states.at(-1)?.kind !== 'inviting') await Promise.resolve();
    scene.answer = 'approve';
    expect(await scene.join(invitation, 2)).toMatchObject({ kind: 'admitted' });
  });

  it('does not join an inviter that does not know the secret', async () => {
    const scene = new Scene();
    const invitation = scene.open();
    const [hostEnd, guestEnd] = channelPair();
    // An impostor that lets everyone in: it has another secret, and takes any proof for good.
    const joining = scene.guest({ ...invitation, secret: new Uint8Array(16) }, 1, guestEnd);
    const { PairReply } = await import('../../main/proto/pairing.ts');
    await hostEnd.read();
    await hostEnd.write(
      PairReply.encode({ waiting: { mac: new Uint8Array(32), name: 'Desk', check: '' } }),
    );
    expect(await joining).toEqual({ kind: 'impostor' });
    expect(scene.stored).toEqual([]);
  });

  it('survives bytes that are no message', async () => {
    const scene = new Scene();
    scene.open();
    const [hostEnd, strangerEnd] = channelPair();
    const served = scene.host.serve(keysOf(2).peerId, 'lan', hostEnd);
    await strangerEnd.write(new Uint8Array([255, 255, 255]));
    await served;
    expect(scene.kinds()).toEqual(['inviting']);
  });
});

describe('the digits of a link', () => {
  /** The device waits for an answer, and shows what it is to show. */
  async function asked(scene: Scene, invitation: Invitation) {
    scene.answer = undefined;
    const joining = scene.join(invitation, 1);
    while (scene.host.state.kind !== 'approving' || scene.checks.length === 0)
      await Promise.resolve();
    const { requestId } = scene.host.state;
    const approve = (check?: string) =>
      scene.host.decide(requestId, { kind: 'approve', role: 'device', check });
    return { joining, approve, shown: scene.checks.at(-1) };
  }

  it('are asked for, and let the device in that shows them', async () => {
    const scene = new Scene();
    const { joining, approve, shown } = await asked(scene, scene.open());
    expect(shown).toMatch(/^\d\d$/u);
    expect(approve()).toBe('check-missing');
    expect(scene.host.state.kind).toBe('approving');
    expect(approve(shown)).toBe('taken');
    expect(await joining).toMatchObject({ kind: 'admitted' });
  });

  it('that are wrong end the invitation, on both sides', async () => {
    const scene = new Scene();
    const invitation = scene.open();
    const { joining, approve, shown } = await asked(scene, invitation);
    const wrong = shown === '42' ? '43' : '42';
    expect(approve(wrong)).toBe('wrong-check');
    expect(await joining).toEqual({ kind: 'refused', reason: 'wrong-check' });
    expect(scene.states.at(-1)).toEqual({ kind: 'failed', reason: 'wrong-check' });
    expect(approve(shown)).toBe('gone');
    expect(await scene.join(invitation, 1)).toEqual({ kind: 'refused', reason: 'no-invitation' });
    expect(scene.admitted).toEqual([]);
  });

  it('are not asked for where the secret came by a picture, which is good for one device as well', async () => {
    const scene = new Scene();
    const { link, qr } = scene.host.open([], LIFETIME_MS);
    expect(qr.secret).not.toEqual(link.secret);
    const { joining, approve, shown } = await asked(scene, qr);
    expect(shown).toBeUndefined();
    expect(await scene.join(link, 2)).toEqual({ kind: 'refused', reason: 'used' });
    expect(approve()).toBe('taken');
    expect(await joining).toMatchObject({ kind: 'admitted' });
    expect(await scene.join(link, 2)).toEqual({ kind: 'refused', reason: 'used' });
  });
});
