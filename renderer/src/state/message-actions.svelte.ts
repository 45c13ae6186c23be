import Copy from '@lucide/svelte/icons/copy';
import History from '@lucide/svelte/icons/history';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Pencil from '@lucide/svelte/icons/pencil';
import Pin from '@lucide/svelte/icons/pin';
import PinOff from '@lucide/svelte/icons/pin-off';
import Trash2 from '@lucide/svelte/icons/trash-2';
import type { MessageView } from '../../../main/api/types.ts';
import type { MenuGroups } from '../components/common/menu-entry.ts';
import { errorText } from '../i18n/error-text.ts';
import { t } from '../i18n/i18n.svelte.ts';
import type { AppState } from './app-state.svelte.ts';
import type { Thread } from './thread.svelte.ts';
import { latinKey } from './shortcuts.ts';
import { toasts } from './toasts.svelte.ts';

/** What can be done with the messages of one conversation, by menu, keyboard and selection alike. */
export class MessageActions {
  selected = $state.raw<ReadonlySet<string>>(new Set());
  readonly #app: AppState;
  readonly #thread: Thread;
  #lastSelected: string | undefined;

  constructor(app: AppState, thread: Thread) {
    this.#app = app;
    this.#thread = thread;
  }

  menu(message: MessageView): MenuGroups {
    if (message.deleted || message.unsupported) {
      return [[{ text: t('select'), icon: ListChecks, onSelect: () => this.toggle(message) }]];
    }
    const hasText = message.text !== '';
    const hasHistory = message.editedAt !== null;
    return [
      [
        ...(hasText
          ? [
              { text: t('copy-text'), icon: Copy, keys: 'C', onSelect: () => this.copy([message]) },
              { text: t('edit'), icon: Pencil, keys: 'E', onSelect: () => this.edit(message) },
            ]
          : []),
        {
          text: message.pinned ? t('unpin') : t('pin'),
          icon: message.pinned ? PinOff : Pin,
          keys: 'P',
          onSelect: () => this.pin(message),
        },
        ...(hasHistory
          ? [{ text: t('versions'), icon: History, onSelect: () => this.history(message) }]
          : []),
        { text: t('select'), icon: ListChecks, keys: 'X', onSelect: () => this.toggle(message) },
      ],
      [
        {
          text: t('delete'),
          icon: Trash2,
          keys: t('key-delete'),
          danger: true,
          onSelect: () => this.delete([message]),
        },
      ],
    ];
  }

  /** Returns whether the key meant something. */
  key(event: KeyboardEvent, message: MessageView): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const isPlain = !message.deleted && !message.unsupported;
    switch (latinKey(event)) {
      case 'c':
        if (isPlain) this.copy([message]);
        return isPlain;
      case 'e':
      case 'enter':
        if (isPlain && message.text !== '') this.edit(message);
        return isPlain;
      case 'p':
        if (isPlain) this.pin(message);
        return isPlain;
      case 'delete':
      case 'backspace':
        if (isPlain) this.delete([message]);
        return isPlain;
      case 'x':
      case ' ':
        this.toggle(message);
        return true;
      case 'escape':
        if (this.selected.size === 0) return false;
        this.clearSelection();
        return true;
      default:
        return false;
    }
  }

  /** The message that is being edited. */
  get editing(): string | undefined {
    return this.#thread.editing?.id;
  }

  /** What it is to say; see `Thread.editing`. */
  get editText(): string {
    return this.#thread.editing?.text ?? '';
  }

  set editText(text: string) {
    if (this.#thread.editing) this.#thread.editing.text = text;
  }

  edit({ id, text }: MessageView): void {
    this.#thread.editing = { id, text };
  }

  /** The newest text that was written on this device: for the arrow key in an empty field. */
  editLast(): void {
    const last = this.#thread.shown.findLast(
      ({ own, deleted, unsupported, text }) => own && !deleted && !unsupported && text !== '',
    );
    if (last) this.edit(last);
  }

  stopEditing(): void {
    this.#thread.editing = undefined;
    document.querySelector<HTMLElement>('[data-composer]')?.focus();
  }

  async saveEdit({ id }: MessageView, text: string): Promise<void> {
    await this.#app.call('editMessage', { messageId: id, text });
  }

  /** As they stand in the conversation, with who and when where there are several. */
  copy(messages: readonly MessageView[]): void {
    const [only] = messages;
    const text =
      messages.length === 1 && only
        ? only.text
        : messages.map(({ text: each }) => each).join('\n\n');
    navigator.clipboard.writeText(text).then(
      () => toasts.notice(t('copied')),
      () => toasts.problem(t('not-copied')),
    );
  }

  pin({ id, pinned }: MessageView): void {
    this.#attempt(this.#app.call('pinMessage', { messageId: id, pinned: !pinned }));
  }

  react(message: MessageView, emoji: string): void {
    const isOn = message.reactions.some((one) => one.emoji === emoji && one.own);
    this.#attempt(this.#app.call('react', { messageId: message.id, emoji, on: !isOn }));
  }

  history({ id }: MessageView): void {
    this.#app.ui.open({ kind: 'history', messageId: id });
  }

  /** Takes them out of sight at once; they are deleted, on all devices, when that can no longer be undone. */
  delete(messages: readonly MessageView[]): void {
    const ids = messages.filter(({ deleted }) => !deleted).map(({ id }) => id);
    this.clearSelection();
    if (ids.length === 0) return;
    this.#thread.hide(ids);
    toasts.undoable(
      t('messages-deleted', { count: ids.length }),
      () => this.#thread.show(ids),
      () => {
        this.#app
          .call('deleteMessages', { messageIds: ids })
          .catch((error: unknown) => toasts.problem(errorText(error)))
          .finally(() => this.#thread.show(ids));
      },
    );
  }

  /** With `range`, all from the one before up to this one. */
  toggle({ id }: MessageView, range = false): void {
    const selected = new Set(this.selected);
    const all = this.#thread.shown.map((message) => message.id);
    const [from, to] = [all.indexOf(this.#lastSelected ?? id), all.indexOf(id)].sort(
      (a, b) => a - b,
    );
    if (range && from !== undefined && to !== undefined && from >= 0) {
      for (const each of all.slice(from, to + 1)) selected.add(each);
    } else if (!selected.delete(id)) selected.add(id);
    this.#lastSelected = id;
    this.selected = selected;
  }

  clearSelection(): void {
    this.selected = new Set();
    this.#lastSelected = undefined;
  }

  get selectedMessages(): readonly MessageView[] {
    return this.#thread.shown.filter(({ id }) => this.selected.has(id));
  }

  #attempt(work: Promise<unknown>): void {
    work.catch((error: unknown) => toasts.problem(errorText(error)));
  }
}
