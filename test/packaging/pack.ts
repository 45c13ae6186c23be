import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { listPackage, statFile } from '@electron/asar';
import { build, Platform } from 'electron-builder';
import type { AfterPackContext, Configuration } from 'electron-builder';

const root = resolve(import.meta.dirname, '../..');

/** What @electron/fuses looks for in the program of Electron, and the fuses as Electron ships them: one character each. */
const FUSES = Buffer.concat([
  Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
  Buffer.from([1, 8]),
  Buffer.from('10110001'),
]);

/**
 * Stands in for the Electron that is downloaded: nothing in it runs, but electron-builder packs the app into it as into the
 * real one, and sets its fuses.
 */
function standIn(folder: string): string {
  const electron = join(folder, 'electron');
  mkdirSync(join(electron, 'resources'), { recursive: true });
  for (const program of ['electron', 'electron.exe']) {
    writeFileSync(join(electron, program), FUSES);
    chmodSync(join(electron, program), 0o755);
  }
  for (const file of ['version', 'LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox']) {
    writeFileSync(join(electron, file), '');
  }
  return electron;
}

interface PackedFile {
  /** With slashes, below the app. */
  readonly path: string;
  readonly bytes: number;
  readonly unpacked: boolean;
}

export interface Packed {
  /** The unpacked app: its program, and `resources`. */
  readonly folder: string;
  readonly asar: string;
  readonly files: readonly PackedFile[];
  /** What electron-builder says about it. */
  readonly context: AfterPackContext;
}

/** Packs the app for a platform as `npm run package -- --dir` does, below `folder`. Rejects as electron-builder does. */
export async function pack(
  folder: string,
  platform: 'linux' | 'win',
  change: Configuration = {},
): Promise<Packed> {
  let context: AfterPackContext | undefined;
  await build({
    projectDir: root,
    publish: 'never',
    targets: Platform[platform === 'linux' ? 'LINUX' : 'WINDOWS'].createTarget('dir'),
    config: {
      extends: resolve(root, 'electron-builder.yml'),
      electronDist: standIn(folder),
      directories: { output: join(folder, 'release') },
      afterPack: async (given) => void (context = given),
      // These take a program as Windows has it.
      ...(platform === 'win' && {
        disableAsarIntegrity: true,
        win: { signAndEditExecutable: false },
      }),
      ...change,
    },
  });
  if (!context) throw new Error('electron-builder packed nothing');
  const asar = join(context.appOutDir, 'resources', 'app.asar');
  return { folder: context.appOutDir, asar, files: filesOf(asar), context };
}

function filesOf(asar: string): PackedFile[] {
  return listPackage(asar, { isPack: false }).flatMap((name) => {
    const path = name.replaceAll('\\', '/').replace(/^\//u, '');
    const entry = statFile(asar, path);
    if (!('size' in entry)) return [];
    return [{ path, bytes: entry.size, unpacked: entry.unpacked }];
  });
}
