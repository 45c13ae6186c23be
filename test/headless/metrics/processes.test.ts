import { createServer, request } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { METRICS, metricsOf } from '../../../main/headless/metrics/catalogue.ts';
import type { MetricName, Role } from '../../../main/headless/metrics/catalogue.ts';
import { expressions, usedIn } from '../../helpers/contrib-metrics.ts';
import {
  pair,
  reunion,
  startDevice,
  startRelay,
  temporaryFolder,
} from '../../helpers/processes.ts';
import type { RunningProcess } from '../../helpers/processes.ts';
import { startNode, textsOf, until } from '../../node/nodes.ts';
import { converged, clientsOf, startStoreNode } from '../../node/store/meshes.ts';
import { MeasuredProcess } from './measured.ts';

const METERED = ['--metrics', '0'];
const TEXT = 'Geheimnis: der Schlüssel liegt unter der Matte 🗝️';

const startRole: Readonly<Record<Role, () => Promise<RunningProcess>>> = {
  node: async () => (await startNode('node', ['--group', 'tea', ...METERED])).process,
  'store-node': async () => (await startStoreNode(undefined, METERED)).process,
  relay: async () => (await startRelay(undefined, undefined, METERED)).process,
  device: async () => (await startDevice(temporaryFolder(), ['--web', 'off', ...METERED])).process,
};
const ROLES = Object.keys(startRole) as Role[];

/** What the dashboard and the alerts use of libp2p and of the process. */
const OTHERS = new Set(
  expressions()
    .flatMap(usedIn)
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('reunion_')),
);

describe.each(ROLES)('reunion %s', (role) => {
  test('serves what the catalogue says of its role, in Prometheus’ text, and nothing else by that prefix', async () => {
    const running = await startRole[role]();
    const measured = await MeasuredProcess.of(running);
    const families = await measured.families();
    const own = [...families.values()].filter(({ name }) => name.startsWith('reunion_'));
    expect(own.map(({ name }) => name).sort()).toEqual(
      metricsOf(role)
        .map(([name]) => name)
        .sort(),
    );
    for (const { name, type, help, samples } of own) {
      const definition = METRICS[name as MetricName];
      expect({ type, help }, name).toEqual({ type: definition.type, help: definition.help });
      for (const { labels } of samples) {
        expect(Object.keys(labels).sort(), name).toEqual([...definition.labels].sort());
      }
    }
    const empty = own.filter(({ samples }) => samples.length === 0).map(({ name }) => name);
    // Of nobody, there is no agreement that is the oldest.
    expect(empty).toEqual(role === 'relay' ? [] : ['reunion_oldest_agreement_timestamp_seconds']);
    expect(OTHERS.size).toBeGreaterThan(3);
    for (const name of OTHERS) expect([...families.keys()]).toContain(name);
    expect(await measured.value('reunion_info', { role })).toBe(1);

    const { code, body } = await measured.health();
    expect({ code, body }).toMatchObject({ code: 200, body: { status: 'ok', role } });
    expect((await running.kill('SIGTERM')).code).toBe(0);
  });

  test('says why it does not start where the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const group = role === 'node' ? ['--group', 'tea'] : [];
    const result = await reunion([
      ...[role, '--data', temporaryFolder(), '--metrics', String(port), ...group],
      ...(role === 'relay' ? ['--stun', 'off'] : []),
    ]);
    expect(result.code).toBe(1);
    expect(result.stderr).toBe(
      `reunion: Port ${port} is in use by another program; choose another one with --metrics.\n`,
    );
  });
});

test('what moves between two nodes is counted at both, and stays counted when one goes', async () => {
  const a = await startNode('node', ['--group', 'tea', '--admit', 'all', ...METERED]);
  const b = await startNode('node', ['--group', 'tea', '--peer', a.address, ...METERED]);
  const [atA, atB] = [await MeasuredProcess.of(a.process), await MeasuredProcess.of(b.process)];
  const send = (text: string) => reunion(['node', 'send', '--data', a.folder, text]);
  await send(TEXT);
  await until('b has it', async () => (await textsOf(b.folder)).includes(TEXT));
  for (const measured of [atA, atB]) {
    await until(
      'both agree',
      async () => (await measured.value('reunion_peers', { state: 'up-to-date' })) === 1,
    );
  }
  await until(
    'it is acknowledged',
    async () => (await atA.value('reunion_sync_messages_total', { direction: 'sent' })) === 1,
  );
  expect(await atB.value('reunion_sync_messages_total', { direction: 'received' })).toBe(1);
  expect(await atB.value('reunion_messages')).toBe(1);
  expect(await atB.value('reunion_store_up')).toBe(1);
  expect(await atB.value('reunion_store_bytes')).toBeGreaterThan(0);
  expect(await atA.value('reunion_messages_to_send')).toBe(0);
  const agreed = (await atA.value('reunion_latest_agreement_timestamp_seconds')) ?? 0;
  expect(Math.abs(agreed - Date.now() / 1_000)).toBeLessThan(30);

  const bytes = { direction: 'sent' };
  const before = (await atA.value('reunion_sync_payload_bytes_total', bytes)) ?? 0;
  expect(before).toBeGreaterThan(Buffer.byteLength(TEXT));
  await b.process.kill('SIGTERM');
  await until(
    'a is alone',
    async () => (await atA.value('reunion_peers', { state: 'up-to-date' })) === 0,
  );
  await send('noch eine');
  expect(await atA.value('reunion_messages_to_send')).toBe(1);
  expect(await atA.value('reunion_sync_payload_bytes_total', bytes)).toBeGreaterThanOrEqual(before);
  expect(await atA.value('reunion_sync_messages_total', bytes)).toBe(1);

  // Neither what was written nor with whom.
  const text = await atA.text();
  for (const secret of ['Geheimnis', 'Matte', b.id]) expect(text).not.toContain(secret);
});

test('a store node counts the requests of its clients, and agrees with its neighbour', async () => {
  const a = await startStoreNode(undefined, METERED);
  const b = await startStoreNode(a, METERED);
  const [atA, atB] = [await MeasuredProcess.of(a.process), await MeasuredProcess.of(b.process)];
  const publish = ['store-publish', '--node', a.address, '--group', 'news', '-'];
  expect((await reunion(publish, 'eins\nzwei\n三\n')).code).toBe(0);
  const clients = await clientsOf([a, b]);
  onTestFinished(async () => {
    for (const client of clients) await client.close();
  });
  await converged(clients, 3);
  const requests = (kind: string) => ({ kind, outcome: 'answered' });
  expect(await atA.value('reunion_requests_total', requests('publish'))).toBe(1);
  expect(await atA.value('reunion_requests_total', requests('query'))).toBeGreaterThan(0);
  expect(await atA.value('reunion_requests_total', { kind: 'query', outcome: 'unavailable' })).toBe(
    0,
  );
  expect(await atA.value('reunion_published_messages_total')).toBe(3);
  expect(await atB.value('reunion_published_messages_total')).toBe(0);
  expect(await atB.value('reunion_groups')).toBe(1);
  // The messages, and the entry of the catalogue of groups.
  expect(await atB.value('reunion_messages')).toBe(4);
  expect(await atB.value('reunion_neighbours_max')).toBe(8);
  await until(
    'they agree',
    async () => ((await atB.value('reunion_oldest_agreement_timestamp_seconds')) ?? 0) > 0,
  );
});

test('devices that meet at a relay are seen there and at each other, without their names', async () => {
  const relay = await startRelay(undefined, undefined, METERED);
  const options = ['--web', 'off', '--relay', relay.address, ...METERED];
  const desk = await startDevice(temporaryFolder(), ['--name', 'Schreibtisch', ...options]);
  const phone = await startDevice(temporaryFolder(), ['--name', 'Telefon', ...options]);
  await pair(desk.folder, phone.folder);
  const atRelay = await MeasuredProcess.of(relay.process);
  const atDesk = await MeasuredProcess.of(desk.process);
  await until(
    'they agree',
    async () => (await atDesk.value('reunion_peers', { state: 'up-to-date' })) === 1,
  );
  const before = await atRelay.value('reunion_relay_relayed_bytes_total');
  const send = ['send', '--data', desk.folder, '--conversation', 'Garten', '-'];
  expect((await reunion(send, TEXT)).code).toBe(0);
  await until(
    'it is acknowledged',
    async () =>
      ((await atDesk.value('reunion_sync_messages_total', { direction: 'sent' })) ?? 0) >= 1,
  );
  expect(await atRelay.value('reunion_relay_reservations')).toBe(2);
  expect(await atRelay.value('reunion_relay_relayed_bytes_total')).toBeGreaterThan(before ?? 0);
  const shown = `${await atRelay.text()}${await atDesk.text()}`;
  for (const secret of ['Schreibtisch', 'Telefon', 'Garten', 'Matte', phone.id])
    expect(shown).not.toContain(secret);
});

test('a page of another site gets nothing of a node', async () => {
  const { process } = await startNode('node', ['--group', 'tea', ...METERED]);
  const { port } = await MeasuredProcess.of(process);
  const answered = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: '/metrics', headers: { host } });
      asked.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject);
      asked.end();
    });
  expect(await answered(`rebound.example:${port}`)).toBe(403);
  expect(await answered(`localhost:${port}`)).toBe(200);
});

test('a command without --metrics serves none, and refuses what is no port', async () => {
  const { process } = await startNode('node', ['--group', 'tea']);
  expect(process.lines.filter((line) => line.startsWith('metrics'))).toEqual([]);
  for (const role of ROLES) {
    const { code, stderr } = await reunion([role, '--data', 'x', '--metrics', '70000']);
    expect(code, role).toBe(2);
    expect(stderr).toContain('A whole number from 0 to 65535 is wanted.');
  }
});
