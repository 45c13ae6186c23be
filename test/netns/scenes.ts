import { expect } from 'vitest';
import { letIn, RemoteDevice, startRelay } from './devices.ts';
import { home, internet, RELAY_HOST } from './namespaces.ts';
import type { Home, Internet, Nat } from './namespaces.ts';

export interface Scene {
  readonly net: Internet;
  readonly homes: readonly [Home, Home];
  readonly relay: Awaited<ReturnType<typeof startRelay>>;
  readonly a: RemoteDevice;
  readonly b: RemoteDevice;
}

/**
 * Two devices, each behind a router of its own, which belong together; and a relay between them.
 * @param wayTo where the devices find the relay, from its own address; by that itself where absent
 */
export async function twoHomes(
  nat: Nat,
  wayTo: (relay: string, net: Internet) => Promise<string> = async (relay) => relay,
): Promise<Scene> {
  const net = internet();
  const homes = [home(net, 1, nat), home(net, 2, nat)] as const;
  const relay = await startRelay(net.wan, RELAY_HOST);
  const stun = ['--stun', `stun:${RELAY_HOST}:3478`];
  const all = ['--no-lan', '--relay', await wayTo(relay.address, net), ...stun];
  const [a, b] = await Promise.all(
    homes.map(({ computer }, index) => RemoteDevice.start(computer, 'AB'[index] ?? '', all)),
  );
  if (!a || !b) throw new Error('a device is missing');
  await letIn(a, b);
  await Promise.all([a.inStep(), b.inStep()]);
  return { net, homes, relay, a, b };
}

export const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name} ${index}`);

/** Both hold all of `texts`, once each, in the same order. */
export async function converge(a: RemoteDevice, b: RemoteDevice, texts: readonly string[]) {
  for (const device of [a, b]) {
    const hasAll = async () => (await device.texts()).length >= texts.length;
    await device.eventually(hasAll, `all of ${texts.length} texts`);
    await device.inStep();
  }
  const held = await a.texts();
  expect(held.toSorted()).toEqual(texts.toSorted());
  expect(await b.texts()).toEqual(held);
}
