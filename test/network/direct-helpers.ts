import type { Connection, Libp2p } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import { pEvent } from 'p-event';
import { onTestFinished } from 'vitest';
import { systemClock, systemRandom } from '../../main/helpers/clock.ts';
import type { PeerId } from '../../main/mvds/types.ts';
import { openDirect } from '../../main/network/direct.ts';
import type { DirectOptions } from '../../main/network/direct-options.ts';
import { Gate } from '../../main/network/gate.ts';
import { Members } from '../../main/network/members.ts';
import { Heartbeats } from '../../main/network/heartbeat.ts';
import { isRelayed } from '../../main/network/multiaddrs.ts';
import { createDeviceNode } from '../../main/network/node.ts';
import { pathOf } from '../../main/network/path.ts';
import { startRelayServer } from '../../main/network/relay-server.ts';
import { Relays } from '../../main/network/relays.ts';
import { Reservations } from '../../main/network/reservations.ts';
import { Sessions } from '../../main/network/sessions.ts';
import { Upgrades } from '../../main/network/upgrades.ts';
import type { Path, Session } from '../../main/sync/ports.ts';
import { keysOf } from '../helpers/identities.ts';

/** WebRTC does not look at loopback unless told to. */
const ON_LOOPBACK: DirectOptions = { stun: [], bindAddress: '127.0.0.1' };

interface PartsOptions {
  readonly relays?: readonly string[];
  readonly listen?: readonly string[];
  readonly upgrades?: boolean;
}

/** What a network keeps members connected by, with its node at hand. */
export class Parts {
  readonly node: Libp2p;
  readonly members: Members;
  readonly peerId: PeerId;
  readonly sessions: Session[] = [];
  readonly #gate: Gate;
  #wake: () => void = () => undefined;

  private constructor(node: Libp2p, members: Members, sessions: Sessions, gate: Gate) {
    this.node = node;
    this.members = members;
    this.#gate = gate;
    this.peerId = node.peerId.toString() as PeerId;
    sessions.onSession((session) => {
      this.sessions.push(session);
      this.#wake();
    });
  }

  static async start(
    number: number,
    { relays: addresses = [], listen = [], upgrades: upgrades = true }: PartsOptions,
  ): Promise<Parts> {
    const { seed, peerId } = keysOf(number);
    const direct = await openDirect(ON_LOOPBACK);
    const gate = new Gate();
    const reservations = new Reservations();
    const node = await createDeviceNode({
      ...{ seed, listen, gate, direct, reservations },
      ...{ mustListen: true, lan: false },
    });
    const [clock, random] = [systemClock, systemRandom];
    const heartbeats = new Heartbeats(clock);
    const relays = new Relays(node, reservations, clock, random, () => members.retryAll());
    await heartbeats.start(node, gate);
    const sessions = new Sessions(node, gate, peerId, heartbeats, (session) =>
      members.sessionEnded(session),
    );
    const own = upgrades ? new Upgrades(node, clock, random) : undefined;
    const members = new Members(node, relays, sessions, own, { clock, random });
    relays.add(addresses.map((address) => multiaddr(address)));
    gate.setRelays(relays.peerIds());
    const parts = new Parts(node, members, sessions, gate);
    await sessions.start();
    await node.start();
    relays.start();
    onTestFinished(async () => {
      relays.stop();
      members.stop();
      await node.stop();
      direct.release();
    });
    return parts;
  }

  /** Lets another device in, and does nothing about it. */
  admit({ peerId }: Parts): void {
    this.#gate.setMembers(new Set([peerId]));
  }

  want(other: Parts): void {
    this.admit(other);
    this.members.want(new Set([other.peerId]), new Set());
    this.members.retryAll();
  }

  /**
   * Connects by WebRTC, whatever else there is. One attempt in a hundred fails in the library, after six seconds, and several
   * on a busy machine; see `upgrades.ts`.
   */
  async dialDirectly({ peerId }: Parts, relay: string): Promise<void> {
    const address = multiaddr(`${relay}/p2p-circuit/webrtc/p2p/${peerId}`);
    for (;;) {
      const connection = await this.node.dial(address, { force: true }).catch(() => undefined);
      if (connection) return;
    }
  }

  /** Resolves once it can be reached through a relay. */
  async isReserved(): Promise<void> {
    while (!this.node.getMultiaddrs().some(isRelayed)) await pEvent(this.node, 'self:peer:update');
  }

  connectionsTo({ peerId }: Parts): Connection[] {
    return this.node
      .getConnections(peerIdFromString(peerId))
      .filter(({ status }) => status === 'open');
  }

  /** Resolves once there is exactly one connection to the other device, with a session on it, by this path. */
  async onlyConnectionTo(other: Parts, path: Path): Promise<Connection> {
    for (;;) {
      const [connection, ...more] = this.connectionsTo(other);
      const isOver = connection && pathOf(connection) === path && more.length === 0;
      if (isOver && this.sessions.at(-1)?.path === path) return connection;
      await Promise.race([
        pEvent(this.node, ['connection:open', 'connection:close']),
        new Promise<void>((resolve) => (this.#wake = resolve)),
      ]);
    }
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
