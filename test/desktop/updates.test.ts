import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PeerStatus } from '../../main/api/types.ts';
import { electronUpdates } from '../../main/desktop/electron-updates.ts';
import { Updater } from '../../main/desktop/updates.ts';
import type { UpdateEvent, UpdateSource } from '../../main/desktop/updates.ts';
import { temporaryFolder } from '../helpers/processes.ts';
import { peer, status } from './status-of.ts';

function scene(check: () => Promise<unknown> = async () => undefined, isPublished = true) {
  let tell: (event: UpdateEvent) => void = () => undefined;
  const done: string[] = [];
  const source: UpdateSource = {
    check: () => {
      done.push('check');
      return check();
    },
    install: () => done.push('install'),
    onEvent: (listener) => (tell = listener),
  };
  let peers: readonly PeerStatus[] = [peer('Laptop')];
  const updater = new Updater({
    source: isPublished ? source : undefined,
    status: async () => status(peers),
    onChange: () => undefined,
    onReady: (version) => done.push(`ready ${version}`),
    onError: () => done.push('error'),
  });
  const say = (event: UpdateEvent) => tell(event);
  return { updater, done, say, setPeers: (now: readonly PeerStatus[]) => (peers = now) };
}

it('invariant 1: without a place to publish to nothing is ever looked for', async () => {
  const { updater, done } = scene(undefined, false);
  await updater.check();
  expect([updater.updates, done]).toEqual([{ state: 'off', version: null }, []]);
  await expect(updater.install()).rejects.toMatchObject({ code: 'not-found' });

  const resources = temporaryFolder();
  const options = {
    resources,
    here: resources,
    platform: 'linux',
    onError: () => undefined,
  } as const;
  const [packaged, source] = [{ isPackaged: true }, { isPackaged: false }];
  expect(await electronUpdates({ ...options, app: packaged })).toBeUndefined();
  writeFileSync(join(resources, 'app-update.yml'), 'provider: generic\n');
  expect(await electronUpdates({ ...options, app: source })).toBeUndefined();
  // On Linux nothing but the publisher's key could tell a forged one.
  expect(await electronUpdates({ ...options, app: packaged })).toBeUndefined();
  writeFileSync(join(resources, 'publisher.pub'), 'not a key\n');
  expect(await electronUpdates({ ...options, app: packaged })).toBeUndefined();
});

it('invariant 2: a version that is here is told once, and installed only on a yes', async () => {
  const { updater, done, say } = scene();
  await updater.check();
  expect(updater.updates.state).toBe('checking');
  say({ kind: 'found', version: '2.0.0' });
  expect(updater.updates).toEqual({ state: 'downloading', version: '2.0.0' });
  await expect(updater.install()).rejects.toMatchObject({ code: 'not-found' });
  say({ kind: 'fetched', version: '2.0.0' });
  say({ kind: 'fetched', version: '2.0.0' });
  await updater.check();
  say({ kind: 'none' });
  expect(updater.updates).toEqual({ state: 'ready', version: '2.0.0' });
  expect(done).toEqual(['check', 'ready 2.0.0']);
  await updater.install();
  expect(done).toEqual(['check', 'ready 2.0.0', 'install']);
});

it('invariant 3: nothing restarts while messages are being transferred', async () => {
  const { updater, done, say, setPeers } = scene();
  say({ kind: 'fetched', version: '2.0.0' });
  for (const state of ['transferring', 'reconciling'] as const) {
    setPeers([peer('Laptop'), peer('NAS', { state })]);
    await expect(updater.install()).rejects.toMatchObject({ code: 'busy' });
  }
  setPeers([peer('NAS', { state: 'offline' })]);
  await updater.install();
  expect(done).toEqual(['ready 2.0.0', 'install']);
});

it('invariant 5: what fails is tried again the next time, and nobody waits for it', async () => {
  const { updater, done, say } = scene(() => Promise.reject(new Error('no network')));
  await updater.check();
  expect(updater.updates.state).toBe('failed');
  say({ kind: 'failed', error: new Error('the same again') });
  await updater.check();
  expect(done).toEqual(['check', 'error', 'check', 'error']);
  say({ kind: 'none' });
  expect(updater.updates.state).toBe('idle');
});

it('invariant 4: an update that its publisher did not sign is refused, told, and never installed', async () => {
  const { updater, done, say } = scene();
  await updater.check();
  say({ kind: 'found', version: '2.0.0' });
  say({ kind: 'refused', version: '2.0.0' });
  expect(updater.updates).toEqual({ state: 'refused', version: '2.0.0' });
  expect(done).toEqual(['check', 'error']);
  await expect(updater.install()).rejects.toMatchObject({ code: 'not-found' });
  // It is looked for again: the next one may be right. One that was right and was changed since is not.
  await updater.check();
  say({ kind: 'fetched', version: '2.0.1' });
  say({ kind: 'refused', version: '2.0.1' });
  expect(updater.updates).toEqual({ state: 'refused', version: '2.0.1' });
  expect(done).not.toContain('install');
});
