import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  pair,
  reunion,
  RunningProcess,
  startDevice,
  startRelay,
  temporaryFolder,
} from '../helpers/processes.ts';
import { apiOf, eventually } from '../helpers/watch.ts';

const LOOPBACK = ['--listen', '/ip4/127.0.0.1/tcp/0'];

describe('a relay that runs', () => {
  test('prints where it is and its limits, answers for its health and ends with 0', async () => {
    const options = ['--max-reservations', '7', '--connection-bytes', '1000000', '--metrics', '0'];
    const { process: relay, address } = await startRelay(undefined, undefined, options);
    const [limits] = await relay.line(/^limits: .*/u);
    expect(limits).toBe(
      'limits: 7 reservations; 1000000 bytes and 1440 minutes per relayed connection; ' +
        '526 connections, 64 from one public address; open to everybody',
    );
    const [, metrics = ''] = await relay.line(/^metrics (http:\/\/127\.0\.0\.1:\d+\/metrics)$/u);
    await startDevice(temporaryFolder(), ['--web', 'off', '--relay', address]);

    const health = await fetch(metrics.replace('/metrics', '/health'));
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'ok', addresses: [address] });
    const shown = await fetch(metrics);
    expect(shown.headers.get('content-type')).toContain('version=0.0.4');
    expect(await shown.text()).toContain('reunion_relay_reservations_max 7');
    expect((await fetch(metrics.replace('/metrics', '/'))).status).toBe(404);
    expect((await fetch(metrics, { method: 'POST' })).status).toBe(405);

    const before = Date.now();
    expect((await relay.kill('SIGTERM')).code).toBe(0);
    expect(Date.now() - before).toBeLessThan(5_000);
  });

  test('answers STUN where it says so', async () => {
    const relay = new RunningProcess([
      ...['relay', '--data', temporaryFolder(), ...LOOPBACK],
      ...['--stun', '0'],
    ]);
    const [, port = ''] = await relay.line(/^stun 127\.0\.0\.1:(\d+)$/u);
    const client = createSocket('udp4');
    onTestFinished(() => void client.close());
    client.send(
      Buffer.from(`000100002112a442${'42'.repeat(12)}`, 'hex'),
      Number(port),
      '127.0.0.1',
    );
    const [answer] = (await once(client, 'message')) as [Buffer];
    expect(answer.toString('hex')).toMatch(/^0101000c2112a442(42){12}002000080001/u);
  });

  test('does without STUN where the port is taken, and says so', async () => {
    const taken = [createSocket('udp4'), createSocket({ type: 'udp6', ipv6Only: true })] as const;
    taken[0].bind(0, '0.0.0.0');
    await once(taken[0], 'listening');
    const { port } = taken[0].address();
    taken[1].bind(port, '::');
    await once(taken[1], 'listening');
    onTestFinished(() => taken.forEach((socket) => void socket.close()));
    const relay = new RunningProcess([
      ...['relay', '--data', temporaryFolder(), ...LOOPBACK],
      ...['--stun', String(port)],
    ]);
    await relay.line(/^limits: /u);
    await relay.errorLine(/No STUN: UDP port \d+ cannot be listened on/u);
    expect(relay.lines.filter((line) => line.startsWith('stun '))).toEqual([]);
  });

  test('announces what it is told to, and a device can be given that', async () => {
    const { process: relay, address } = await startRelay(undefined, undefined, [
      ...['--announce', '/dns4/relay.example.org/tcp/443/tls/ws'],
    ]);
    const [, announced = ''] = await relay.line(/^announced (\S+)$/u);
    expect(announced).toBe(
      `/dns4/relay.example.org/tcp/443/tls/ws/p2p/${address.split('/p2p/')[1]}`,
    );
  });
});

describe('an allow-list', () => {
  test('in a file is read again on SIGHUP, and kept where it has a mistake', async () => {
    const file = join(temporaryFolder(), 'allowed');
    writeFileSync(file, '# nobody yet\n');
    const { process: relay, address } = await startRelay(undefined, undefined, [
      ...['--allow-file', file],
    ]);
    expect((await relay.line(/^limits: .*/u))[0]).toContain('open to 0 devices');
    const folder = temporaryFolder();
    const { id } = await startDevice(folder, ['--web', 'off', '--relay', address]);
    const api = await apiOf(folder);
    const relayIs = (wanted: string) =>
      eventually(
        api,
        async () => (await api.call('status', {})).relays.every(({ state }) => state === wanted),
        `the relay is ${wanted}`,
      );
    await relayIs('refused');
    const { stdout } = await reunion(['status', '--data', folder]);
    expect(stdout).toContain(`relay ${address}: it does not let this device use it`);

    writeFileSync(file, `# the desk\n${id} # since today\n\nnobody\n`);
    relay.child.kill('SIGHUP');
    await relay.errorLine(/line 4: nobody is not the id of a device\. The list stays as it was\./u);
    writeFileSync(file, `# the desk\n${id} # since today\n\n`);
    relay.child.kill('SIGHUP');
    await relay.line(/^allowed: 1 device$/u);
    await relayIs('connected');
  }, 90_000);

  test('on the command line lets two devices pair', async () => {
    const [a, b] = [temporaryFolder(), temporaryFolder()];
    const ids: string[] = [];
    for (const folder of [a, b]) {
      const { process: device, id } = await startDevice(folder, ['--web', 'off']);
      ids.push(id);
      await device.kill('SIGTERM');
    }
    const allow = ids.flatMap((id) => ['--allow', id]);
    const { address } = await startRelay(undefined, undefined, allow);
    for (const folder of [a, b]) await startDevice(folder, ['--web', 'off', '--relay', address]);
    await pair(a, b);
    const { stdout } = await reunion(['status', '--data', b]);
    expect(stdout).toContain(`relay ${address}: connected`);
  });
});

test('wrong usage is told in a sentence', async () => {
  for (const [option, value] of [
    ['--max-reservations', '0'],
    ['--connection-bytes', '1000'],
    ['--connection-minutes', 'many'],
    ['--allow', 'somebody'],
    ['--announce', 'relay.example.org'],
    ['--metrics', '70000'],
    ['--stun', 'on'],
  ] as const) {
    const { code, stderr } = await reunion(['relay', option, value]);
    expect(code).toBe(2);
    expect(stderr).toContain(`option '${option}`);
  }
});

test('a list that is not there, or a port that is taken, is told in a sentence', async () => {
  const data = ['--data', temporaryFolder(), ...LOOPBACK, '--stun', 'off'];
  const missing = await reunion(['relay', ...data, '--allow-file', '/nowhere/allowed']);
  expect(missing).toMatchObject({ code: 1 });
  expect(missing.stderr).toContain('There is no file /nowhere/allowed.');

  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const taken = await reunion(['relay', ...data, '--metrics', String(port)]);
  expect(taken).toMatchObject({ code: 1 });
  expect(taken.stderr).toContain(`Port ${port} is in use`);
});
