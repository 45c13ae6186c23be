import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where the app keeps its data: the folder that Electron gives an app of this name. */
export function defaultDataFolder(): string {
  const home = homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'Reunion');
  if (process.platform === 'win32') {
    return join(process.env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Reunion');
  }
  return join(process.env.XDG_CONFIG_HOME ?? join(home, '.config'), 'Reunion');
}

/** Makes the data folder, for this user alone, where there is none. Throws the system's error where that fails. */
export function makeDataFolder(folder: string): string {
  const path = resolve(folder);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}
