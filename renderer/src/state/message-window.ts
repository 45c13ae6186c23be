import type { MessageView, PositionView } from '../../../main/api/types.ts';

/** Messages held at once: what lies further away is fetched again when it is scrolled to, so that memory stays bounded. */
export const WINDOW_MAX = 600;

/** The order of a conversation: see `PositionView`. */
export function byPosition(one: PositionView, other: PositionView): number {
  return one.order - other.order || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
}

export const isAfter = (one: PositionView, other: PositionView): boolean =>
  byPosition(one, other) > 0;

/** Messages as they look now, put in the place of what they were, or among the others where they belong into the window. */
export function merged(
  known: readonly MessageView[],
  views: readonly MessageView[],
  { moreBefore, moreAfter }: { readonly moreBefore: boolean; readonly moreAfter: boolean },
): readonly MessageView[] {
  const fresh = new Map(views.map((view) => [view.id, view]));
  const [first, last] = [known[0], known.at(-1)];
  let isSorted = true;
  const all = known.map((message) => {
    const view = fresh.get(message.id);
    fresh.delete(message.id);
    return view ?? message;
  });
  for (const view of fresh.values()) {
    if (first && moreBefore && isAfter(first, view)) continue;
    if (last && moreAfter && isAfter(view, last)) continue;
    const before = all.at(-1);
    if (before && isAfter(before, view)) isSorted = false;
    all.push(view);
  }
  return isSorted ? all : all.sort(byPosition);
}
