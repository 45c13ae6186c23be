import { expect, onTestFinished, test, vi } from 'vitest';
import { Measured } from '../../../main/headless/metrics/measured.ts';
import { systemClock as clock, systemRandom as random } from '../../../main/helpers/clock.ts';
import { PeerNetwork } from '../../../main/network/peers/peer-network.ts';
import { keysOf } from '../../helpers/identities.ts';
import { parsePrometheus } from '../../helpers/prometheus.ts';

test('a process whose device is opened anew keeps its port, and answers 503 in between', async () => {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const measured = await Measured.start('device', 0);
  onTestFinished(() => measured.close());
  measured.announce();
  const url = /http\S+/u.exec(String(printed.mock.calls[0]?.[0]))?.[0] ?? '';
  printed.mockRestore();
  for (const round of [1, 2]) {
    expect((await fetch(url)).status).toBe(503);
    const network = await PeerNetwork.create({
      ...{ keys: keysOf(round), listen: ['/ip4/127.0.0.1/tcp/0'], clock, random },
      ...measured.nodeOptions(),
    });
    await network.start();
    measured.show({
      id: keysOf(round).peerId,
      addresses: () => network.addresses(),
      read: async () => ({ reunion_messages: round }),
    });
    const families = parsePrometheus(await (await fetch(url)).text());
    expect(families.get('reunion_messages')?.samples).toMatchObject([{ value: round }]);
    expect(families.get('reunion_info')?.samples[0]?.labels).toMatchObject({
      id: keysOf(round).peerId,
    });
    expect(families.get('libp2p_transport_manager_listeners')?.samples).toHaveLength(1);
    expect(families.get('process_start_time_seconds')?.samples).toHaveLength(1);
    measured.hide();
    await network.stop();
  }
});

test('without a port nothing is measured', async () => {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const measured = await Measured.start('node', undefined);
  measured.announce();
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
  expect(measured.nodeOptions()).toEqual({});
  await measured.close();
});
