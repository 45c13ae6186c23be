import { i18n, LANGUAGES, systemLanguage } from '../i18n/i18n.svelte.ts';
import type { Language } from '../i18n/i18n.svelte.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
/** Percent of the usual size of text. */
export const TEXT_SIZES = [90, 100, 115, 130] as const;

interface Kept {
  theme: Theme;
  language: Language | 'system';
  textSize: (typeof TEXT_SIZES)[number];
  /** Whether Enter sends; else Ctrl+Enter does. */
  enterSends: boolean;
  devicesShown: boolean | undefined;
}

const KEY = 'reunion-preferences';
const DEFAULTS: Kept = {
  theme: 'system',
  language: 'system',
  textSize: 100,
  enterSends: true,
  devicesShown: undefined,
};

/** How this page looks and behaves, for this window alone; kept by the browser. */
class Preferences {
  #kept = $state<Kept>(read());

  get theme(): Theme {
    return this.#kept.theme;
  }

  get language(): Kept['language'] {
    return this.#kept.language;
  }

  get textSize(): Kept['textSize'] {
    return this.#kept.textSize;
  }

  get enterSends(): boolean {
    return this.#kept.enterSends;
  }

  get devicesShown(): boolean {
    return this.#kept.devicesShown ?? matchMedia('(min-width: 880px)').matches;
  }

  set<Name extends keyof Kept>(name: Name, value: Kept[Name]): void {
    this.#kept[name] = value;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#kept));
    } catch {
      // A browser that keeps nothing: it holds for as long as the page is open.
    }
    void this.apply();
  }

  /** Makes the page look so. */
  async apply(): Promise<void> {
    const { theme, language, textSize } = this.#kept;
    const root = document.documentElement;
    root.style.colorScheme = theme === 'system' ? 'light dark' : theme;
    root.style.fontSize = `${(textSize / 100) * 15}px`;
    const wanted = language === 'system' ? systemLanguage() : language;
    if (i18n.language !== wanted || root.lang !== wanted) await i18n.use(wanted);
  }
}

/** What was kept, without what this version does not know. */
function read(): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Kept>;
    const { theme, language, textSize, enterSends, devicesShown } = kept;
    return {
      theme: THEMES.find((known) => known === theme) ?? DEFAULTS.theme,
      language: language && Object.hasOwn(LANGUAGES, language) ? language : DEFAULTS.language,
      textSize: TEXT_SIZES.find((known) => known === textSize) ?? DEFAULTS.textSize,
      enterSends: typeof enterSends === 'boolean' ? enterSends : DEFAULTS.enterSends,
      devicesShown: typeof devicesShown === 'boolean' ? devicesShown : DEFAULTS.devicesShown,
    };
  } catch {
    return { ...DEFAULTS };
  }
}

export const preferences = new Preferences();
