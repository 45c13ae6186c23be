import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { countDials, lose, RELAY_HOST, whyNot } from '../netns/namespaces.ts';
import type { Internet } from '../netns/namespaces.ts';
import { converge, numbered, twoHomes } from '../netns/scenes.ts';

const TIMEOUT_MS = 300_000;
/** Down and up, four times. */
const FLAPS = 8;
const FLAP_MS = 5_000;
const SLOW_ROAD = resolve(import.meta.dirname, '../netns/slow-road.ts');
const reason = whyNot();
if (reason !== undefined) console.warn(`Skipped: ${reason}`);

/** A way to the relay on which everything is 100 ms late, in both directions. */
async function slowRoad(relay: string, { wan }: Internet): Promise<string> {
  const road = [process.execPath, SLOW_ROAD, RELAY_HOST, '4002', '4001', '100'];
  const running = spawn('ip', ['netns', 'exec', wan, ...road], { stdio: ['ignore', 'pipe', 2] });
  onTestFinished(async () => {
    running.kill();
    await once(running, 'close');
  });
  if (!running.stdout) throw new Error('a process without pipes');
  await once(running.stdout, 'data');
  return relay.replace('/tcp/4001/', '/tcp/4002/');
}

describe.skipIf(reason !== undefined)('on a bad network', { timeout: TIMEOUT_MS }, () => {
  test('a link that flaps every five seconds delays a transfer, and no more', async () => {
    const { net, homes, a, b } = await twoHomes('cone');
    const dials = countDials(net, homes[0]);
    const link = (state: 'up' | 'down') =>
      net.network.ip(net.wan, `link set ${homes[0].port} ${state}`);
    const texts: string[] = [];
    for (let flap = 0; flap < FLAPS; flap += 1) {
      link(flap % 2 === 0 ? 'down' : 'up');
      const until = performance.now() + FLAP_MS;
      while (performance.now() < until) {
        const text = `a ${texts.length}`;
        texts.push(text);
        await a.send(text);
        if (texts.length % 10 === 0) await setTimeout(100);
      }
    }
    link('up');
    await converge(a, b, texts);
    expect(dials()).toBeLessThan(20 * FLAPS);
  });

  test('200 ms there and back to the relay, and one packet in twenty lost', async () => {
    const { net, homes, a, b } = await twoHomes('cone', slowRoad);
    for (const one of homes) lose(net, one, 5);
    const texts = [...numbered('a', 300), ...numbered('b', 300)];
    await Promise.all(texts.map((text) => (text.startsWith('a') ? a : b).send(text)));
    await converge(a, b, texts);
  });
});
