import { describe, expect, it } from 'vitest';
import type { HostEvent } from '../../main/api/types.ts';
import { contextMenu } from '../../main/desktop/context-menu.ts';
import { appMenu } from '../../main/desktop/menu.ts';
import { choose, entriesOf } from './doubles.ts';

describe('the menu of the app', () => {
  function scene(platform: NodeJS.Platform, updates = true) {
    const shown: HostEvent[] = [];
    const done: string[] = [];
    const items = appMenu(platform, updates, {
      show: (what) => shown.push(what),
      about: () => done.push('about'),
      checkForUpdates: () => done.push('updates'),
    });
    return { items, shown, done, entries: entriesOf(items) };
  }

  it('asks the page for what it names', () => {
    for (const platform of ['linux', 'win32', 'darwin'] as const) {
      const { items, shown, done } = scene(platform);
      for (const label of ['New conversation', 'Find', 'Devices', 'Keyboard shortcuts']) {
        choose(items, label);
      }
      choose(items, platform === 'darwin' ? 'Settings…' : 'Settings');
      choose(items, 'About Reunion');
      choose(items, 'Check for updates…');
      expect(shown.map(({ show }) => show)).toEqual([
        'new-conversation',
        'search',
        'devices',
        'shortcuts',
        'settings',
      ]);
      expect(done).toEqual(['about', 'updates']);
    }
  });

  it('has editing, zoom and closing as the platform has them', () => {
    for (const platform of ['linux', 'win32', 'darwin'] as const) {
      const roles = new Set(scene(platform).entries.map(({ role }) => role));
      for (const role of ['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll'] as const) {
        expect(roles, role).toContain(role);
      }
      for (const role of ['zoomIn', 'zoomOut', 'resetZoom', 'close', 'quit', 'help'] as const) {
        expect(roles, role).toContain(role);
      }
      expect([...roles].some((role) => role === 'reload' || role === 'toggleDevTools')).toBe(false);
    }
    expect(scene('darwin').items[0]?.label).toBe('Reunion');
  });

  it('gives no shortcut twice, and does not offer updates where there are none', () => {
    for (const platform of ['linux', 'darwin'] as const) {
      const { entries } = scene(platform, false);
      const keys = entries.flatMap(({ accelerator }) => accelerator ?? []);
      expect(new Set(keys).size).toBe(keys.length);
      expect(entries.some(({ label }) => label === 'Check for updates…')).toBe(false);
    }
  });
});

describe('the context menu', () => {
  const can = {
    canUndo: true,
    canRedo: false,
    canCut: true,
    canCopy: true,
    canPaste: true,
    canDelete: true,
    canSelectAll: true,
    canEditRichly: false,
  };
  const nothing = {
    misspelledWord: '',
    dictionarySuggestions: [],
    isEditable: false,
    selectionText: '',
    linkURL: '',
    editFlags: can,
  };

  function of(params: Partial<Parameters<typeof contextMenu>[0]>) {
    const done: string[] = [];
    const items = contextMenu(
      { ...nothing, ...params },
      {
        replaceMisspelling: (word) => done.push(`replace ${word}`),
        learnSpelling: (word) => done.push(`learn ${word}`),
        copy: (text) => done.push(`copy ${text}`),
        open: (link) => done.push(`open ${link}`),
      },
    );
    const names = items.map(({ label, role, type }) => label ?? role ?? type);
    return { items, names, done };
  }

  it('offers other spellings of a word, and to learn it', () => {
    const { items, done } = of({
      isEditable: true,
      misspelledWord: 'helo',
      dictionarySuggestions: ['hello', 'help'],
    });
    choose(items, 'help');
    choose(items, 'Add to dictionary');
    expect(done).toEqual(['replace help', 'learn helo']);
  });

  it('edits where text is edited, and only what can be done', () => {
    const { items, names } = of({ isEditable: true });
    expect(names).toEqual(['undo', 'redo', 'separator', 'cut', 'copy', 'paste', 'selectAll']);
    expect(items.find(({ role }) => role === 'redo')?.enabled).toBe(false);
  });

  it('copies what is selected, and is not there where there is nothing', () => {
    expect(of({ selectionText: 'some' }).names).toEqual(['copy']);
    expect(of({ selectionText: ' \n' }).names).toEqual([]);
    expect(of({}).names).toEqual([]);
  });

  it('opens and copies links that are vetted, and no others', () => {
    const { items, done } = of({ linkURL: 'https://example.org/' });
    choose(items, 'Open link');
    choose(items, 'Copy link');
    expect(done).toEqual(['open https://example.org/', 'copy https://example.org/']);
    expect(of({ linkURL: 'file:///etc/passwd' }).names).toEqual([]);
  });
});
