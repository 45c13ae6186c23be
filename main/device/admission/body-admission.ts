import type { EpochId } from '../../identity/content-key.ts';
import { epochOfBody } from '../../identity/sealing.ts';
import type { OpenedBody } from '../../identity/sealing.ts';
import type { PeerId } from '../../helpers/ids.ts';
import type { Verdict } from '../../mvds/admission.ts';
import type { Message } from '../../mvds/types.ts';
import { ACCEPT, isBare, reject } from './verdicts.ts';

/** A clock that is wrong by more than this dates messages so that no limit by age would ever drop them. */
export const AHEAD_MAX_MS = 366 * 24 * 60 * 60 * 1_000;

/**
 * What a mailbox takes of another mailbox until it agrees with a device: neither of them can open a body, so neither can
 * tell junk from messages, and a device can. A history of this size comes in one piece.
 */
export const UNPROVEN_MESSAGES_MAX = 50_000;
const UNPROVEN_BYTES_MAX = 1024 * 1024 * 1024;

export interface BodyAdmissionOptions {
  /** Opens a message with the content keys of this device. */
  readonly open: (message: Message) => OpenedBody;
  /** Does ahead whatever is to be done with a message once it is admitted. Default: nothing. */
  readonly prepare?: (message: Message) => void;
  /** Whether the log of content keys names an epoch. */
  readonly isNamed: (epoch: EpochId) => boolean;
  /** A message of an epoch was admitted. */
  readonly onAdmitted: (epoch: EpochId) => void;
  /** Whether this device is a mailbox, which has no content key. */
  readonly isMailbox: () => boolean;
  readonly roleOf: (peer: PeerId) => 'device' | 'mailbox' | 'recovery' | undefined;
  /** Unix milliseconds. */
  readonly now: () => number;
}

interface Unproven {
  messages: number;
  bytes: number;
}

/**
 * Admission to the sealed groups. A device takes a message that it can open, holds one whose key is not here, and rejects
 * any other: what it stores, acknowledges and passes on, its person can read. A mailbox looks at what is outside the seal.
 */
export class BodyAdmission {
  readonly #options: BodyAdmissionOptions;
  readonly #unproven = new Map<PeerId, Unproven>();

  constructor(options: BodyAdmissionOptions) {
    this.#options = options;
  }

  prepare(message: Message): void {
    if (isBare(message) && !this.#options.isMailbox()) this.#options.prepare?.(message);
  }

  admit(message: Message, from: PeerId): Verdict {
    if (!isBare(message)) return reject('metadata around a sealed body');
    return this.#options.isMailbox() ? this.#admitUnread(message, from) : this.#admitRead(message);
  }

  /** This device and a device that can open bodies hold the same: what mailboxes sent before was genuine. */
  proven(): void {
    this.#unproven.clear();
  }

  #admitRead(message: Message): Verdict {
    const opened = this.#options.open(message);
    switch (opened.kind) {
      case 'opened': {
        const epoch = epochOfBody(message.body);
        if (epoch) this.#options.onAdmitted(epoch);
        return ACCEPT;
      }
      case 'unknown-key':
        return { type: 'hold', until: `content key ${opened.epoch}` };
      case 'newer-version':
        return { type: 'hold', until: `version ${opened.version}` };
      case 'garbled':
        return reject('a body that does not open');
    }
  }

  #admitUnread({ body, timestamp }: Message, from: PeerId): Verdict {
    const epoch = epochOfBody(body);
    if (!epoch) return reject('no sealed body');
    if (timestamp < 0n) return reject('a time before 1970');
    const { isNamed, now, roleOf } = this.#options;
    // The clock that is wrong may be the one of this device.
    if (timestamp > BigInt(now() + AHEAD_MAX_MS)) return { type: 'hold', until: 'its time' };
    if (!isNamed(epoch)) return { type: 'hold', until: `content key ${epoch}` };
    if (roleOf(from) !== 'mailbox') return ACCEPT;
    const unproven = this.#unproven.get(from) ?? { messages: 0, bytes: 0 };
    const bytes = unproven.bytes + body.byteLength;
    if (unproven.messages >= UNPROVEN_MESSAGES_MAX || bytes > UNPROVEN_BYTES_MAX) {
      return { type: 'hold', until: 'agreement with a device' };
    }
    this.#unproven.set(from, { messages: unproven.messages + 1, bytes });
    return ACCEPT;
  }
}
