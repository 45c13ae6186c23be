import { describe, expect, test } from 'vitest';
import { letIn, RemoteDevice, startRelay } from './devices.ts';
import { countDials, lose, Network, RELAY_HOST, whyNot } from './namespaces.ts';
import { converge, numbered, twoHomes } from './scenes.ts';

const TIMEOUT_MS = 180_000;
const reason = whyNot();
if (reason !== undefined) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== undefined)('in network namespaces', { timeout: TIMEOUT_MS }, () => {
  test.each(['cone', 'symmetric'] as const)(
    'two devices behind %s NATs, which reach only the relay, pair and sync, and go direct where that can be',
    async (nat) => {
      const { a, b } = await twoHomes(nat);
      const texts = [...numbered('a', 50), ...numbered('b', 50)];
      await Promise.all(texts.map((text) => (text.startsWith('a') ? a : b).send(text)));
      await converge(a, b, texts);
      if (nat === 'cone') {
        await Promise.all(
          [a, b].map((device) => device.peer(({ path }) => path === 'direct', 'a direct path')),
        );
        await a.send('directly');
        await converge(a, b, [...texts, 'directly']);
      } else {
        // No hole can be punched through these, however often that is tried.
        expect((await a.inStep()).path).toBe('relay');
      }
    },
  );

  test('a relay that is killed and comes back is used again', async () => {
    const { net, relay, a, b } = await twoHomes('cone');
    await relay.process.kill('SIGKILL');
    await a.peer(({ path }) => path !== 'relay', 'A has noticed');
    await a.send('while away');
    const again = await startRelay(net.wan, RELAY_HOST, relay.folder);
    expect(again.address).toBe(relay.address);
    await converge(a, b, ['while away']);
  });

  test('a peer whose packets vanish is noticed within 20 seconds, and is back when they do not', async () => {
    const { net, homes, a, b } = await twoHomes('cone');
    const dials = countDials(net, homes[0]);
    lose(net, homes[1], 100);
    const began = performance.now();
    await a.peer(({ state }) => state === 'offline' || state === 'connecting', 'A has noticed');
    expect(performance.now() - began).toBeLessThan(20_000);
    await a.send('from A');
    await b.send('from B');
    const before = dials();
    lose(net, homes[1], 0);
    await converge(a, b, ['from A', 'from B']);
    // Nobody spins: what cannot be reached is tried with longer and longer waits.
    expect(dials() - before).toBeLessThan(20);
  });

  test('two devices on one network without a relay find each other and sync', async () => {
    const network = new Network();
    const lan = network.namespace('lan');
    network.bridge(lan, 'br0', '192.168.7.254/24');
    const [one, other] = [network.namespace('c1'), network.namespace('c2')];
    network.plug(one, 'eth0', '192.168.7.1/24', lan, 'br0');
    network.plug(other, 'eth0', '192.168.7.2/24', lan, 'br0');
    for (const computer of [one, other])
      network.ip(computer, 'route add default via 192.168.7.254');
    const a = await RemoteDevice.start(one, 'A', []);
    const b = await RemoteDevice.start(other, 'B', []);
    await letIn(a, b, 'code');
    await a.send('hello');
    await converge(a, b, ['hello']);
    expect((await a.inStep()).path).toBe('lan');
  });
});
