import type { MessageView } from './conversation-types.ts';
import type { DeviceInfo } from './device-info.ts';
import type { FilesStatus } from './file-types.ts';

/**
 * `device`: reads and writes. `mailbox`: keeps and forwards what it cannot read, so that devices that are never on at the
 * same time still get each other's messages.
 */
export type DeviceRole = 'device' | 'mailbox';

/** How much of what was written before a device is to hold: all of it, that of the last days, or none. */
export type History = 'all' | 'none' | { readonly days: number };

/** How a device is reached: over the local network, by a direct connection beyond it, or through a relay. */
export type Path = 'lan' | 'direct' | 'relay';

/**
 * `paused`: on this device, by a person; `paused-there`: on the other one. `connecting`: being tried. `offline`: cannot be
 * reached at present, or waits for its interval. `reconciling`: connected, finding out what differs. `transferring`: connected,
 * and something is still to be sent or received. `up-to-date`: connected, and both sides have said that they hold nothing the
 * other has not acknowledged. `failing`: the last session ended by a fault, see `failure`. `incompatible`: it speaks another
 * version. `removed`: it no longer belongs to the devices.
 */
export type PeerState =
  | 'paused'
  | 'paused-there'
  | 'connecting'
  | 'offline'
  | 'reconciling'
  | 'transferring'
  | 'up-to-date'
  | 'failing'
  | 'incompatible'
  | 'removed';

/**
 * `stalled`: something was owed, and no byte moved. `refused`: the other ended the session before it had said anything.
 * `protocol`: it sent what is no payload. `misbehaving`: it sent many messages that do not belong to these devices. `store`:
 * this device could not write what came.
 */
type PeerFailure = 'stalled' | 'refused' | 'protocol' | 'misbehaving' | 'store';

export interface PeerStatus {
  readonly id: string;
  readonly name: string;
  /** This device and others whose names are the same, or look like it. */
  readonly similarTo: readonly DeviceInfo[];
  /** As it was let in. */
  readonly role: DeviceRole;
  readonly state: PeerState;
  /** Null while not connected. */
  readonly path: Path | null;
  /** How long the peer takes to answer, milliseconds; null while that is not known. */
  readonly roundTrip: number | null;
  /** `live`: connected all the time. Else seconds from one synchronization to the next. */
  readonly interval: 'live' | number;
  /** Messages here that the peer is not known to hold. */
  readonly toSend: number;
  /** Messages that the peer has said it still holds for this device; null before it has said so in this session. */
  readonly toReceive: number | null;
  /** Payload bytes of this session, or of the last one. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Bytes per second, smoothed; 0 unless transferring. */
  readonly sendingRate: number;
  readonly receivingRate: number;
  /** Null until the rates can be trusted. */
  readonly secondsLeft: number | null;
  /** The present while connected; null before the first contact. */
  readonly lastContact: number | null;
  /** When both sides last were known to hold the same. */
  readonly lastInSync: number | null;
  /** When the next session is tried, where one waits for an interval or after a failure. */
  readonly nextTryAt: number | null;
  /** Why it is `failing`. */
  readonly failure: PeerFailure | null;
  /** What does not fit where it is `incompatible`. */
  readonly versions: { readonly ours: number; readonly theirs: number } | null;
}

/** One line of what the device did; `reunion activity --json` prints an array of these, the newest first. */
export interface ActivityLine {
  readonly at: number;
  /** Null where it concerns no other device. */
  readonly device: DeviceInfo | null;
  /** connected, disconnected, sent, received, refused, failed, paused, resumed, incompatible, added or removed. */
  readonly kind: string;
  /** `messages` of sent, received and refused; `reason` of failed; `path` of connected; `there` of paused on the other side. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** One of the person's devices, or one that was; `reunion devices --json` prints an array of these. */
export interface DeviceRecord extends DeviceInfo {
  /** Whether it is this one. */
  readonly own: boolean;
  /** `recovery`: no device, but the key that was written down. */
  readonly role: DeviceRole | 'recovery';
  /** Operating system; null for a removed device. */
  readonly system: string | null;
  /** By the clock of the device that added it; null for a removed device. */
  readonly addedAt: number | null;
  /** Which device removed it, and when by that device's clock; null for a device that belongs to the others. */
  readonly removed: { readonly by: DeviceInfo; readonly at: number } | null;
  /** The others whose names are the same, or look like it. Of devices that belong to the others alone. */
  readonly similarTo: readonly DeviceInfo[];
}

/** The words that two people, or one at two screens, compare. `reunion devices compare --json` prints it. */
export interface DeviceComparison {
  /** The other one. */
  readonly device: DeviceInfo;
  /** 12 words of BIP39's English list, the same on both devices unless somebody sits between them. */
  readonly words: readonly string[];
}

/** Two devices that removed each other, neither knowing of the other's removal. `one` belongs to the others for now. */
export interface DeviceDispute {
  readonly one: DeviceInfo;
  readonly other: DeviceInfo;
}

/** On which of the person's devices a message is known to be, this one included. */
export interface MessageHolders {
  readonly messageId: string;
  readonly devices: readonly string[];
}

/** What another device is not known to have. */
export interface MissingMessages {
  /** Those that show in a conversation. */
  readonly messages: readonly MessageView[];
  /** Others among those looked at: names, keys, what was said of a message. */
  readonly others: number;
}

export interface About {
  readonly version: string;
  /** Such as “Node 24.1, Linux x64”. */
  readonly runtime: string;
}

/** After how much a relay cuts a connection; one of them at least is not null. */
export interface RelayLimits {
  /** In both directions together; null where it lets 16 MiB or more through. */
  readonly bytes: number | null;
  /** Null where a connection may last an hour or longer. */
  readonly seconds: number | null;
}

export interface RelayStatus {
  readonly address: string;
  /**
   * `connected`: this device can be reached through it. `limiting`: so it can, but every connection is cut after less than
   * 16 MiB or an hour, see `limits`. `full`: it takes no more devices, and still leads to others. `refused`: it does not relay for this device.
   */
  readonly state: 'connecting' | 'connected' | 'limiting' | 'full' | 'refused' | 'unreachable';
  /** Where it is `limiting`; null otherwise, and as long as no connection went through it. */
  readonly limits: RelayLimits | null;
}

/** `reunion status --json`. */
export interface Status {
  readonly device: DeviceInfo;
  /**
   * `new`: neither a first device nor joined to others yet. `removed`: by one of them, see the `devices` command; it gets
   * nothing new, and nothing that it writes reaches another device.
   */
  readonly membership: 'new' | 'member' | 'removed';
  readonly role: DeviceRole;
  /** A person decides by `settleDispute`. Empty in nearly every status. */
  readonly disputes: readonly DeviceDispute[];
  /** Null on a device that is no mailbox. */
  readonly mailboxLimits: MailboxLimits | null;
  /** From when on this device asks the others for messages; null where for all. */
  readonly historySince: number | null;
  /**
   * Of a device that has joined others and was not up to date with any of them since: messages that have come, and how many
   * there are in all, which is null before one of the others has said so.
   */
  readonly firstTransfer: { readonly received: number; readonly total: number | null } | null;
  /** Whether a backup was put back, and a person is to say which of the other devices stay: see `confirmDevices`. */
  readonly confirmDevices: boolean;
  /** What protects the keys of this device: the mode of their file alone, a passphrase, or the desktop's keychain. */
  readonly keyProtection: 'file' | 'passphrase' | 'keychain';
  /** Whether there is a phrase, written down, that gets a person back in who has lost every device. */
  readonly hasRecoveryPhrase: boolean;
  /**
   * `messages`: all that are stored, of devices and keys too. `readable`: those in conversations, deleted ones included, as
   * many as `Conversation.messages` has in all; it follows `messages` while a backlog arrives. `unsupported`: events that a
   * newer version wrote; they are kept, passed on, and show once this one is updated. `unindexed`: of those in conversations,
   * the newest ones that the search index does not have yet, and a search therefore does not find.
   */
  readonly storage: {
    readonly messages: number;
    readonly readable: number;
    readonly bytes: number;
    readonly unsupported: number;
    readonly unindexed: number;
  };
  /** Until when all other devices are paused; `resumed`: until a person resumes them; null: they are not. */
  readonly pausedUntil: number | 'resumed' | null;
  readonly files: FilesStatus;
  readonly peers: readonly PeerStatus[];
  readonly relays: readonly RelayStatus[];
}

/** One way by which a device was tried. */
export interface TriedWay {
  readonly address: string;
  readonly way: 'direct' | 'relay';
  /** A few words. */
  readonly outcome: string;
  /** What a person can do about it; null where it worked, or nothing is known. */
  readonly cure: string | null;
  /** The network library's own words. */
  readonly detail: string;
}

export interface DeviceDiagnosis extends DeviceInfo {
  /** Null where it cannot be reached. */
  readonly path: Path | null;
  /** Milliseconds. */
  readonly roundTrip: number | null;
  /** Milliseconds that its clock is ahead of this one's; null where not known. */
  readonly clockAhead: number | null;
  readonly tried: readonly TriedWay[];
}

/** `reunion doctor --json`. */
export interface Diagnosis {
  readonly version: string;
  readonly runtime: string;
  /** Where this device can be called. */
  readonly addresses: readonly string[];
  readonly relays: readonly RelayStatus[];
  readonly devices: readonly DeviceDiagnosis[];
  /** What a person can do, a sentence each; empty where all is well. */
  readonly advice: readonly string[];
}

/** How much a mailbox keeps: of the last days, and so many million bytes of messages. Null: without limit. */
export interface MailboxLimits {
  readonly days: number | null;
  readonly megabytes: number | null;
}

/** 24 words, which are kept nowhere: to be written down. */
export interface RecoveryPhrase {
  readonly words: readonly string[];
}
