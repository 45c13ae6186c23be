import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../helpers/clock.ts';
import { ChannelClosedError } from '../helpers/frame-channel.ts';
import type { FrameChannel } from '../helpers/frame-channel.ts';
import { RequestLimit } from '../helpers/request-limit.ts';
import type { PeerId } from '../mvds/types.ts';
import { PairReply } from '../proto/pairing.ts';
import type { CodeStart, PairRequest } from '../proto/pairing.ts';
import { sendAdmitted } from './admitted-entries.ts';
import type { AdmittedEntries } from './admitted-entries.ts';
import { checkCode } from './code-exchange.ts';
import type { Introduction } from './code-exchange.ts';
import type {
  AdmittedRole,
  Answer,
  Answered,
  Candidate,
  Carrier,
  CodeEnd,
  EndReason,
  HostState,
  OpenCode,
  OpenInvitation,
} from './host-state.ts';
import { proofMatches, proofOf, SECRET_BYTES } from './invitation.ts';
import type { Invitation } from './invitation.ts';
import { presentable } from './device-name.ts';
import { receiveDone, receiveRequest, sendRefusal } from './pairing-messages.ts';
import type { RefusalReason } from './pairing-messages.ts';
import { WrongGuesses } from './wrong-guesses.ts';

export type * from './host-state.ts';

/**
 * Runs of CPace that devices may begin, whatever nameplate they name: an answer tells them whether that is the one of this
 * device. A joining device begins one; a relay's guests would otherwise scan here what the relay does not let them scan.
 */
const CODE_STARTS = {
  windowMs: 60_000,
  perPeerMax: 4,
  perAddressMax: 4,
  totalMax: 30,
  reservedMax: 15,
  firstRequests: 1,
};

export interface PairingHostOptions<Path> {
  readonly self: { readonly peerId: PeerId; readonly name: () => string };
  readonly clock: Clock;
  readonly onState: (state: HostState<Path>) => void;
  /** The code has just ended by a wrong guess. */
  readonly onCodeSpent?: () => void;
  /** Puts the device on the list and returns what it is to be given. */
  readonly admit: (
    candidate: Candidate<Path> & { readonly role: AdmittedRole },
  ) => Promise<AdmittedEntries>;
}

type Decision = Answer | { readonly kind: 'wrong-check' | 'cancelled' | 'left' | 'expired' };

const UNCHECKED = 'unchecked';

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
 *
 * A wrong code ends that code alone. It says nothing about the 128-bit secrets of link and picture, and whoever found the
 * nameplate could otherwise end every invitation.
 */
export class PairingHost<Path extends string> {
  readonly #options: PairingHostOptions<Path>;
  #state: HostState<Path> = { kind: 'closed' };
  #invitation: OpenInvitation | undefined;
  #code: OpenCode | undefined;
  #codeEnd: CodeEnd | undefined;
  /** The code that a wrong guess has ended, until another takes its place. */
  #spent: OpenCode | undefined;
  readonly #wrongGuesses = new WrongGuesses<Path>();
  readonly #codeStarts: RequestLimit;
  /** Undefined where the device that is asked about need not be checked. */
  #check: string | undefined;
  #admitted: { readonly peerId: PeerId; readonly role: AdmittedRole } | undefined;
  #decide: ((decision: Decision) => void) | undefined;
  #cancelExpiry: () => void = () => undefined;

  constructor(options: PairingHostOptions<Path>) {
    this.#options = options;
    this.#codeStarts = new RequestLimit(options.clock, CODE_STARTS);
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
    this.#setInviting(invitation);
    return invitation;
  }

  /** A short code that is good from now on, in place of the one before; or why none is. Beside an open invitation only. */
  setCode(code: OpenCode | Exclude<CodeEnd, 'spent'>): void {
    if (!this.#invitation) return;
    const isCode = typeof code === 'object';
    this.#code = isCode ? code : undefined;
    this.#codeEnd = isCode ? undefined : code;
    this.#spent = undefined;
    if (this.#state.kind === 'inviting') this.#setInviting(this.#invitation);
  }

  /** Whether this invitation may have another code: after many wrong ones it may not. */
  get mayHaveCode(): boolean {
    return this.#invitation !== undefined && this.#wrongGuesses.leavesRoom;
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
      ? await this.#byCode(peerId, path, channel, request.code)
      : this.#bySecret(peerId, request, invitation);
    if (!proven) return;
    if (typeof proven === 'string') {
      const isGuess = proven === 'wrong-code' || proven === 'code-spent';
      return sendRefusal(channel, proven, isGuess ? this.#wrongGuesses.list() : []);
    }
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

  /** One guess at the words: a wrong one ends the code. Undefined where the device has left before it guessed. */
  async #byCode(
    peerId: PeerId,
    path: Path,
    channel: FrameChannel,
    start: CodeStart,
  ): Promise<Proven | RefusalReason | undefined> {
    const { self, clock } = this.#options;
    if (!this.#codeStarts.admits({ peer: peerId, address: peerId })) return 'limited';
    const open = this.#code;
    if (this.#spent?.code.nameplate === start.nameplate) return 'code-spent';
    if (open?.code.nameplate !== start.nameplate) return 'no-invitation';
    if (clock.now() >= open.expiresAt) return 'expired';
    if (this.#admitted?.peerId !== peerId && !this.#isWaiting) return 'used';
    const parties = { inviter: self.peerId, joiner: peerId };
    const proof = await checkCode(channel, start, open.code, parties);
    // Several may have begun; the first wrong guess was the last one, and no other is told whether it was right.
    if (this.#spent === open) return 'code-spent';
    if (this.#code !== open) return this.#invitation ? 'expired' : 'no-invitation';
    if (proof.kind === 'lost') return undefined;
    if (proof.kind === 'proven') return { ...proof, via: 'code' };
    this.#spend(open, { peerId, path, name: proof.name });
    return 'wrong-code';
  }

  #spend(open: OpenCode, by: { peerId: PeerId; path: Path; name: string }): void {
    this.#wrongGuesses.add({ ...by, name: by.name && presentable(by.name) });
    this.#code = undefined;
    this.#codeEnd = 'spent';
    this.#spent = open;
    this.#options.onCodeSpent?.();
    // The question about another device that entered the right code stays.
    if (this.#invitation && this.#state.kind === 'inviting') this.#setInviting(this.#invitation);
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
      const entries = await this.#options.admit(candidate);
      this.#admitted = { peerId: candidate.peerId, role: candidate.role };
      await sendAdmitted(channel, entries);
      stored = await done;
    } finally {
      if (stored === undefined) this.#reopen(invitation);
    }
    if (this.#invitation === invitation) this.#set({ kind: 'admitted', candidate });
  }

  /** The device has left before the end: the invitation waits again, unless it is another one by now. */
  #reopen(invitation: OpenInvitation): void {
    if (this.#invitation !== invitation) return;
    this.#setInviting(invitation);
  }

  #setInviting(invitation: OpenInvitation): void {
    const wrongGuesses = this.#wrongGuesses.list();
    const [code, codeEnd] = [this.#code, this.#codeEnd];
    this.#set({ kind: 'inviting', invitation, code, codeEnd, wrongGuesses });
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
    this.#codeEnd = undefined;
    this.#spent = undefined;
    this.#wrongGuesses.clear();
    this.#decide?.({ kind: why === 'rejected' ? 'reject' : why });
  }

  #set(state: HostState<Path>): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
