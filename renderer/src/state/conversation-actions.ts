import type { ConversationSummary } from '../../../main/api/types.ts';
import { errorText } from '../i18n/error-text.ts';
import { t } from '../i18n/i18n.svelte.ts';
import type { AppState } from './app-state.svelte.ts';
import { toasts } from './toasts.svelte.ts';

/** Puts a conversation away, or back; that can be undone at once. */
export function archive(app: AppState, { id, name }: ConversationSummary, archived: boolean): void {
  const set = (value: boolean) =>
    app.call('archiveConversation', { conversation: id, archived: value });
  const fail = (error: unknown) => toasts.problem(errorText(error));
  set(archived).then(() => {
    toasts.undoable(t(archived ? 'was-archived' : 'was-unarchived', { name }), () => {
      set(!archived).catch(fail);
    });
  }, fail);
}

/** Keeps a conversation at the top of the list, or no longer. */
export function pinConversation(app: AppState, { id }: ConversationSummary, pinned: boolean): void {
  app
    .call('pinConversation', { conversation: id, pinned })
    .catch((error: unknown) => toasts.problem(errorText(error)));
}
