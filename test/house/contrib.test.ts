import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../main/headless/program.ts';
import { nodeEnvironment, nodeFlags } from '../../scripts/launch.mjs';

const root = resolve(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(resolve(root, name), 'utf8');

function relayCommand(): Command {
  const relay = createProgram({ page: '' }).commands.find((command) => command.name() === 'relay');
  if (!relay) throw new Error('there is no `reunion relay`');
  return relay;
}

/** What of this command line `reunion relay` does not know. Throws where a value is none. */
function unknownIn(words: readonly string[]): string[] {
  const at = words.indexOf('relay');
  expect(words[at - 1]).toMatch(/dist\/reunion\.mjs$/u);
  const { operands, unknown } = relayCommand().parseOptions(words.slice(at + 1));
  return [...operands, ...unknown];
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

describe('contrib/reunion-relay.service', () => {
  const unit = parseUnit(read('contrib/reunion-relay.service'));
  const one = (name: string) => unit.get(`Service.${name}`)?.join('|');

  it('starts the relay by options that there are, as a device is started', () => {
    const words = one('ExecStart')?.split(' ') ?? [];
    expect(unknownIn(words.filter((word) => word !== '$RELAY_OPTIONS'))).toEqual([]);
    expect(words[0]).toMatch(/^\//u);
    expect(words.slice(1, 1 + nodeFlags.length)).toEqual(nodeFlags);
    const environment = Object.entries(nodeEnvironment).map(([name, value]) => `${name}=${value}`);
    expect(unit.get('Service.Environment')).toEqual(environment);
    expect(one('ExecReload')).toContain('-HUP');
  });

  it('gives it nothing that it does not need', () => {
    const settings = {
      DynamicUser: 'yes',
      StateDirectory: 'reunion-relay',
      ProtectSystem: 'strict',
      NoNewPrivileges: 'yes',
      CapabilityBoundingSet: '',
      Restart: 'on-failure',
    };
    for (const [name, value] of Object.entries(settings)) expect(one(name), name).toBe(value);
    for (const name of ['MemoryMax', 'LimitNOFILE']) expect(one(name), name).toMatch(/^\d+M?$/u);
  });
});

describe('contrib/Dockerfile.relay', () => {
  const lines = read('contrib/Dockerfile.relay').replaceAll('\\\n', '').split('\n');
  const of = (instruction: string): string[] =>
    lines
      .filter((line) => line.startsWith(`${instruction} `))
      .map((line) => line.slice(instruction.length + 1));

  it('starts the relay by options that there are, and asks for its health where that is', () => {
    const words = JSON.parse(of('ENTRYPOINT').join()) as string[];
    expect(unknownIn(words)).toEqual([]);
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

  it('opens the ports that the relay listens on', () => {
    expect(of('EXPOSE').join().split(' ').sort()).toEqual(['3478/udp', '4001/tcp', '4002/tcp']);
  });
});

describe('docs/relay.md', () => {
  it('tells of every option, and of none that there is not', () => {
    const documented = [...read('docs/relay.md').matchAll(/^\| `(--[a-z-]+)/gmu)].map(
      ([, name]) => name,
    );
    const options = relayCommand().options.map(({ long }) => long);
    expect(documented.sort()).toEqual(options.sort());
  });
});
