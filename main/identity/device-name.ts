/** Names come from people; a longer one is somebody's mischief. In UTF-16 code units. */
export const DEVICE_NAME_MAX = 100;

/** Takes the place of a name that shows nothing. */
const NAMELESS = 'A device without a name';

/**
 * Symbols and letters that fonts draw as nothing and that Unicode does not call Default_Ignorable: the braille pattern
 * without dots, the blanks of Egyptian hieroglyphs, the null notehead of music, the object replacement character.
 */
const BLANKS = /[\u2800\u{13441}\u{13442}\u{1d159}\ufffc]/gu;
/** Also Hangul fillers (U+115F, U+1160, U+3164, U+FFA0), which are letters by their category. */
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}\p{Extended_Pictographic}]/u;

/** Whether a person sees anything of it: a letter, a digit, a sign or a picture that is not blank. */
export function isVisible(name: string): boolean {
  return VISIBLE.test(name.replace(IGNORABLE, '').replace(BLANKS, ''));
}

/**
 * A name from elsewhere, made fit to be shown: one line of at most `DEVICE_NAME_MAX`, no control or bidirectional-override
 * characters, no half of a character, single spaces, and never without a visible character.
 */
export function presentable(name: string): string {
  const cleaned = name
    // Lines and tabs are spaces before they are control characters.
    .replace(/\s+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '')
    .trim()
    .slice(0, DEVICE_NAME_MAX)
    // The cut may have gone through a character of two code units.
    .replace(/\p{Cs}$/u, '');
  return isVisible(cleaned) ? cleaned : NAMELESS;
}
