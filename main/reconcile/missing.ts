import { START } from './bound.ts';
import { LOADED_SECTIONS, MAX_COMPARED } from './constants.ts';
import type { Range } from './frame-reader.ts';
import type { IdSet } from './ids-since.ts';
import type { Splitting } from './split.ts';
import type { Unloaded } from './unloaded-chunk.ts';

/**
 * The sections to load before these ranges are answered: those that they begin or end in, then those of ranges that
 * differ. A range of many sections is first cut down to them.
 */
export function missingFor(
  ranges: readonly Range[],
  ids: IdSet,
  splitting: Splitting,
): readonly Unloaded[] {
  // By where they begin: neighbouring ranges need the same ones.
  const missing = new Map<number, Unloaded>();
  const note = (unloaded: readonly Unloaded[]): boolean => {
    for (const section of unloaded) missing.set(section.from, section);
    return unloaded.length > 0;
  };
  let lower = START;
  for (const range of ranges) {
    const { upper } = range;
    const isAsked = range.mode !== 'skip';
    if (isAsked && !note([...ids.missingAt(lower), ...ids.missingAt(upper)])) {
      const [from, to] = [ids.rank(lower), ids.rank(upper)];
      const between = ids.missingBetween(from, to);
      if (between.length > 0 && isLookedInto(range, ids, from, to)) {
        const isListed =
          range.mode === 'ids' && (range.ids.length === 0 || to - from <= MAX_COMPARED);
        const isCutDown = !isListed && to - from >= splitting.leaf;
        if (!isCutDown || between.length < LOADED_SECTIONS) note(between);
      }
    }
    lower = upper;
  }
  return [...missing.values()];
}

function isLookedInto(range: Range, ids: IdSet, from: number, to: number): boolean {
  if (range.mode !== 'fingerprint') return range.mode === 'ids';
  return Buffer.compare(ids.fingerprint(from, to), range.fingerprint) !== 0;
}
