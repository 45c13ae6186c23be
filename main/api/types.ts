/**
 * The shapes that cross the api, and that the command line prints with `--json`. All are plain JSON.
 * Times are Unix milliseconds. Ids are text: a device id is a libp2p PeerId in base58, a message id 64 and a conversation
 * id 32 hexadecimal characters.
 */
import type { Status } from './device-types.ts';
import type { HostEvent } from './host-types.ts';
import type { AttachmentProgress } from './file-types.ts';
import type { ImportState } from './import-types.ts';
import type { PairingState } from './pairing-types.ts';

export type * from './conversation-types.ts';
export type * from './device-info.ts';
export type * from './device-types.ts';
export type * from './error-types.ts';
export type * from './host-types.ts';
export type * from './file-types.ts';
export type * from './import-types.ts';
export type * from './pairing-types.ts';
export type * from './web-types.ts';

/** What a device pushes to whatever shows it. */
export type ApiEvent =
  | { readonly kind: 'status'; readonly status: Status }
  | {
      readonly kind: 'messages';
      /** Conversations of which anything has changed, the message list included. */
      readonly conversationIds: readonly string[];
      /** Messages that are new or look different now: edited, deleted, pinned or reacted to, here or on another device. */
      readonly messageIds: readonly string[];
    }
  /** Files of which more has come, or that are in another state: at most a few times a second, each as it is then. */
  | { readonly kind: 'attachments'; readonly attachments: readonly AttachmentProgress[] }
  | { readonly kind: 'import'; readonly import: ImportState }
  | { readonly kind: 'pairing'; readonly pairing: PairingState }
  /** From the host alone: a browser never gets it. */
  | { readonly kind: 'host'; readonly host: HostEvent };
