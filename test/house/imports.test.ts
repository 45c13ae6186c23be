import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

interface Import {
  readonly file: string;
  /** A path below the project for its own files, else the name of a package. */
  readonly target: string;
}

const IMPORT =
  /(?:import|export)\s+(?:type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/gu;

function importsBelow(folder: string): Import[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|svelte)$/u.test(name))
    .flatMap((name) => importsOf(join(folder, name)));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, from = '', dynamic = '']) => ({
    file: file.split(sep).join('/'),
    target: targetOf(file, from || dynamic),
  }));
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('.')) {
    return relative(root, resolve(root, dirname(file), specifier))
      .split(sep)
      .join('/');
  }
  return specifier;
}

const all = [...importsBelow('main'), ...importsBelow('renderer')];

/** Imports of files in `folder` that lead to none of the places allowed. */
function strays(folder: string, allowed: readonly string[]): string[] {
  return all
    .filter(({ file }) => file.startsWith(`${folder}/`))
    .filter(({ target }) => !allowed.some((place) => target.startsWith(place)))
    .map(({ file, target }) => `${file} imports ${target}`);
}

/** Files outside `folder` that import a package it alone may use. */
function users(packageName: RegExp, folder: string): string[] {
  return all
    .filter(({ target, file }) => packageName.test(target) && !file.startsWith(`${folder}/`))
    .map(({ file, target }) => `${file} imports ${target}`);
}

describe('the import rules of the house', () => {
  it('sees the imports at all', () => {
    expect(all.length).toBeGreaterThan(200);
    expect(all).toContainEqual({ file: 'main/mvds/types.ts', target: 'main/helpers/ids.ts' });
  });

  it('mvds imports its own folder, generated protobuf code, pure helpers and hashing', () => {
    const hashing = ['node:crypto', '@noble/hashes'];
    expect(strays('main/mvds', ['main/mvds/', 'main/proto/', 'main/helpers/', ...hashing])).toEqual(
      [],
    );
  });

  it('reconcile imports its own folder, pure helpers and hashing', () => {
    expect(strays('main/reconcile', ['main/reconcile/', 'main/helpers/', 'node:crypto'])).toEqual(
      [],
    );
  });

  it('conversations imports its own folder, generated protobuf code and pure helpers', () => {
    const allowed = ['main/conversations/', 'main/proto/', 'main/helpers/'];
    expect(strays('main/conversations', allowed)).toEqual([]);
  });

  it('helpers import only each other and a base58 codec', () => {
    expect(strays('main/helpers', ['main/helpers/', '@scure/base'])).toEqual([]);
  });

  it('sync reaches the outside only through its ports', () => {
    expect(
      strays('main/sync', ['main/sync/', 'main/mvds/', 'main/reconcile/', 'main/helpers/']),
    ).toEqual([]);
  });

  it('group knows identity, mvds and the port it implements', () => {
    const allowed = [
      'main/group/',
      'main/identity/',
      'main/mvds/',
      'main/helpers/',
      'main/sync/ports.ts',
    ];
    expect(strays('main/group', allowed)).toEqual([]);
  });

  it('node puts layers together, and knows neither devices nor hosts', () => {
    const allowed = ['main/node/', 'main/group/', 'main/sync/', 'main/mvds/', 'main/network/'];
    const parts = ['main/identity/keys.ts', 'main/store/ports.ts', 'main/proto/', 'main/helpers/'];
    expect(strays('main/node', [...allowed, ...parts, 'node:crypto', 'zod'])).toEqual([]);
  });

  it('the renderer knows only main/api, and of that nothing that needs Node', () => {
    const allowed = [
      ...['renderer/', 'main/api/', 'svelte', '@lucide/svelte', 'bits-ui', 'virtua', 'qr'],
      ...['intl-messageformat', 'markdown-it', 'fflate', '@scure/bip39/wordlists'],
    ];
    expect(strays('renderer', allowed)).toEqual([]);
  });

  it('only desktop imports electron, only network libp2p, only store its two engines', () => {
    expect(users(/^electron$/u, 'main/desktop')).toEqual([]);
    expect(users(/^(libp2p$|@libp2p\/|@multiformats\/)/u, 'main/network')).toEqual([]);
    expect(users(/^(sql\.js|pg)(\/|$)/u, 'main/store')).toEqual([]);
  });

  it('only desktop and headless put a Device on the screen', () => {
    const hosts = all.filter(({ target }) => target === 'main/device/device.ts');
    const folders = new Set(hosts.map(({ file }) => file.split('/')[1]));
    expect([...folders].sort()).toEqual(['desktop', 'headless']);
  });
});
