import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../main/headless/program.ts';
import { nodeEnvironment, nodeFlags } from '../../scripts/launch.mjs';

const root = resolve(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(resolve(root, name), 'utf8');

function commandOf(name: string): Command {
  const found = createProgram({ page: '' }).commands.find((command) => command.name() === name);
  if (!found) throw new Error(`there is no \`reunion ${name}\``);
  return found;
}

/** What of this command line `reunion` does not know of its command. Throws where a value is none. */
function unknownIn(name: string, words: readonly string[]): string[] {
  const at = words.indexOf(name);
  expect(words[at - 1]).toMatch(/dist\/reunion\.mjs$/u);
  const { operands, unknown } = commandOf(name).parseOptions(words.slice(at + 1));
  return [...operands, ...unknown];
}

/** The port of the first --listen, which others are to be able to rely on. */
function listenPort(words: readonly string[]): string | undefined {
  return /\/tcp\/(\d+)$/u.exec(words[words.indexOf('--listen') + 1] ?? '')?.[1];
}

/** The settings of a unit, by section and name; several of one name in one list. */
function parseUnit(text: string): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  let section = '';
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const header = /^\[(\w+)\]$/u.exec(line);
    const setting = /^(\w+)=(.*)$/u.exec(line);
    if (header) section = header[1] ?? '';
    else if (setting) {
      const name = `${section}.${setting[1]}`;
      settings.set(name, [...(settings.get(name) ?? []), setting[2] ?? '']);
    } else throw new Error(`no line of a unit: ${line}`);
  }
  return settings;
}

const SERVICES = [
  { name: 'relay', variable: '$RELAY_OPTIONS', ports: ['3478/udp', '4001/tcp', '4002/tcp'] },
  { name: 'store-node', variable: '$STORE_NODE_OPTIONS', ports: ['4003/tcp'] },
] as const;

describe.each(SERVICES)('contrib/reunion-$name.service', ({ name, variable }) => {
  const unit = parseUnit(read(`contrib/reunion-${name}.service`));
  const one = (setting: string) => unit.get(`Service.${setting}`)?.join('|');

  it('starts it by options that there are, as a device is started', () => {
    const words = one('ExecStart')?.split(' ') ?? [];
    expect(words).toContain(variable);
    expect(
      unknownIn(
        name,
        words.filter((word) => word !== variable),
      ),
    ).toEqual([]);
    expect(words[0]).toMatch(/^\//u);
    expect(words.slice(1, 1 + nodeFlags.length)).toEqual(nodeFlags);
    expect(words[words.indexOf('--data') + 1]).toBe(`%S/${one('StateDirectory')}`);
    const environment = Object.entries(nodeEnvironment).map(([key, value]) => `${key}=${value}`);
    expect(unit.get('Service.Environment')).toEqual(environment);
    expect(one('EnvironmentFile')).toBe(`-/etc/default/reunion-${name}`);
  });

  it('gives it nothing that it does not need', () => {
    const settings = {
      DynamicUser: 'yes',
      StateDirectory: `reunion-${name}`,
      ProtectSystem: 'strict',
      NoNewPrivileges: 'yes',
      CapabilityBoundingSet: '',
      Restart: 'on-failure',
    };
    for (const [key, value] of Object.entries(settings)) expect(one(key), key).toBe(value);
    for (const key of ['MemoryMax', 'LimitNOFILE']) expect(one(key), key).toMatch(/^\d+M?$/u);
  });
});

describe('the units', () => {
  const hardening = (name: string) =>
    [...parseUnit(read(`contrib/reunion-${name}.service`))].filter(([setting]) =>
      /\.(Protect|Private|Restrict|NoNew|Capability|Lock|Remove|SystemCall|UMask)/u.test(setting),
    );

  it('are hardened alike', () => {
    expect(hardening('relay').length).toBeGreaterThan(20);
    expect(hardening('store-node')).toEqual(hardening('relay'));
  });

  it('reload what can be read again', () => {
    const reload = (name: string) =>
      parseUnit(read(`contrib/reunion-${name}.service`))
        .get('Service.ExecReload')
        ?.join();
    expect(reload('relay')).toContain('-HUP');
    expect(reload('store-node')).toBeUndefined();
  });

  it('and the containers of a store node listen on one port', () => {
    const unit = parseUnit(read('contrib/reunion-store-node.service'));
    const started = unit.get('Service.ExecStart')?.join().split(' ') ?? [];
    const [, entry = '[]'] =
      /^ENTRYPOINT (.*)$/mu.exec(read('contrib/Dockerfile.store-node')) ?? [];
    expect(listenPort(started)).toBe('4003');
    expect(listenPort(JSON.parse(entry) as string[])).toBe('4003');
  });
});

describe.each(SERVICES)('contrib/Dockerfile.$name', ({ name, ports }) => {
  const lines = read(`contrib/Dockerfile.${name}`).replaceAll('\\\n', '').split('\n');
  const of = (instruction: string): string[] =>
    lines
      .filter((line) => line.startsWith(`${instruction} `))
      .map((line) => line.slice(instruction.length + 1));

  it('starts it by options that there are, and asks for its health where that is', () => {
    const words = JSON.parse(of('ENTRYPOINT').join()) as string[];
    expect(unknownIn(name, words)).toEqual([]);
    expect(words.slice(1, 1 + nodeFlags.length)).toEqual(nodeFlags);
    const port = words[words.indexOf('--metrics') + 1];
    expect(of('HEALTHCHECK').join()).toContain(`http://127.0.0.1:${port}/health`);
    const data = words[words.indexOf('--data') + 1];
    expect(of('VOLUME')).toEqual([data]);
  });

  it('is built in stages, on one version of Node, and does not run as root', () => {
    const stages = of('FROM').map((line) => line.split(' ')[0]);
    expect(stages.length).toBeGreaterThan(1);
    expect(new Set(stages)).toEqual(new Set(['node:24-slim']));
    expect(of('USER')).toEqual(['node']);
    // After the last change of stage.
    expect(lines.findLastIndex((line) => line.startsWith('FROM '))).toBeLessThan(
      lines.indexOf('USER node'),
    );
  });

  it('opens the ports that it listens on', () => {
    expect(of('EXPOSE').join().split(' ').sort()).toEqual(ports);
  });

  it('takes only the sources from where it is built', () => {
    const ignored = read(`contrib/Dockerfile.${name}.dockerignore`).split('\n');
    for (const folder of ['.git', 'node_modules', 'dist']) expect(ignored).toContain(folder);
  });
});

describe.each(SERVICES)('docs/$name.md', ({ name }) => {
  it('tells of every option, and of none that there is not', () => {
    const documented = [...read(`docs/${name}.md`).matchAll(/^\| `(--[a-z-]+)/gmu)].map(
      ([, option]) => option,
    );
    const options = commandOf(name).options.map(({ long }) => long);
    expect(documented.sort()).toEqual(options.sort());
  });
});
