import unhomoglyph from 'unhomoglyph';

/**
 * Whether a person could take one name for the other: they are equal, or differ in case, in spaces, in characters that are not
 * seen, in forms that Unicode calls compatible (UAX 15), or in letters that look alike, such as Latin and Cyrillic ones (the
 * confusables of UTS 39).
 */
export function isSimilar(one: string, other: string): boolean {
  const [first, second] = [skeletonsOf(one), skeletonsOf(other)];
  return first.some((skeleton) => second.includes(skeleton));
}

/** What two names that look alike have in common, in upper and lower case: a capital I looks like an l, a small i does not. */
function skeletonsOf(name: string): readonly string[] {
  const seen = name.normalize('NFKD').replace(/[\s\p{Default_Ignorable_Code_Point}\u2800]/gu, '');
  return [seen, seen.toLowerCase()].map((text) =>
    // Twice, as the letter that stands for several may be a capital.
    unhomoglyph(unhomoglyph(text).toLowerCase()).normalize('NFKD').toLowerCase(),
  );
}
