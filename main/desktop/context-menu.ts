import type { ContextMenuParams, Menu, MenuItemConstructorOptions, WebContents } from 'electron';
import { externalLink } from './links.ts';

export interface ContextActions {
  replaceMisspelling(word: string): void;
  learnSpelling(word: string): void;
  copy(text: string): void;
  open(link: string): void;
}

type Params = Pick<
  ContextMenuParams,
  | 'misspelledWord'
  | 'dictionarySuggestions'
  | 'isEditable'
  | 'selectionText'
  | 'linkURL'
  | 'editFlags'
>;

/** The menu for what was clicked on with the other button; empty where there is nothing to offer. */
export function contextMenu(params: Params, actions: ContextActions): MenuItemConstructorOptions[] {
  const { isEditable, selectionText, editFlags } = params;
  const groups = [
    spelling(params, actions),
    link(params, actions),
    isEditable
      ? ([
          { role: 'undo', enabled: editFlags.canUndo },
          { role: 'redo', enabled: editFlags.canRedo },
        ] as const)
      : [],
    isEditable
      ? ([
          { role: 'cut', enabled: editFlags.canCut },
          { role: 'copy', enabled: editFlags.canCopy },
          { role: 'paste', enabled: editFlags.canPaste },
          { role: 'selectAll', enabled: editFlags.canSelectAll },
        ] as const)
      : selectionText.trim() === ''
        ? []
        : [{ role: 'copy' } as const],
  ].filter((group) => group.length > 0);
  return groups.flatMap((group, index): MenuItemConstructorOptions[] =>
    index === 0 ? [...group] : [{ type: 'separator' }, ...group],
  );
}

function spelling(
  { misspelledWord, dictionarySuggestions, isEditable }: Params,
  actions: ContextActions,
): MenuItemConstructorOptions[] {
  if (!isEditable || misspelledWord === '') return [];
  return [
    ...dictionarySuggestions.map((word) => ({
      label: word,
      click: () => actions.replaceMisspelling(word),
    })),
    { label: 'Add to dictionary', click: () => actions.learnSpelling(misspelledWord) },
  ];
}

function link({ linkURL }: Params, actions: ContextActions): MenuItemConstructorOptions[] {
  const external = externalLink(linkURL);
  if (external === undefined) return [];
  return [
    { label: 'Open link', click: () => actions.open(external) },
    { label: 'Copy link', click: () => actions.copy(external) },
  ];
}

/** Shows it in a window. */
export function offerContextMenu(
  contents: Pick<WebContents, 'on' | 'replaceMisspelling' | 'session'>,
  menu: Pick<typeof Menu, 'buildFromTemplate'>,
  outside: Pick<ContextActions, 'copy' | 'open'>,
): void {
  contents.on('context-menu', (_event, params) => {
    const items = contextMenu(params, {
      ...outside,
      replaceMisspelling: (word) => contents.replaceMisspelling(word),
      learnSpelling: (word) => void contents.session.addWordToSpellCheckerDictionary(word),
    });
    if (items.length > 0) menu.buildFromTemplate(items).popup();
  });
}
