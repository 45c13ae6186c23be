import { describe, expect, test } from 'vitest';
import { Echoing, relayOf, wantEachOther } from './direct-helpers.ts';

describe('two devices that a relay connects', () => {
  test('are connected directly soon after, and the relay is not needed any more', async () => {
    const relay = await relayOf();
    const [a, b] = [
      await Echoing.start(0, { relays: [relay.address] }),
      await Echoing.start(1, { relays: [relay.address] }),
    ];
    wantEachOther(a, b);
    const relayed = await a.sessionOver('relay');
    const [toB, toA] = await Promise.all([a.sessionOver('direct'), b.sessionOver('direct')]);
    expect(await relayed.channel.read()).toBeUndefined();
    await relay.stop();
    await toB.channel.write(new Uint8Array(300_000));
    expect((await toA.channel.read())?.byteLength).toBe(300_000);
    await toA.channel.write(new Uint8Array(7));
    expect((await toB.channel.read())?.byteLength).toBe(7);
  }, 30_000);
});
