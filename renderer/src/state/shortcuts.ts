import type { MessageKey } from '../i18n/i18n.svelte.ts';
import type { AppState } from './app-state.svelte.ts';
import { preferences } from './preferences.svelte.ts';

const isMac = navigator.platform.startsWith('Mac');
const command = isMac ? '⌘' : 'Ctrl';
const alt = isMac ? '⌥' : 'Alt';

interface Shortcuts {
  readonly heading: MessageKey;
  readonly shortcuts: readonly { readonly keys: readonly string[]; readonly text: MessageKey }[];
}

/** What the sheet of shortcuts shows. */
export const SHORTCUTS: readonly Shortcuts[] = [
  {
    heading: 'everywhere',
    shortcuts: [
      { keys: [command, 'K'], text: 'search' },
      { keys: [alt, 'N'], text: 'new-conversation' },
      { keys: [alt, '↑'], text: 'previous-conversation' },
      { keys: [alt, '↓'], text: 'next-conversation' },
      { keys: [alt, 'D'], text: 'devices' },
      { keys: [command, ','], text: 'settings' },
      { keys: [command, '/'], text: 'shortcuts' },
    ],
  },
  {
    heading: 'writing',
    shortcuts: [
      { keys: ['Enter'], text: 'send' },
      { keys: ['Shift', 'Enter'], text: 'new-line' },
      { keys: ['↑'], text: 'edit-last' },
      { keys: [command, 'B'], text: 'bold' },
      { keys: [command, 'I'], text: 'italic' },
      { keys: [command, 'E'], text: 'code' },
    ],
  },
  {
    heading: 'messages',
    shortcuts: [
      { keys: ['↑', '↓'], text: 'move-among-messages' },
      { keys: ['E'], text: 'edit' },
      { keys: ['C'], text: 'copy-text' },
      { keys: ['P'], text: 'pin' },
      { keys: ['X'], text: 'select' },
      { keys: ['Del'], text: 'delete' },
    ],
  },
];

/** Carries out a shortcut that holds everywhere. Returns whether the keys were one. */
export function globalShortcut(app: AppState, event: KeyboardEvent): boolean {
  const { ctrlKey, metaKey, altKey, shiftKey, code } = event;
  const isCommand = isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  if (isCommand && !altKey && !shiftKey) return commandShortcut(app, latinKey(event));
  // On a Mac the option key writes letters.
  if (isMac && code.startsWith('Key') && isEditable(event.target)) return false;
  if (altKey && !ctrlKey && !metaKey && !shiftKey) return altShortcut(app, code);
  return false;
}

/** The letter of a key, or the one that is there on a keyboard with Latin letters, where it has others. */
export function latinKey({ key, code }: KeyboardEvent): string {
  const isLatin = /^[\x20-\x7e]+$/u.test(key);
  return (isLatin || !code.startsWith('Key') ? key : code.slice('Key'.length)).toLowerCase();
}

/** Of the two keys that others take for one, the one that gives commands on this system. */
export const givesCommand = ({ ctrlKey, metaKey }: KeyboardEvent): boolean =>
  isMac ? metaKey : ctrlKey;

function isEditable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select') !== null;
}

function commandShortcut({ ui }: AppState, key: string): boolean {
  switch (key) {
    case 'k':
      ui.close();
      ui.searchWishes += 1;
      return true;
    case ',':
      ui.open({ kind: 'settings', page: 'appearance' });
      return true;
    case '/':
      ui.open({ kind: 'shortcuts' });
      return true;
    default:
      return false;
  }
}

function altShortcut(app: AppState, code: string): boolean {
  if (app.ui.dialog) return false;
  switch (code) {
    case 'KeyN':
      app.ui.open({ kind: 'new-conversation' });
      return true;
    case 'KeyD':
      preferences.set('devicesShown', !preferences.devicesShown);
      return true;
    case 'ArrowUp':
    case 'ArrowDown':
      step(app, code === 'ArrowUp' ? -1 : 1);
      return true;
    default:
      return false;
  }
}

/** To the conversation before or after the one that is shown, in the order of the list. */
function step(app: AppState, by: number): void {
  const active = app.conversations.filter(({ archived }) => !archived);
  const listed = [
    ...active.filter(({ isPinned }) => isPinned),
    ...active.filter(({ isPinned }) => !isPinned),
  ];
  const at = listed.findIndex(({ id }) => id === app.thread?.id);
  const next = listed[at + by];
  if (next) app.select(next.id);
}
