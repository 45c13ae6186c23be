/** What a host does beside showing the device: set by a person, kept on this computer. */
export interface HostSettings {
  /** Whether closing the window leaves the device running. */
  readonly background: boolean;
  readonly startAtLogin: boolean;
  /** Whether it then starts without its window. */
  readonly startHidden: boolean;
  readonly notifyMessages: boolean;
  /** Also of messages while the window has the focus. */
  readonly notifyWhileFocused: boolean;
  readonly notifyPairing: boolean;
  readonly notifyProblems: boolean;
  /** After so many days without contact a device is told of; 0: never. */
  readonly staleDays: number;
  readonly spellCheck: boolean;
  /** A fact of this system: whether there is a tray to close to. Where there is none, starting again shows the window. */
  readonly hasTray: boolean;
  readonly updates: Updates;
}

export interface Updates {
  /**
   * `off`: this build does not update itself. `ready`: the version is here, and waits for a restart. `refused`: it is not
   * signed by whoever publishes this build, and is not installed.
   */
  readonly state: 'off' | 'idle' | 'checking' | 'downloading' | 'ready' | 'failed' | 'refused';
  /** The version that is found or here; null where there is none. */
  readonly version: string | null;
}

/** What the host asks the page to show, or tells it. */
export type HostEvent =
  | { readonly show: 'conversation'; readonly conversationId: string }
  /** The pairing wizard with this link filled in. Nothing is joined before a person says so. */
  | { readonly show: 'link'; readonly link: string }
  | { readonly show: 'settings' | 'devices' | 'search' | 'new-conversation' | 'shortcuts' }
  | { readonly show: 'settings-changed'; readonly settings: HostSettings };
