import { CommandError } from '../../../main/api/client.ts';
import { en } from './en.ts';
import { i18n } from './i18n.svelte.ts';
import type { MessageKey } from './i18n.svelte.ts';

/**
 * What went wrong, in the language of the page. The device tells it in English, in one sentence, which may say more than the
 * catalogue can; in another language the catalogue's is taken where it has one.
 */
export function errorText(error: unknown): string {
  if (error instanceof CommandError) return toldText(error);
  return error instanceof Error ? error.message : String(error);
}

/** The same of a failure that was told by its code and in English. */
export function toldText({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): string {
  return i18n.language === 'en' ? message : (codeText(code) ?? message);
}

/** The sentence of an error code; undefined where the catalogue has none. */
function codeText(code: string): string | undefined {
  const key = `error.${code}`;
  return Object.hasOwn(en, key) ? i18n.text(key as MessageKey) : undefined;
}
