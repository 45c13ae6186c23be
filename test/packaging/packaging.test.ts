import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isBuiltin } from 'node:module';
import { createInterface } from 'node:readline';
import { extractAll } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { LinuxTargetHelper } from 'app-builder-lib/out/targets/LinuxTargetHelper.js';
import type { LinuxPackager } from 'electron-builder';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { OWN_JS_FLAGS } from '../../main/desktop/debug-switches.ts';
import { nodeEnvironment, nodeFlags } from '../../scripts/launch.mjs';
import { pack } from './pack.ts';
import type { Packed } from './pack.ts';

const root = resolve(import.meta.dirname, '../..');
const project = (name: string) => readFileSync(join(root, name), 'utf8');

/** Without Electron itself. */
const BYTES_MAX = 40_000_000;
/** Every package whose code is needed beside the bundles, because of a file that is no JavaScript; and what these need. */
const PACKAGES = [
  '@node-datachannel/linux-x64-gnu',
  'bare-addon-resolve',
  'bare-module-resolve',
  'bare-semver',
  'detect-libc',
  'fs-native-extensions',
  'node-datachannel',
  'require-addon',
  'sql.js',
  'which-runtime',
];
/** What is started: by Electron, by Node or by a thread. The others are reached from these. */
const ENTRIES = [
  'dist/desktop/main.mjs',
  'dist/reunion.mjs',
  'dist/store/worker.mjs',
  'dist/import/worker.mjs',
];

/** Packed once, by the real electron-builder; its output is that of the machine that runs the tests. */
const folder = mkdtempSync(join(tmpdir(), 'reunion-packed-'));
let packed: Packed;
/** The packed files, by themselves: nothing of the project is above them. */
const app = join(folder, 'app');

beforeAll(async () => {
  packed = await pack(folder, 'linux');
  extractAll(packed.asar, app);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The modules that a bundle names, itself left out. */
function importsOf(path: string): string[] {
  const text = readFileSync(join(app, path), 'utf8');
  const pattern =
    /(?:^|[;\s}])(?:import|export)\b[^;'"`]{0,20000}?\bfrom\s*"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)|(?:^|[;\s])import\s*"([^"]+)"/gu;
  return [...text.matchAll(pattern)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}

/** Every file that the entries lead to, and the packages that they name. */
function reached(): { readonly files: Set<string>; readonly packages: Set<string> } {
  const files = new Set(ENTRIES);
  const packages = new Set<string>();
  for (const file of files) {
    for (const target of importsOf(file)) {
      if (target.startsWith('.')) files.add(join(dirname(file), target));
      else if (!isBuiltin(target)) packages.add(target);
    }
  }
  return { files, packages };
}

// The packages with native files are those of this one platform.
describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('the packed app', () => {
  it('holds the bundles, the pages, the pictures, and the packages that cannot be bundled: nothing else', () => {
    const names = new Set<string>();
    const strays = packed.files.filter(({ path }) => {
      const [, name] = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(path) ?? [];
      if (name !== undefined) names.add(name);
      const isOwn =
        path === 'package.json' ||
        /^dist\/(chunks|desktop|import|renderer|store)\//u.test(path) ||
        path === 'dist/reunion.mjs';
      return !isOwn && name === undefined;
    });
    expect(strays).toEqual([]);
    expect([...names].sort()).toEqual(PACKAGES);
  });

  it('holds no source, no source map, no types, and no native file of another platform', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(
      paths.filter((path) => /\.(ts|mts|cts|svelte|map|md|c|cc|h|proto|bare)$/u.test(path)),
    ).toEqual([]);
    expect(paths.filter((path) => path.endsWith('.node'))).toEqual([
      'node_modules/@node-datachannel/linux-x64-gnu/node_datachannel.node',
      'node_modules/fs-native-extensions/prebuilds/linux-x64/fs-native-extensions.node',
    ]);
    expect(paths.filter((path) => path.endsWith('.wasm'))).toEqual([
      'node_modules/sql.js/dist/sql-wasm.wasm',
    ]);
    for (const { path } of packed.files) {
      if (!/^dist\/.*\.(m?js|cjs|css)$/u.test(path)) continue;
      // A map that is inside the file would bring the sources with it.
      expect(readFileSync(join(app, path), 'utf8'), path).not.toContain('sourceMappingURL=data:');
    }
  });

  it('holds every module that another one names, and none that nothing leads to', () => {
    const { files, packages } = reached();
    const modules = packed.files
      .map(({ path }) => path)
      .filter((path) => path.startsWith('dist/') && path.endsWith('.mjs'));
    expect(modules.length).toBeGreaterThan(5);
    expect([...files].sort()).toEqual(modules.sort());
    const outside = new Set(['electron', ...PACKAGES]);
    expect([...packages].filter((name) => !outside.has(name.replace('/polyfill', '')))).toEqual([]);
  });

  it('is smaller than 40 MB, without Electron', () => {
    const extra = statSync(join(packed.folder, 'resources/bin/reunion')).size;
    const total = packed.files.reduce((sum, { bytes }) => sum + bytes, extra);
    expect(total).toBeLessThan(BYTES_MAX);
    console.log(`packed: ${(total / 1e6).toFixed(1)} MB in ${packed.files.length} files`);
  });

  it('has native files where the system can load them, and those alone, outside the archive', () => {
    const outside = packed.files.filter(({ unpacked }) => unpacked).map(({ path }) => path);
    expect(outside.filter((path) => path.endsWith('.node'))).toHaveLength(2);
    expect(
      outside.filter(
        (path) => !/node_modules\/(@node-datachannel|fs-native-extensions)\//u.test(path),
      ),
    ).toEqual([]);
  });

  it('has its fuses set: not a Node, not to be debugged, nothing but its own archive', async () => {
    const wire = await getCurrentFuseWire(join(packed.folder, 'reunion-desktop'));
    const isOn = (fuse: FuseV1Options) => String.fromCharCode(wire[fuse] ?? 0) === '1';
    expect({
      runAsNode: isOn(FuseV1Options.RunAsNode),
      nodeOptions: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      inspect: isOn(FuseV1Options.EnableNodeCliInspectArguments),
      cookieEncryption: isOn(FuseV1Options.EnableCookieEncryption),
      asarIntegrity: isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
      onlyAsar: isOn(FuseV1Options.OnlyLoadAppFromAsar),
      filePrivileges: isOn(FuseV1Options.GrantFileProtocolExtraPrivileges),
    }).toEqual({
      runAsNode: false,
      nodeOptions: false,
      inspect: false,
      cookieEncryption: true,
      asarIntegrity: true,
      onlyAsar: true,
      filePrivileges: false,
    });
  });

  it('runs a device from these files alone: its store, its page and its direct connections', async () => {
    const data = join(folder, 'data');
    const program = [...nodeFlags, join(app, 'dist/reunion.mjs')];
    const run = (...args: string[]) =>
      execFileSync(process.execPath, [...program, ...args, '--data', data], { encoding: 'utf8' });
    const device = spawn(process.execPath, [...program, 'device', '--data', data, '--no-lan'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...nodeEnvironment },
    });
    const ended = once(device, 'exit');
    onTestFinished(async () => {
      device.kill('SIGKILL');
      await ended;
    });
    let errors = '';
    device.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    let page = '';
    for await (const line of createInterface({ input: device.stdout })) {
      [, page = ''] = /^page (\S+)$/u.exec(line) ?? [];
      if (page !== '') break;
    }
    expect(await (await fetch(page)).text()).toContain('<title>Reunion</title>');
    expect(run('web')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=\S+\n$/u);
    run('send', '--conversation', 'Notes', 'from the packed app');
    expect(run('messages', '--conversation', 'Notes')).toContain('from the packed app');
    device.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    // Without the native part of node-datachannel it says that there are no direct connections.
    expect(errors).toBe('');
  }, 60_000);

  it('runs the command line as the program of the app too', () => {
    // All of Electron that this way uses.
    const electron = join(app, 'node_modules/electron');
    mkdirSync(electron, { recursive: true });
    writeFileSync(
      join(electron, 'index.js'),
      'exports.app = { exit: (code) => process.exit(code) };',
    );
    const args = [join(app, 'dist/desktop/main.mjs'), '--no-sandbox', '--cli', '--version'];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()).toBe('0.1.0');
    expect(() =>
      execFileSync(
        process.execPath,
        [...args.slice(0, -1), 'status', '--data', join(folder, 'none')],
        {
          stdio: 'pipe',
        },
      ),
    ).toThrow(expect.objectContaining({ status: 3 }) as Error);
  });

  it('brings its updater in the bundle', () => {
    const isUpdater = (path: string) =>
      path.startsWith('dist/chunks/') &&
      readFileSync(join(app, path), 'utf8').includes('AppImageUpdater');
    const chunks = packed.files.map(({ path }) => path).filter(isUpdater);
    expect(chunks).toHaveLength(1);
    // All of Electron that it looks at when it is made.
    const electron = join(app, 'node_modules/electron/index.js');
    mkdirSync(dirname(electron), { recursive: true });
    writeFileSync(
      electron,
      "exports.app = { exit: (code) => process.exit(code), getVersion: () => '0.1.0', isPackaged: true };",
    );
    const script = `process.resourcesPath = '/nowhere'; const { default: { autoUpdater } } = await import(${JSON.stringify(join(app, chunks[0] ?? ''))});
      console.log(typeof autoUpdater.checkForUpdates, autoUpdater.currentVersion.version);`;
    const args = ['--input-type=module', '--eval', script];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toContain('function 0.1.0');
  });

  it('has `reunion` on the PATH of a deb and an rpm, which finds the program through its link', () => {
    const launcher = join(packed.folder, 'resources/bin/reunion');
    accessSync(launcher, constants.X_OK);
    const place = join(folder, 'opt');
    mkdirSync(join(place, 'resources/bin'), { recursive: true });
    copyFileSync(launcher, join(place, 'resources/bin/reunion'));
    writeFileSync(
      join(place, 'reunion-desktop'),
      '#!/bin/sh\nprintf "%s\\n" "$MALLOC_ARENA_MAX" "$@"\n',
      {
        mode: 0o755,
      },
    );
    symlinkSync(join(place, 'resources/bin/reunion'), join(folder, 'reunion'));
    const printed = execFileSync(join(folder, 'reunion'), ['send', 'two words'], {
      encoding: 'utf8',
    });
    const [arenas, ...args] = printed.trim().split('\n');
    expect(nodeEnvironment).toEqual({ MALLOC_ARENA_MAX: arenas });
    expect(args[0]).toBe(`--js-flags=${nodeFlags.join(' ')}`);
    // The packed app refuses all other flags of V8.
    expect(OWN_JS_FLAGS).toBe(nodeFlags.join(' '));
    expect(args.slice(args.indexOf('--cli'))).toEqual(['--cli', 'send', 'two words']);

    const { packager } = packed.context;
    expect(packager.appInfo.sanitizedProductName).toBe('Reunion');
    const script = project('build/linux/after-install.tpl');
    expect(script).toContain(
      "'/opt/${sanitizedProductName}/resources/bin/reunion' '/usr/bin/reunion'",
    );
    execFileSync('bash', ['-n', join(root, 'build/linux/after-install.tpl')]);
    execFileSync('bash', ['-n', join(root, 'build/linux/after-remove.tpl')]);
    execFileSync('sh', ['-n', launcher]);
  });

  it('is what the desktop starts for reunion: links, with little room for young objects', async () => {
    const { packager } = packed.context;
    const linux = packager as unknown as LinuxPackager;
    const entry = await new LinuxTargetHelper(linux).computeDesktopEntry(
      linux.platformSpecificBuildOptions,
    );
    expect(entry).toContain(
      `\nExec=/opt/Reunion/reunion-desktop "--js-flags=${nodeFlags.join(' ')}" %U\n`,
    );
    expect(entry).toContain('\nMimeType=x-scheme-handler/reunion;\n');
    expect(entry).toContain('\nStartupWMClass=reunion-desktop\n');
  });
});

it('for Windows it holds what is for Windows', async () => {
  const windows = await pack(join(folder, 'windows'), 'win');
  const natives = windows.files.map(({ path }) => path).filter((path) => path.endsWith('.node'));
  // The other one is installed on Windows alone.
  expect(natives).toEqual([
    'node_modules/fs-native-extensions/prebuilds/win32-x64/fs-native-extensions.node',
  ]);
  expect(windows.files.some(({ path }) => path.startsWith('main/'))).toBe(false);
}, 60_000);

it('a setting that electron-builder does not know is refused', async () => {
  const wrong = { electronFuse: {} } as object;
  await expect(pack(join(folder, 'wrong'), 'linux', wrong)).rejects.toThrow(/electronFuse/u);
});

it('the icons have the sizes that their names say', () => {
  const sizeOf = (file: string) => {
    const png = readFileSync(join(root, file));
    return [png.readUInt32BE(16), png.readUInt32BE(20)];
  };
  for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1024]) {
    expect(sizeOf(`build/icons/${size}x${size}.png`)).toEqual([size, size]);
  }
  // electron-builder makes .icns and .ico of it.
  expect(sizeOf('build/icon.png')).toEqual([1024, 1024]);
});
