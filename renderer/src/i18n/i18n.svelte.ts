import { IntlMessageFormat } from 'intl-messageformat';
import type { Catalogue, MessageKey } from './en.ts';
import { en } from './en.ts';

export type { MessageKey };

export type Values = Readonly<Record<string, string | number>>;

/** Languages that the page speaks, each by its own name; their catalogues but the first are fetched when chosen. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const load: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: async () => en,
  de: async () => (await import('./de.ts')).de,
};

class I18n {
  language = $state<Language>('en');
  #catalogue = $state.raw<Catalogue>(en);
  #formats = new Map<MessageKey, IntlMessageFormat>();
  /** For dates and numbers: the region of the system where it has the language, else the language alone. */
  readonly locale = $derived(
    systemTags().find((tag) => tag.split('-')[0] === this.language) ?? this.language,
  );

  async use(language: Language): Promise<void> {
    const catalogue = await load[language]();
    this.#formats = new Map();
    this.#catalogue = catalogue;
    this.language = language;
    document.documentElement.lang = language;
    document.documentElement.dir = directionOf(language);
  }

  text(key: MessageKey, values?: Values): string {
    const message = this.#catalogue[key];
    if (!values) return message;
    let format = this.#formats.get(key);
    if (!format) {
      format = new IntlMessageFormat(message, this.locale, undefined, { ignoreTag: true });
      this.#formats.set(key, format);
    }
    return String(format.format(values));
  }
}

/** The languages of the system. Some systems say “en-US@posix”, or “C”, which no formatter takes. */
function systemTags(): readonly string[] {
  return navigator.languages.filter((tag) => {
    try {
      return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
    } catch {
      return false;
    }
  });
}

function directionOf(language: string): 'ltr' | 'rtl' {
  const locale = new Intl.Locale(language) as Intl.Locale & {
    getTextInfo?: () => { readonly direction?: string };
  };
  return locale.getTextInfo?.().direction === 'rtl' ? 'rtl' : 'ltr';
}

export const i18n = new I18n();

/** The text of a key in the language of the page; follows a change of it where it is used in a template. */
export const t = (key: MessageKey, values?: Values): string => i18n.text(key, values);

/** The language of the page where none was chosen: the first of the system's that it speaks. */
export function systemLanguage(): Language {
  const known = systemTags().map((tag) => tag.split('-')[0] ?? '');
  return known.find((tag): tag is Language => Object.hasOwn(LANGUAGES, tag)) ?? 'en';
}
