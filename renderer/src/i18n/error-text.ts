import { CommandError } from '../../../main/api/client.ts';
import { en } from './en.ts';
import { i18n } from './i18n.svelte.ts';
import type { MessageKey } from './i18n.svelte.ts';

/**
 * What went wrong, in the language of the page. The device tells it in English, in one sentence, which may say more than the
 * catalogue can; in another language the catalogue's is taken where it has one.
 */
export function errorText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (i18n.language === 'en' || !(error instanceof CommandError)) return message;
  return codeText(error.code) ?? message;
}

/** The sentence of an error code; undefined where the catalogue has none. */
export function codeText(code: string): string | undefined {
  const key = `error.${code}`;
  return Object.hasOwn(en, key) ? i18n.text(key as MessageKey) : undefined;
}
