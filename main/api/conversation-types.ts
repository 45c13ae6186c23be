import type { DeviceInfo } from './device-info.ts';
import type { AttachmentView } from './file-types.ts';

/** A place in a conversation, that of a message there or not: ascending `order`, then ascending id. */
export interface PositionView {
  /** A logical clock in milliseconds, kept ahead of all that the writer had seen. Never shown as a time. */
  readonly order: number;
  readonly id: string;
}

/** Colours that a conversation can have; the screens say what each looks like in light, dark and high contrast. */
export type ConversationColour =
  'red' | 'orange' | 'yellow' | 'green' | 'teal' | 'blue' | 'indigo' | 'purple' | 'pink' | 'grey';

/** `reunion conversations --json` prints an array of these, the latest active first. */
export interface ConversationSummary {
  readonly id: string;
  readonly name: string;
  /** One, as a person counts characters. */
  readonly emoji: string | null;
  readonly colour: ConversationColour | null;
  readonly archived: boolean;
  /** Whether it is to be kept at the top of the list, on every device. */
  readonly isPinned: boolean;
  /** How many messages it has, deleted ones included. */
  readonly messages: number;
  /** The newest message; null in an empty conversation. */
  readonly latest: MessageView | null;
  /**
   * Messages of other devices after `readUpTo`; `UNREAD_MAX` stands for that many or more. One that was written earlier
   * and comes late stands before what is read already, and does not count.
   */
  readonly unread: number;
  /** How far it was read on this device, or before that was said here, on the device that read furthest; null: nowhere. */
  readonly readUpTo: PositionView | null;
  /** What was begun and not sent, on whichever device; '' for nothing. */
  readonly draft: string;
  /** How many messages are pinned. */
  readonly pinned: number;
  /** When something was written last; the list is ordered by it, though by causes rather than clocks. */
  readonly activeAt: number;
}

/** One message; `reunion messages --json` prints an array of these, the oldest first. */
export interface MessageView {
  readonly id: string;
  readonly conversationId: string;
  readonly author: DeviceInfo;
  /** As it was edited last; '' where `deleted` or `unsupported`. */
  readonly text: string;
  /** By the writer's clock. */
  readonly writtenAt: number;
  /** Its place in the conversation, with the id: see `PositionView`. */
  readonly order: number;
  /** Whether it was written on this device. */
  readonly own: boolean;
  /** When the text that shows was written, by that writer's clock; null where that is the first one. */
  readonly editedAt: number | null;
  /** For good: its text is gone from what is shown and searched. */
  readonly deleted: boolean;
  readonly pinned: boolean;
  /** In the order of the emoji's characters. Empty where `deleted`. */
  readonly reactions: readonly ReactionView[];
  /** Empty where `deleted`. */
  readonly attachments: readonly AttachmentView[];
  /** Something that a newer version of Reunion wrote: it is kept and passed on, and shows once this one is updated. */
  readonly unsupported: boolean;
}

export interface ReactionView {
  readonly emoji: string;
  /** Whether this device is among `devices`. */
  readonly own: boolean;
  /** From which devices. */
  readonly devices: readonly DeviceInfo[];
}

/** One wording of a message. */
export interface MessageVersion {
  readonly text: string;
  readonly author: DeviceInfo;
  /** By the writer's clock. */
  readonly writtenAt: number;
  /** Whether it is the one that shows: the last by order, and of two devices' edits made apart the same one everywhere. */
  readonly current: boolean;
}

export interface MessagePage {
  /** The oldest first. */
  readonly messages: readonly MessageView[];
  /** Whether there are more on that side: newer ones where `after` was given, else older ones. */
  readonly more: boolean;
}

/** Messages that carry files; what `conversationFiles` returns. */
export interface FilesPage {
  /** The newest first. */
  readonly messages: readonly MessageView[];
  /** Whether there are older ones. */
  readonly more: boolean;
}

/** Messages around one of them, or around a moment. */
export interface MessageWindow {
  /** The oldest first. */
  readonly messages: readonly MessageView[];
  /** The message asked for, or the first one from the moment asked for on; null where there is none. */
  readonly anchor: string | null;
  readonly moreBefore: boolean;
  readonly moreAfter: boolean;
}

/** The output of `reunion search --json`. */
export interface SearchResults {
  /** The best first. */
  readonly hits: readonly SearchHitView[];
  /**
   * How many of the newest messages the search index does not have yet, as after many arrived at once: they were not searched.
   * 0 once it has all of them.
   */
  readonly unindexed: number;
}

export interface SearchHitView {
  readonly message: MessageView;
  readonly conversation: { readonly id: string; readonly name: string };
  /** The text around the match, cut into runs; those with `match` are to be highlighted. */
  readonly snippet: readonly { readonly text: string; readonly match: boolean }[];
}
