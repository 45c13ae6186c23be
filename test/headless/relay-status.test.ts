import { request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { startRelayStatus } from '../../main/headless/relay-status.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const COUNTS = {
  connections: 3,
  reservations: 2,
  relayedConnections: 1,
  nameplates: 0,
  refusals: new Map(),
};

test('the health of a relay is ok until it stops', async () => {
  const clock = new ManualClock();
  const relay = {
    addresses: ['/ip4/1.2.3.4/tcp/4001/p2p/x'],
    counts: () => COUNTS,
    metrics: async () => 'metric 1\n',
  };
  const status = await startRelayStatus(relay, 0, clock);
  onTestFinished(() => status.close());
  const health = async () => {
    const response = await fetch(`http://127.0.0.1:${status.port}/health`);
    return { code: response.status, body: (await response.json()) as unknown };
  };
  clock.advance(61_500);
  const shown = {
    status: 'ok',
    uptimeSeconds: 61,
    addresses: ['/ip4/1.2.3.4/tcp/4001/p2p/x'],
    reservations: 2,
    connections: 3,
    relayedConnections: 1,
  };
  expect(await health()).toEqual({ code: 200, body: shown });
  status.stopping();
  expect(await health()).toEqual({ code: 503, body: { ...shown, status: 'stopping' } });
});

test('metrics that cannot be had are an error of the server, and do not end it', async () => {
  const relay = {
    addresses: [],
    counts: () => COUNTS,
    metrics: async () => Promise.reject(new Error('broken')),
  };
  const status = await startRelayStatus(relay, 0, new ManualClock());
  onTestFinished(() => status.close());
  expect((await fetch(`http://127.0.0.1:${status.port}/metrics`)).status).toBe(500);
  expect((await fetch(`http://127.0.0.1:${status.port}/health`)).status).toBe(200);
});

test('a page whose name leads to this computer reads neither metrics nor health', async () => {
  const relay = { addresses: [], counts: () => COUNTS, metrics: async () => 'metric 1\n' };
  const status = await startRelayStatus(relay, 0, new ManualClock());
  onTestFinished(() => status.close());
  const answered = (path: string, host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: status.port, path, headers: { host } });
      asked.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject);
      asked.end();
    });
  for (const path of ['/metrics', '/health']) {
    for (const host of ['evil.example', `evil.example:${status.port}`, 'localhost.evil.example']) {
      expect(await answered(path, host), host).toBe(403);
    }
    for (const host of ['127.0.0.1', 'localhost:1', `[::1]:${status.port}`, '10.0.0.7:9464']) {
      expect(await answered(path, host), host).toBe(200);
    }
  }
});
