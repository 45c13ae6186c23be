import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../helpers/clock.ts';
import { ChannelClosedError } from '../helpers/frame-channel.ts';
import type { FrameChannel } from '../helpers/frame-channel.ts';
import type { PeerId } from '../mvds/types.ts';
import { PairReply } from '../proto/pairing.ts';
import type { CodeStart, PairRequest } from '../proto/pairing.ts';
import { checkCode } from './code-exchange.ts';
import type { Introduction } from './code-exchange.ts';
import type { MemberRole } from './device-list-entry.ts';
import { proofMatches, proofOf, SECRET_BYTES } from './invitation.ts';
import type { Invitation } from './invitation.ts';
import { presentable } from './device-name.ts';
import type { PairingCode } from './pairing-code.ts';
import { receiveDone, receiveRequest, sendRefusal } from './pairing-messages.ts';
import type { RefusalReason } from './pairing-messages.ts';

/** A device that has proven that it holds the link. */
export interface Candidate<Path> {
  readonly peerId: PeerId;
  readonly name: string;
  readonly system: string;
  readonly path: Path;
  /** How it came by the secret. */
  readonly via: Carrier;
}

/**
 * What carries the secret to the new device. A link is copied through who knows what and may be used by somebody else first,
 * so the device that follows it shows two digits, which are typed here. A picture goes from one screen to a camera.
 */
export type Carrier = 'code' | 'link' | 'qr';

/** An invitation in both lasting forms, each with a secret of its own. */
export type OpenInvitation = Readonly<Record<'link' | 'qr', Invitation>>;

/** The short code that is good at present. */
export interface OpenCode {
  readonly code: PairingCode;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

/** What the inviting side is doing. */
export type HostState<Path> =
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'inviting';
      readonly invitation: OpenInvitation;
      readonly code: OpenCode | undefined;
    }
  | { readonly kind: 'approving'; readonly requestId: string; readonly candidate: Candidate<Path> }
  | { readonly kind: 'admitting'; readonly candidate: Candidate<Path> }
  | { readonly kind: 'admitted'; readonly candidate: Candidate<Path> }
  | { readonly kind: 'failed'; readonly reason: EndReason };

type EndReason = 'expired' | 'rejected' | 'wrong-check' | 'wrong-code' | 'cancelled';

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
  | {
      readonly kind: 'approve';
      readonly role: AdmittedRole;
      /** The digits that the new device shows; `unchecked` where a person did not want to compare them. */
      readonly check?: string | undefined;
    }
  | { readonly kind: 'reject' };

type Decision =
  Answer | { readonly kind: 'wrong-check' | 'wrong-code' | 'cancelled' | 'left' | 'expired' };

/** What became of an answer: `gone`, the question was not open any more; `check-missing`, it still is. */
export type Answered = 'taken' | 'wrong-check' | 'check-missing' | 'gone';

export const UNCHECKED = 'unchecked';

const LASTING = ['link', 'qr'] as const;

/** What a device has shown that it knows, and how this one shows the same. */
interface Proven extends Introduction {
  readonly via: Carrier;
  readonly mac: Uint8Array;
}

/** "00" to "99". */
function newCheck(): string {
  return randomInt(100).toString().padStart(2, '0');
}

/**
 * The inviting side of pairing: one invitation at a time, good for one device. Until it expires, the device that was
 * admitted may come back with it, for it may have gone before it could store the list; any other is told that it is used.
 */
export class PairingHost<Path> {
  readonly #options: PairingHostOptions<Path>;
  #state: HostState<Path> = { kind: 'closed' };
  #invitation: OpenInvitation | undefined;
  #code: OpenCode | undefined;
  /** Undefined where the device that is asked about need not be checked. */
  #check: string | undefined;
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
  open(addresses: readonly Uint8Array[], lifetimeMs: number): OpenInvitation {
    this.#end('cancelled');
    const { clock, self } = this.#options;
    const expiresAt = clock.now() + lifetimeMs;
    const newInvitation = (): Invitation => {
      const secret = new Uint8Array(randomBytes(SECRET_BYTES));
      return { inviter: self.peerId, addresses, secret, expiresAt };
    };
    const invitation = { link: newInvitation(), qr: newInvitation() };
    this.#invitation = invitation;
    this.#admitted = undefined;
    this.#cancelExpiry = clock.schedule(lifetimeMs, () => this.#expire());
    this.#set({ kind: 'inviting', invitation, code: undefined });
    return invitation;
  }

  /** A short code that is good from now on, in place of the one before; undefined: none is. Beside an open invitation only. */
  setCode(code: OpenCode | undefined): void {
    this.#code = this.#invitation && code;
    if (this.#state.kind === 'inviting') this.#set({ ...this.#state, code: this.#code });
  }

  /** Answers the question that state `approving` asks. Digits can be given once: wrong ones end the invitation. */
  decide(requestId: string, answer: Answer): Answered {
    if (this.#state.kind !== 'approving' || this.#state.requestId !== requestId) return 'gone';
    if (answer.kind === 'approve' && this.#check !== undefined) {
      if (answer.check === undefined) return 'check-missing';
      if (answer.check !== this.#check && answer.check !== UNCHECKED) {
        this.#decide?.({ kind: 'wrong-check' });
        return 'wrong-check';
      }
    }
    this.#decide?.(answer);
    return 'taken';
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
    const proven = request.code
      ? await this.#byCode(peerId, channel, request.code)
      : this.#bySecret(peerId, request, invitation);
    if (!proven) return;
    if (typeof proven === 'string') return sendRefusal(channel, proven);
    if (this.#invitation !== invitation || clock.now() >= invitation.link.expiresAt) {
      return sendRefusal(channel, 'expired');
    }
    const again = this.#admitted?.peerId === peerId ? this.#admitted : undefined;
    if (!again && !this.#isWaiting) return sendRefusal(channel, 'used');
    const { via, mac } = proven;

    const candidate: Candidate<Path> = {
      peerId,
      name: presentable(proven.name),
      system: presentable(proven.system),
      path,
      via,
    };
    const check = via === 'link' && !again ? newCheck() : undefined;
    const waiting = { mac, name: self.name(), check: check ?? '' };
    const proof = channel.write(PairReply.encode({ waiting }));
    const done = receiveDone(channel);
    const answer = again
      ? ({ kind: 'approve', role: again.role } as const)
      : await this.#ask(candidate, check, proof, done);
    if (answer.kind !== 'approve') return this.#refuse(channel, invitation, answer.kind);
    await proof;
    await this.#admit({ ...candidate, role: answer.role }, channel, done, invitation);
  }

  /** Whether a device that comes now could be let in. */
  get #isWaiting(): boolean {
    return this.#admitted === undefined && this.#state.kind === 'inviting';
  }

  #bySecret(peerId: PeerId, request: PairRequest, invitation: OpenInvitation) {
    const inviter = this.#options.self.peerId;
    for (const via of LASTING) {
      const { secret } = invitation[via];
      if (!proofMatches(proofOf(secret, 'join', inviter, peerId), request.mac)) continue;
      const mac = proofOf(secret, 'invite', inviter, peerId);
      return { via, mac, name: request.name, system: request.system };
    }
    return 'wrong-secret' as const;
  }

  /** One guess at the words: a wrong one ends the invitation. Undefined where the device has left before it guessed. */
  async #byCode(
    peerId: PeerId,
    channel: FrameChannel,
    start: CodeStart,
  ): Promise<Proven | RefusalReason | undefined> {
    const { self, clock } = this.#options;
    const open = this.#code;
    if (open?.code.nameplate !== start.nameplate) return 'no-invitation';
    if (clock.now() >= open.expiresAt) return 'expired';
    if (this.#admitted?.peerId !== peerId && !this.#isWaiting) return 'used';
    const parties = { inviter: self.peerId, joiner: peerId };
    const proof = await checkCode(channel, start, open.code, parties);
    // Several may have begun; the first wrong guess was the last one.
    if (this.#code !== open) return this.#invitation ? 'expired' : 'no-invitation';
    if (proof.kind === 'lost') return undefined;
    if (proof.kind === 'proven') return { ...proof, via: 'code' };
    this.#end('wrong-code');
    this.#set({ kind: 'failed', reason: 'wrong-code' });
    return 'wrong-code';
  }

  /** Asks the person. Resolves also when there is nothing left to ask about. */
  async #ask(
    candidate: Candidate<Path>,
    check: string | undefined,
    proof: Promise<unknown>,
    done: Promise<unknown>,
  ): Promise<Decision> {
    const requestId = randomBytes(8).toString('hex');
    this.#check = check;
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
    invitation: OpenInvitation,
    decision: Exclude<Decision['kind'], 'approve'>,
  ): Promise<void> {
    if (decision === 'left') {
      this.#reopen(invitation);
      return;
    }
    const reason = decision === 'reject' ? 'rejected' : decision;
    if (reason === 'rejected' || reason === 'wrong-check') {
      this.#end(reason);
      this.#set({ kind: 'failed', reason });
    }
    await sendRefusal(channel, reason);
  }

  async #admit(
    candidate: Candidate<Path> & { readonly role: AdmittedRole },
    channel: FrameChannel,
    done: Promise<unknown>,
    invitation: OpenInvitation,
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
  #reopen(invitation: OpenInvitation): void {
    if (this.#invitation !== invitation) return;
    this.#set({ kind: 'inviting', invitation, code: this.#code });
  }

  #expire(): void {
    const unused = this.#state.kind !== 'admitted';
    this.#end('expired');
    this.#set(unused ? { kind: 'failed', reason: 'expired' } : { kind: 'closed' });
  }

  #end(why: EndReason): void {
    this.#cancelExpiry();
    this.#invitation = undefined;
    this.#code = undefined;
    this.#decide?.({ kind: why === 'rejected' ? 'reject' : why });
  }

  #set(state: HostState<Path>): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
