import { ReunionError, toApiError } from '../api/errors.ts';
import type {
  DeviceInfo,
  DeviceRole,
  Invitation as InvitationView,
  PairingState,
} from '../api/types.ts';
import type { Clock, Random } from '../helpers/clock.ts';
import type { AdmittedEntries } from '../identity/admitted-entries.ts';
import { invitationOfLink } from '../identity/invitation.ts';
import type { Invitation } from '../identity/invitation.ts';
import { joinByInvitation } from '../identity/pairing-guest.ts';
import { parseCode } from '../identity/pairing-code.ts';
import type { PairingCode } from '../identity/pairing-code.ts';
import type { JoinOptions, JoinResult } from '../identity/pairing-guest.ts';
import { PairingHost } from '../identity/pairing-host.ts';
import type { Answer, HostState } from '../identity/pairing-host.ts';
import type { PeerId } from '../mvds/types.ts';
import type { Network } from '../network/network.ts';
import type { PairingChannel } from '../network/pairing.ts';
import type { Path } from '../sync/ports.ts';
import { CodeGuesses } from './code-guesses.ts';
import { CodeKeeper } from './code-keeper.ts';
import { devicesShowing } from './code-search.ts';
import {
  busy,
  cancelled,
  guessSpent,
  hostError,
  joinError,
  refused,
  spentBefore,
} from './pairing-errors.ts';
import { hostView, viewOf } from './pairing-view.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('device:pairing-service');

export interface PairingServiceOptions {
  readonly self: { readonly peerId: PeerId; readonly name: () => string; readonly system: string };
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly onState: (state: PairingState) => void;
  readonly onBug: (error: unknown) => void;
  /** Whether this device already belongs to others, or holds messages of its own. */
  readonly isMember: () => boolean;
  /** The devices whose name is the same or looks like it. */
  readonly similarTo: (name: string) => readonly DeviceInfo[];
  /** Puts a device on the list and returns what it is to be given. */
  readonly admit: (device: {
    peerId: PeerId;
    name: string;
    system: string;
    role: DeviceRole;
  }) => Promise<AdmittedEntries>;
  /** Takes over the list of the others, and the content keys that came with it. */
  readonly adopt: (entries: AdmittedEntries, inviter: WayToInviter) => Promise<void>;
}

/** Which device invites, and how it was reached. */
export type WayToInviter = Pick<Invitation, 'inviter' | 'addresses'>;

const NO_CODE = { code: undefined, codeEnd: undefined, wrongGuesses: [] };

/** Both sides of pairing, as one state that every window and command line shows alike. */
export class PairingService {
  readonly #options: PairingServiceOptions;
  readonly #host: PairingHost<Path>;
  readonly #codes: CodeKeeper;
  readonly #guesses = new CodeGuesses();
  #state: PairingState = { kind: 'idle' };
  #joining: PairingChannel | 'connecting' | undefined;
  #cancelled = false;
  #search = new AbortController();
  /** Goes up with each invitation and each cancellation: one that was overtaken while it was made is not opened. */
  #inviteAttempt = 0;

  constructor(options: PairingServiceOptions) {
    this.#options = options;
    this.#host = new PairingHost<Path>({
      self: options.self,
      clock: options.clock,
      onState: (state) => this.#hostChanged(state),
      onCodeSpent: () => this.#codes.spent(),
      admit: options.admit,
    });
    const { network, clock, random } = options;
    this.#codes = new CodeKeeper({
      ...{ network, clock, random },
      onCode: (code) => this.#host.setCode(code),
    });
  }

  get state(): PairingState {
    return this.#state;
  }

  /** Makes a link that lets one device join within `lifetimeMs`. */
  async invite(lifetimeMs: number): Promise<InvitationView> {
    if (this.#joining) throw busy('joining other devices');
    const { network, onBug } = this.#options;
    const attempt = ++this.#inviteAttempt;
    const addresses = await network.reachableAt();
    if (attempt !== this.#inviteAttempt) throw hostError('cancelled');
    if (addresses.length === 0) {
      throw new ReunionError(
        'no-way-in',
        'No other device could reach this one: no relay answers, and it listens on no address.',
      );
    }
    const invitation = this.#host.open(addresses, lifetimeMs);
    network.acceptPairing(({ peerId, path, channel }) => {
      this.#host.serve(peerId, path, channel).catch(onBug);
    });
    await this.#codes.start();
    return this.#shown ?? viewOf(invitation, NO_CODE);
  }

  /** Makes another code for the invitation that is open. */
  async newCode(): Promise<InvitationView> {
    if (this.#host.state.kind !== 'inviting') {
      throw new ReunionError('not-found', 'No invitation is open that could have another code.');
    }
    if (!this.#host.mayHaveCode) {
      throw new ReunionError(
        'wrong-code',
        'Too many wrong codes were entered. Use the link or the picture, or make a new invitation.',
      );
    }
    const { invitation } = this.#host.state;
    await this.#codes.start();
    return this.#shown ?? viewOf(invitation, NO_CODE);
  }

  /** The invitation that is open. */
  get #shown(): InvitationView | undefined {
    return this.#state.kind === 'inviting' ? this.#state.invitation : undefined;
  }

  decide(requestId: string, decision: Answer): void {
    switch (this.#host.decide(requestId, decision)) {
      case 'taken':
        return;
      case 'gone':
        throw new ReunionError('not-found', 'That device is no longer waiting for an answer.');
      case 'check-missing':
        throw new ReunionError('check-missing', 'Type the two digits that the other device shows.');
      case 'wrong-check':
        throw hostError('wrong-check');
    }
  }

  async cancel(): Promise<void> {
    this.#inviteAttempt++;
    this.#host.cancel();
    this.#cancelled = true;
    this.#search.abort();
    if (typeof this.#joining === 'object') await this.#joining.channel.close();
    if (!this.#joining && this.#state.kind !== 'failed') this.#set({ kind: 'idle' });
  }

  /** Whether this device is joining others: until that has ended, it must not become a first device. */
  get isJoining(): boolean {
    return this.#joining !== undefined;
  }

  /** Joins the devices of the inviter. Resolves once this device is one of them. */
  async join(link: string, name: string): Promise<void> {
    if (this.#joining) throw busy('joining other devices');
    if (this.#host.state.kind === 'inviting' || this.#host.state.kind === 'approving') {
      throw busy('inviting another device');
    }
    this.#cancelled = false;
    this.#search = new AbortController();
    this.#joining = 'connecting';
    try {
      await this.#follow(link, name);
    } catch (error) {
      this.#set({ kind: 'failed', side: 'joining', error: toApiError(error) });
      throw error;
    } finally {
      this.#joining = undefined;
    }
  }

  async stop(): Promise<void> {
    await this.cancel();
  }

  async #follow(text: string, name: string): Promise<void> {
    const parsed = parseCode(text);
    if (parsed.kind === 'code') return this.#joinByCode(parsed.code, name);
    if (parsed.kind === 'unknown-word') {
      throw new ReunionError('link-invalid', `“${parsed.word}” is not a word of these codes.`);
    }
    const invitation = this.#checkLink(text);
    const { secret } = invitation;
    const { result } = await this.#join(invitation, { secret }, name);
    if (result.kind !== 'admitted') throw this.#joinError(result);
  }

  /**
   * Asks the devices that may show the code, each once, until the words were tried with one of them: that is the one guess.
   */
  async #joinByCode(code: PairingCode, name: string): Promise<void> {
    this.#checkNew();
    if (this.#guesses.isSpent(code)) throw spentBefore();
    this.#set({ kind: 'joining', step: 'searching', inviter: '', check: null });
    const { network } = this.#options;
    const asked = new Set<PeerId>();
    let failure: ReunionError | undefined;
    try {
      for await (const { peerId, addresses } of devicesShowing(
        network,
        code,
        this.#search.signal,
      )) {
        if (asked.has(peerId) || !this.#guesses.admits(code, peerId)) continue;
        const way = { inviter: peerId, addresses };
        const attempt = await this.#join(way, { code }, name).catch(ifUnreachable);
        // Named by one that does not know better; another way may lead to it.
        if (!attempt) continue;
        const { result, path } = attempt;
        if (result.kind === 'admitted') return;
        asked.add(peerId);
        const isWrong = result.kind === 'refused' && result.reason === 'wrong-code';
        if (this.#guesses.isSpent(code) && !isWrong && !this.#cancelled) {
          throw guessSpent(peerId, path);
        }
        const error = this.#joinError(result);
        // The guess was used, or it was right and the device has answered.
        if (this.#cancelled || this.#guesses.wasTried(code)) throw error;
        // A nameplate that is no secret may be anybody's: the next device is asked.
        if (result.kind !== 'refused' || result.reason !== 'no-invitation') failure ??= error;
      }
    } catch (error) {
      // That none was found says less than what one of them has answered.
      throw failure && isNotFound(error) ? failure : error;
    }
    throw cancelled();
  }

  #checkNew(): void {
    if (!this.#options.isMember()) return;
    throw new ReunionError(
      'already-member',
      'This device already belongs to other devices or holds messages of its own, so it did not join.',
    );
  }

  #checkLink(link: string): Invitation {
    const invitation = invitationOfLink(link);
    if (!invitation) {
      throw new ReunionError(
        'link-invalid',
        'This is not a Reunion link, or a part of it is missing; nor is it a code.',
      );
    }
    if (invitation.inviter === this.#options.self.peerId) {
      throw new ReunionError(
        'link-own',
        'This link was made on this device; open it on the other one.',
      );
    }
    this.#checkNew();
    if (invitation.expiresAt <= this.#options.clock.now()) throw refused('expired');
    return invitation;
  }

  async #join(
    way: WayToInviter,
    by: JoinOptions['by'],
    name: string,
  ): Promise<{ readonly result: JoinResult; readonly path: Path }> {
    const { network, self, adopt } = this.#options;
    const { inviter } = way;
    this.#set({ kind: 'joining', step: 'connecting', inviter: '', check: null });
    try {
      const pairing = await this.#connect(way);
      this.#joining = pairing;
      if (this.#cancelled) await pairing.channel.close();
      let inviterName = '';
      const result = await joinByInvitation({
        inviter,
        by,
        self: { peerId: self.peerId, name, system: self.system },
        channel: pairing.channel,
        onGuess: () => {
          if ('code' in by) this.#guesses.spend(by.code);
        },
        onWaiting: (told) => {
          if ('code' in by) this.#guesses.prove(by.code, inviter);
          inviterName = told.inviter;
          const { check = null } = told;
          this.#set({ kind: 'joining', step: 'waiting', inviter: inviterName, check });
        },
        store: (entries) => adopt(entries, way),
      });
      if (result.kind === 'admitted') {
        this.#set({ kind: 'joined', inviter: { id: inviter, name: inviterName } });
      }
      return { result, path: pairing.path };
    } finally {
      await network.leaveInviter(inviter);
    }
  }

  async #connect({ inviter, addresses }: WayToInviter): Promise<PairingChannel> {
    const { network } = this.#options;
    try {
      network.learnAddresses(inviter, addresses);
      return await network.connectToInviter(inviter, addresses);
    } catch (error) {
      ignored(error);
      if (this.#cancelled) throw cancelled();
      throw new ReunionError(
        'inviter-unreachable',
        'The inviting device cannot be reached: see that it is running, that its invitation is open and that its relay is up.',
      );
    }
  }

  #joinError(result: Exclude<JoinResult, { kind: 'admitted' }>): ReunionError {
    return this.#cancelled ? cancelled() : joinError(result);
  }

  #hostChanged(state: HostState<Path>): void {
    // Strangers may speak the pairing protocol only while there is an invitation that they could ask about.
    if (state.kind === 'failed' || state.kind === 'closed') {
      this.#options.network.acceptPairing(undefined);
      this.#codes.stop();
    }
    if (state.kind === 'approving') this.#options.network.keepWaiting(state.candidate.peerId);
    this.#set(hostView(state, this.#options.similarTo));
  }

  #set(state: PairingState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

/** For a joiner that may find another way; rejects with whatever else has failed. */
function ifUnreachable(error: unknown): undefined {
  if (error instanceof ReunionError && error.code === 'inviter-unreachable') return undefined;
  throw error;
}

function isNotFound(error: unknown): boolean {
  const codes = ['code-unknown', 'inviter-unreachable'];
  return error instanceof ReunionError && codes.includes(error.code);
}
