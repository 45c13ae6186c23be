import type { AttachmentView, HostEvent, HostSettings } from '../../../main/api/types.ts';

export const SETTINGS_PAGES = [
  'appearance',
  'background',
  'notifications',
  'keys',
  'relays',
  'storage',
  'data',
  'about',
] as const;
export type SettingsPage = (typeof SETTINGS_PAGES)[number];

export type Dialog =
  | { readonly kind: 'invite' }
  | { readonly kind: 'join'; readonly link: string }
  | { readonly kind: 'settings'; readonly page: SettingsPage }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'device'; readonly id: string }
  | { readonly kind: 'recovery' }
  | { readonly kind: 'new-conversation' }
  | { readonly kind: 'conversation'; readonly id: string }
  | { readonly kind: 'history'; readonly messageId: string }
  | {
      readonly kind: 'image';
      readonly file: Pick<AttachmentView, 'id' | 'name' | 'mediaType'>;
    };

/** What of the page is open, besides the conversation. */
export class Ui {
  dialog = $state.raw<Dialog>();
  /** Settings of the desktop app; null in a browser. */
  host = $state.raw<HostSettings | null>(null);
  /** Raised by each wish to search: the field takes the focus. */
  searchWishes = $state(0);
  /** Raised by each wish to see the devices. */
  deviceWishes = $state(0);

  open(dialog: Dialog): void {
    this.dialog = dialog;
  }

  close(): void {
    this.dialog = undefined;
  }

  /** The menu of the app, its tray or a link asks for something. */
  asked(wish: Exclude<HostEvent, { readonly show: 'conversation' }>): void {
    switch (wish.show) {
      case 'link':
        this.open({ kind: 'join', link: wish.link });
        break;
      case 'settings':
        this.open({ kind: 'settings', page: 'appearance' });
        break;
      case 'settings-changed':
        this.host = wish.settings;
        break;
      case 'devices':
        this.deviceWishes += 1;
        break;
      case 'search':
        this.searchWishes += 1;
        break;
      case 'new-conversation':
      case 'shortcuts':
        this.open({ kind: wish.show });
        break;
    }
  }
}
