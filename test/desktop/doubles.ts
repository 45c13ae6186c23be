import { EventEmitter } from 'node:events';
import type { Menu, MenuItemConstructorOptions } from 'electron';

type Listening = 'on' | 'once' | 'off' | 'addListener' | 'removeListener';

/**
 * A double of something of Electron's that emits events: the rest of what the part under test uses of it is given, typed by
 * Electron's own types, and `emit` plays Electron.
 */
export function emitting<T>(rest: Omit<T, Listening>): T & Pick<EventEmitter, 'emit'> {
  return Object.assign(new EventEmitter(), rest) as unknown as T & Pick<EventEmitter, 'emit'>;
}

/** An event with these fields, that says whether `preventDefault` was called on it. */
export function preventable(fields: object = {}) {
  const event = {
    ...fields,
    prevented: false,
    preventDefault: () => {
      event.prevented = true;
    },
  };
  return event;
}

type Item = MenuItemConstructorOptions;

/** Every entry of a menu and of its submenus. */
export function entriesOf(items: readonly Item[]): Item[] {
  return items.flatMap((item) => [
    item,
    ...(Array.isArray(item.submenu) ? entriesOf(item.submenu) : []),
  ]);
}

/** Chooses an entry as a person does. Throws where there is none, or it cannot be chosen. */
export function choose(items: readonly Item[], label: string): void {
  const item = entriesOf(items).find((each) => each.label === label);
  if (!item || item.enabled === false) throw new Error(`there is no “${label}” to choose`);
  const click = item.click as (() => void) | undefined;
  click?.();
}

/** Menus that were built, the last one at the end. */
export function menuBuilder() {
  const built: Item[][] = [];
  const menu = {
    buildFromTemplate(items: Item[]) {
      built.push(items);
      return { popup: () => undefined } as unknown as Menu;
    },
  };
  return { built, menu };
}
