import { onTestFinished } from 'vitest';
import { systemClock, systemRandom } from '../../main/helpers/clock.ts';
import type { PeerId } from '../../main/mvds/types.ts';
import { Network } from '../../main/network/network.ts';
import type { NetworkOptions } from '../../main/network/network.ts';
import { startRelayServer } from '../../main/network/relay-server.ts';
import type { Path, Session } from '../../main/sync/ports.ts';
import { keysOf } from '../helpers/identities.ts';

/** WebRTC does not look at loopback unless told to. */
export const LOOPBACK = '127.0.0.1';

/** A device's network whose sessions answer every frame with the same frame, as long as they last. */
export class Echoing {
  readonly network: Network;
  readonly peerId: PeerId;
  readonly sessions: Session[] = [];
  #wake: () => void = () => undefined;

  private constructor(network: Network, peerId: PeerId) {
    this.network = network;
    this.peerId = peerId;
    network.onSession((session) => {
      this.sessions.push(session);
      this.#wake();
    });
  }

  static async start(number: number, options: Partial<NetworkOptions> = {}): Promise<Echoing> {
    const keys = keysOf(number);
    const network = await Network.create({
      keys,
      listen: [],
      mustListen: true,
      relays: [],
      lan: false,
      direct: { stun: [], bindAddress: LOOPBACK },
      clock: systemClock,
      random: systemRandom,
      onRelayChange: () => undefined,
      ...options,
    });
    const started = new Echoing(network, keys.peerId);
    await network.start();
    onTestFinished(() => network.stop());
    return started;
  }

  /** The first session from number `from` on that goes over `path`. */
  async sessionOver(path: Path, from = 0): Promise<Session> {
    for (;;) {
      const session = this.sessions.slice(from).find((candidate) => candidate.path === path);
      if (session) return session;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

export async function relayOf(number = 9): Promise<{ address: string; stop(): Promise<void> }> {
  const relay = await startRelayServer(keysOf(number).seed, ['/ip4/127.0.0.1/tcp/0']);
  onTestFinished(() => relay.stop());
  return { address: relay.addresses[0] ?? '', stop: () => relay.stop() };
}

export function wantEachOther(...devices: readonly Echoing[]): void {
  for (const { network, peerId } of devices) {
    const others = devices.map((device) => device.peerId).filter((other) => other !== peerId);
    network.want(new Set(others));
  }
}
