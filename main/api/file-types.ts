/** Which files a device gets by itself: all, those of the last days, or none but those that are asked for. */
export type AttachmentPolicy = 'all' | 'on-demand' | { readonly days: number };

/** Why files are not being fetched: the connection is paid for by how much it carries, or the disk is nearly full. */
export type DeferralReason = 'metered' | 'space';

/**
 * `here`: all of it, and it is what it was sent as. `arriving`: on its way, or asked for and waiting for a device that has it.
 * `absent`: not asked for, see `fetchAttachment`. `deferred`: it comes once `reason` is over. `damaged`: it can never be
 * had as it was sent.
 */
export type AttachmentState = 'here' | 'arriving' | 'absent' | 'deferred' | 'damaged';

/** How far a file is. */
export interface AttachmentProgress {
  /** The SHA-256 of its content, 64 hexadecimal characters. */
  readonly id: string;
  /** Bytes of its content that are here. */
  readonly received: number;
  /** Of the whole file. */
  readonly bytes: number;
  readonly state: AttachmentState;
  /** Of a deferred one; null otherwise. */
  readonly reason: DeferralReason | null;
}

/** A file that a message carries; `id` is the same for the same content, which is kept once. */
export interface AttachmentView extends AttachmentProgress {
  readonly name: string;
  /** As `image/png`; 'application/octet-stream' where not known. Told by the sender: never trust it for what to open. */
  readonly mediaType: string;
}

/** What `POST files` answers. */
export interface AddedFile {
  readonly id: string;
  readonly bytes: number;
}

/** How this device treats files, and how much of them it has; part of `Status`. */
export interface FilesStatus {
  readonly policy: AttachmentPolicy;
  /** Whether files wait until the connection costs nothing again. */
  readonly metered: boolean;
  /** Kilobytes (1,000 bytes) a second, over all devices that are not on the local network; null for no limit. */
  readonly sendLimit: number | null;
  readonly receiveLimit: number | null;
  /** Content of files that is here, of those that are still arriving too. */
  readonly bytes: number;
  /** Files that are here as a whole. */
  readonly files: number;
  /** Free space where the data folder is; null where that cannot be told. */
  readonly freeBytes: number | null;
  /** Why no files are being fetched at present. */
  readonly deferred: DeferralReason | null;
}
