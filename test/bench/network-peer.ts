import type { Stream } from '@libp2p/interface';
import { systemClock, systemRandom } from '../../main/helpers/clock.ts';
import type { FrameChannel } from '../../main/helpers/frame-channel.ts';
import { openDirect } from '../../main/network/direct.ts';
import { frameChannel } from '../../main/network/framing.ts';
import { Gate } from '../../main/network/gate.ts';
import { parseRelayAddress } from '../../main/network/multiaddrs.ts';
import { createDeviceNode } from '../../main/network/node.ts';
import type { DeviceNode } from '../../main/network/node.ts';
import { Relays } from '../../main/network/relays.ts';
import { Reservations } from '../../main/network/reservations.ts';

export const BENCH_PROTOCOL = '/reunion/bench/1.0.0';
export const FRAME_BYTES_MAX = 512 * 1024;
/** The first byte of a frame that is sent back whole; of any other only the first byte is. */
export const ECHO = 0;

const LOOPBACK = '127.0.0.1';

/** A device's node on loopback, which lets everybody in, and is at the relay when this resolves. */
export async function benchNode(seed: Uint8Array, relay: string): Promise<DeviceNode> {
  const gate = new Gate();
  gate.setPairing(true);
  const reservations = new Reservations();
  const node = await createDeviceNode({
    seed,
    gate,
    reservations,
    listen: [`/ip4/${LOOPBACK}/tcp/0`, `/ip4/${LOOPBACK}/tcp/0/ws`],
    mustListen: true,
    lan: false,
    // The library takes loopback for no network unless it is bound to it.
    direct: await openDirect({ stun: [], bindAddress: LOOPBACK }),
  });
  await node.start();
  const address = parseRelayAddress(relay);
  if (!address) throw new RangeError('no relay');
  const relays = new Relays(node, reservations, systemClock, systemRandom, () => undefined);
  relays.add([address]);
  while (!node.getMultiaddrs().some((own) => own.toString().includes('/p2p-circuit'))) {
    await new Promise((resolve) =>
      node.addEventListener('self:peer:update', resolve, { once: true }),
    );
  }
  return node;
}

export function benchChannel(stream: Stream): FrameChannel {
  return frameChannel(stream, FRAME_BYTES_MAX);
}

/** The other end, in a process of its own: answers every frame until it is killed. */
export async function networkPeer([relay = '']: readonly string[]): Promise<void> {
  const node = await benchNode(new Uint8Array(32).fill(2), relay);
  await node.handle(
    BENCH_PROTOCOL,
    (stream) => {
      void answer(benchChannel(stream)).catch(() => undefined);
    },
    { runOnLimitedConnection: true },
  );
  const addresses = node.getMultiaddrs().map((address) => address.toString());
  console.log(JSON.stringify({ peerId: node.peerId.toString(), addresses }));
}

async function answer(channel: FrameChannel): Promise<void> {
  for (let frame = await channel.read(); frame; frame = await channel.read()) {
    await channel.write(frame[0] === ECHO ? frame : frame.subarray(0, 1));
  }
}
