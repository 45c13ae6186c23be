import { request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { StatusServer } from '../../../main/headless/metrics/status-server.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const SOURCE = {
  health: () => ({ role: 'relay', connections: 3 }),
  metrics: async () => 'metric 1\n',
};

async function start(clock = new ManualClock()): Promise<StatusServer> {
  const status = await StatusServer.start(0, clock);
  onTestFinished(() => status.close());
  return status;
}

test('the health is ok from when there is something to tell of until it stops', async () => {
  const clock = new ManualClock();
  const status = await start(clock);
  const health = async () => {
    const response = await fetch(`http://127.0.0.1:${status.port}/health`);
    return { code: response.status, body: (await response.json()) as unknown };
  };
  expect(await health()).toEqual({ code: 503, body: { status: 'starting', uptimeSeconds: 0 } });
  expect((await fetch(`http://127.0.0.1:${status.port}/metrics`)).status).toBe(503);
  status.show(SOURCE);
  clock.advance(61_500);
  const shown = { status: 'ok', uptimeSeconds: 61, role: 'relay', connections: 3 };
  expect(await health()).toEqual({ code: 200, body: shown });
  status.stopping();
  expect(await health()).toEqual({ code: 503, body: { ...shown, status: 'stopping' } });
});

test('metrics that cannot be had are an error of the server, and do not end it', async () => {
  const status = await start();
  status.show({ ...SOURCE, metrics: async () => Promise.reject(new Error('broken')) });
  expect((await fetch(`http://127.0.0.1:${status.port}/metrics`)).status).toBe(500);
  expect((await fetch(`http://127.0.0.1:${status.port}/health`)).status).toBe(200);
});

test('a page whose name leads to this computer reads neither metrics nor health', async () => {
  const status = await start();
  status.show(SOURCE);
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
