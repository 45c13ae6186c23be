import { randomBytes } from 'node:crypto';
import type { Clock } from '../helpers/clock.ts';
import { ChannelClosedError } from '../helpers/frame-channel.ts';
import type { FrameChannel } from '../helpers/frame-channel.ts';
import type { PeerId } from '../mvds/types.ts';
import { PairReply } from '../proto/pairing.ts';
import type { MemberRole } from './device-list-entry.ts';
import { proofMatches, proofOf, SECRET_BYTES } from './invitation.ts';
import type { Invitation } from './invitation.ts';
import { presentable } from './device-name.ts';
import { receiveDone, receiveRequest, sendRefusal } from './pairing-messages.ts';

/** A device that has proven that it holds the link. */
export interface Candidate<Path> {
  readonly peerId: PeerId;
  readonly name: string;
  readonly system: string;
  readonly path: Path;
}

/** What the inviting side is doing. */
export type HostState<Path> =
  | { readonly kind: 'closed' }
  | { readonly kind: 'inviting'; readonly invitation: Invitation }
  | { readonly kind: 'approving'; readonly requestId: string; readonly candidate: Candidate<Path> }
  | { readonly kind: 'admitting'; readonly candidate: Candidate<Path> }
  | { readonly kind: 'admitted'; readonly candidate: Candidate<Path> }
  | { readonly kind: 'failed'; readonly reason: 'expired' | 'rejected' | 'cancelled' };

export interface PairingHostOptions<Path> {
  readonly self: { readonly peerId: PeerId; readonly name: () => string };
  readonly clock: Clock;
  readonly onState: (state: HostState<Path>) => void;
  /** Puts the device on the list and returns the whole list, entry by entry. */
  readonly admit: (
    candidate: Candidate<Path> & { readonly role: AdmittedRole },
  ) => Promise<readonly Uint8Array[]>;
}

/** What a device is let in as. */
export type AdmittedRole = Exclude<MemberRole, 'recovery'>;

/** What a person answers. */
export type Answer =
  { readonly kind: 'approve'; readonly role: AdmittedRole } | { readonly kind: 'reject' };

type Decision = Answer | { readonly kind: 'cancelled' | 'left' | 'expired' };

/**
 * The inviting side of pairing: one invitation at a time, good for one device. Until it expires, the device that was
 * admitted may come back with it, for it may have gone before it could store the list; any other is told that it is used.
 */
export class PairingHost<Path> {
  readonly #options: PairingHostOptions<Path>;
  #state: HostState<Path> = { kind: 'closed' };
  #invitation: Invitation | undefined;
  #admitted: { readonly peerId: PeerId; readonly role: AdmittedRole } | undefined;
  #decide: ((decision: Decision) => void) | undefined;
  #cancelExpiry: () => void = () => undefined;

  constructor(options: PairingHostOptions<Path>) {
    this.#options = options;
  }

  get state(): HostState<Path> {
    return this.#state;
  }

  /** Makes an invitation, in place of the one before. */
  open(addresses: readonly Uint8Array[], lifetimeMs: number): Invitation {
    this.#end('cancelled');
    const { clock, self } = this.#options;
    const invitation: Invitation = {
      inviter: self.peerId,
      addresses,
      secret: new Uint8Array(randomBytes(SECRET_BYTES)),
      expiresAt: clock.now() + lifetimeMs,
    };
    this.#invitation = invitation;
    this.#admitted = undefined;
    this.#cancelExpiry = clock.schedule(lifetimeMs, () => this.#expire());
    this.#set({ kind: 'inviting', invitation });
    return invitation;
  }

  /** Answers the question that state `approving` asks. Returns whether that very question was open. */
  decide(requestId: string, decision: Answer): boolean {
    if (this.#state.kind !== 'approving' || this.#state.requestId !== requestId) return false;
    this.#decide?.(decision);
    return true;
  }

  cancel(): void {
    if (!this.#invitation) return;
    this.#end('cancelled');
    this.#set({ kind: 'failed', reason: 'cancelled' });
  }

  /** Serves one device that has opened the pairing protocol. Never rejects. */
  async serve(peerId: PeerId, path: Path, channel: FrameChannel): Promise<void> {
    try {
      await this.#serve(peerId, path, channel);
    } catch (error) {
      if (!(error instanceof ChannelClosedError)) throw error;
    } finally {
      await channel.close();
    }
  }

  async #serve(peerId: PeerId, path: Path, channel: FrameChannel): Promise<void> {
    const request = await receiveRequest(channel);
    if (!request) return;
    const invitation = this.#invitation;
    if (!invitation) return sendRefusal(channel, 'no-invitation');
    const { self, clock } = this.#options;
    const expected = proofOf(invitation.secret, 'join', self.peerId, peerId);
    if (!proofMatches(expected, request.mac)) return sendRefusal(channel, 'wrong-secret');
    if (clock.now() >= invitation.expiresAt) return sendRefusal(channel, 'expired');
    const again = this.#admitted?.peerId === peerId ? this.#admitted : undefined;
    const open = this.#admitted === undefined && this.#state.kind === 'inviting';
    if (!again && !open) return sendRefusal(channel, 'used');

    const candidate: Candidate<Path> = {
      peerId,
      name: presentable(request.name),
      system: presentable(request.system),
      path,
    };
    const mac = proofOf(invitation.secret, 'invite', self.peerId, peerId);
    const proof = channel.write(PairReply.encode({ waiting: { mac, name: self.name() } }));
    const done = receiveDone(channel);
    const answer = again
      ? ({ kind: 'approve', role: again.role } as const)
      : await this.#ask(candidate, proof, done);
    if (answer.kind !== 'approve') return this.#refuse(channel, invitation, answer.kind);
    await proof;
    await this.#admit({ ...candidate, role: answer.role }, channel, done, invitation);
  }

  /** Asks the person. Resolves also when there is nothing left to ask about. */
  async #ask(
    candidate: Candidate<Path>,
    proof: Promise<unknown>,
    done: Promise<unknown>,
  ): Promise<Decision> {
    const requestId = randomBytes(8).toString('hex');
    const decision = new Promise<Decision>((resolve) => {
      this.#decide = resolve;
      // Before it is admitted, the other side has nothing to say: whatever comes means that it has left.
      void done.then(() => resolve({ kind: 'left' }));
      proof.catch(() => resolve({ kind: 'left' }));
    });
    this.#set({ kind: 'approving', requestId, candidate });
    const decided = await decision;
    this.#decide = undefined;
    return decided;
  }

  async #refuse(
    channel: FrameChannel,
    invitation: Invitation,
    decision: Exclude<Decision['kind'], 'approve'>,
  ): Promise<void> {
    if (decision === 'left') {
      this.#reopen(invitation);
      return;
    }
    if (decision === 'reject') {
      this.#end('rejected');
      this.#set({ kind: 'failed', reason: 'rejected' });
    }
    await sendRefusal(channel, decision === 'reject' ? 'rejected' : decision);
  }

  async #admit(
    candidate: Candidate<Path> & { readonly role: AdmittedRole },
    channel: FrameChannel,
    done: Promise<unknown>,
    invitation: Invitation,
  ): Promise<void> {
    this.#set({ kind: 'admitting', candidate });
    let stored: unknown;
    try {
      const deviceList = await this.#options.admit(candidate);
      this.#admitted = { peerId: candidate.peerId, role: candidate.role };
      await channel.write(PairReply.encode({ admitted: { deviceList: [...deviceList] } }));
      stored = await done;
    } finally {
      if (stored === undefined) this.#reopen(invitation);
    }
    if (this.#invitation === invitation) this.#set({ kind: 'admitted', candidate });
  }

  /** The device has left before the end: the invitation waits again, unless it is another one by now. */
  #reopen(invitation: Invitation): void {
    if (this.#invitation === invitation) this.#set({ kind: 'inviting', invitation });
  }

  #expire(): void {
    const unused = this.#state.kind !== 'admitted';
    this.#end('expired');
    this.#set(unused ? { kind: 'failed', reason: 'expired' } : { kind: 'closed' });
  }

  #end(why: 'expired' | 'rejected' | 'cancelled'): void {
    this.#cancelExpiry();
    this.#invitation = undefined;
    this.#decide?.({ kind: why === 'rejected' ? 'reject' : why });
  }

  #set(state: HostState<Path>): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
