import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { App } from 'electron';

/** The app is started so at login, where it is to begin without its window. */
export const HIDDEN = '--hidden';

interface LoginStart {
  readonly enabled: boolean;
  readonly hidden: boolean;
}

/** How the system is told to start the app at login. */
export interface LoginItem {
  /** Throws Node's errors. */
  set(start: LoginStart): void;
}

export interface LoginSystem {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** What starts the app, and with which arguments before its own: the project's folder, unless it is packaged. */
  readonly program: string;
  readonly programArgs: readonly string[];
}

export function loginItem(app: Pick<App, 'setLoginItemSettings'>, system: LoginSystem): LoginItem {
  if (system.platform === 'linux') return autostart(system);
  return {
    set: ({ enabled, hidden }) =>
      app.setLoginItemSettings({
        openAtLogin: enabled,
        // macOS passes no arguments: there the app asks whether it was started at login.
        ...(system.platform === 'win32' && {
          path: system.program,
          args: [...system.programArgs, ...(hidden ? [HIDDEN] : [])],
        }),
      }),
  };
}

/** Linux: an entry as freedesktop.org's Autostart specification has it. */
function autostart(system: LoginSystem): LoginItem {
  const { environment, home } = system;
  const folder = environment.XDG_CONFIG_HOME ?? '';
  const path = join(folder === '' ? join(home, '.config') : folder, 'autostart', 'reunion.desktop');
  return {
    set({ enabled, hidden }) {
      if (!enabled) {
        rmSync(path, { force: true });
        return;
      }
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, autostartEntry(system, hidden));
    },
  };
}

/** The content of the entry. */
export function autostartEntry(
  { environment, program, programArgs }: LoginSystem,
  hidden: boolean,
): string {
  // What runs inside an AppImage lies in a folder that is gone after this run; this names the file itself.
  const { APPIMAGE } = environment;
  const words = APPIMAGE === undefined ? [program, ...programArgs] : [APPIMAGE];
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Reunion',
    'Comment=Keeps your own messages the same on all of your devices',
    `Exec=${[...words, ...(hidden ? [HIDDEN] : [])].map(quoted).join(' ')}`,
    'Icon=reunion-desktop',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** Desktop Entry specification, "The Exec key": quoted, then escaped once more as a string of the file. */
function quoted(word: string): string {
  if (/^[\w@+=:,./-]+$/u.test(word)) return word;
  const inner = word.replaceAll(/["`$\\]/gu, '\\$&').replaceAll('%', '%%');
  return `"${inner.replaceAll('\\', '\\\\')}"`;
}
