import { pEvent } from 'p-event';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock, systemRandom } from '../../main/helpers/clock.ts';
import type { Clock } from '../../main/helpers/clock.ts';
import { PING_MS, RELAY_PING_EVERY } from '../../main/network/constants.ts';
import { Network } from '../../main/network/network.ts';
import { keysOf } from '../helpers/identities.ts';
import { tapOn } from '../helpers/tap.ts';
import { ourRelay } from './relay-helpers.ts';

test('a relay is asked every third time whether it is alive, and given up when it does not say so', async () => {
  const relay = await ourRelay();
  const tap = await tapOn(relay.address);
  // The system's clock, but for the heartbeat, which goes by the test.
  let beat: () => void = () => undefined;
  const clock: Clock = {
    now: () => systemClock.now(),
    schedule: (delayMs, callback) => {
      if (delayMs !== PING_MS) return systemClock.schedule(delayMs, callback);
      beat = callback;
      return () => undefined;
    },
  };
  const changes = new EventTarget();
  const network = await Network.create({
    keys: keysOf(0),
    listen: [],
    mustListen: true,
    relays: [tap.address],
    lan: false,
    clock,
    random: systemRandom,
    onRelayChange: () => changes.dispatchEvent(new Event('change')),
  });
  await network.start();
  onTestFinished(() => network.stop());
  const becomes = async (state: string) => {
    while (network.relays()[0]?.state !== state)
      await pEvent(changes, 'change', { timeout: 20_000 });
  };
  await becomes('connected');
  tap.freeze();
  for (let beats = 1; beats < RELAY_PING_EVERY; beats += 1) beat();
  // Nothing was asked, so nothing can be missed: longer than an answer may take.
  await expect(pEvent(changes, 'change', { timeout: 7_000 })).rejects.toThrow('timed out');
  beat();
  await becomes('unreachable');
});
