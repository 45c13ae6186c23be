import type { Brand } from './brand.ts';

/** SHA-256 of a message (2/MVDS, "Messages"): 32 bytes, held as 64 lower-case hexadecimal characters. */
export type MessageId = Brand<string, 'MessageId'>;

/** 32 bytes, held as 64 lower-case hexadecimal characters. */
export type GroupId = Brand<string, 'GroupId'>;

/** Names a peer; opaque to MVDS. In Reunion it is the text form of a libp2p PeerId. */
export type PeerId = Brand<string, 'PeerId'>;
