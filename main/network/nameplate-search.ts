import { peerIdFromString } from '@libp2p/peer-id';
import type { Connection, Libp2p, PeerId as Libp2pPeerId } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import { parsePeerId } from '../helpers/peer-id.ts';
import type { PeerId } from '../mvds/types.ts';
import {
  DEVICES_ASKED_MAX,
  DEVICE_DIAL_TIMEOUT_MS,
  NAMEPLATE_CANDIDATES_MAX,
} from './constants.ts';
import type { Gate } from './gate.ts';
import { peerIn } from './multiaddrs.ts';
import type { Nameplate } from './nameplate.ts';
import { pathOf } from './path.ts';
import type { Relays } from './relays.ts';
import { askWhose } from './rendezvous-client.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:nameplate-search');

/** A device that is said to have a nameplate. Only the words of the code show whether that is true. */
export interface NameplateCandidate {
  readonly peerId: PeerId;
  /** Binary multiaddrs that end in its PeerId; through the relay that named it where `via` is 'relay'. */
  readonly addresses: readonly Uint8Array[];
  readonly via: 'lan' | 'relay';
}

/** One that was asked, or was to be asked, and named no device. */
export interface TriedSource {
  readonly kind: 'lan' | 'relay';
  /** A multiaddr, as text. */
  readonly address: string;
  readonly outcome: 'unknown-nameplate' | 'unreachable' | 'no-rendezvous' | 'limited';
}

type Outcome = TriedSource['outcome'] | 'found';

/** One search for the device that a nameplate stands for. It begins at once and ends with its signal. */
export class NameplateSearch {
  readonly #node: Libp2p;
  readonly #gate: Gate;
  readonly #relays: Relays;
  readonly #self: PeerId;
  readonly #nameplate: Nameplate;
  readonly #over = new AbortController();
  readonly #askedDevices = new Set<string>();
  readonly #askedRelays = new Map<string, Outcome>();
  readonly #relaysBeingAsked = new Set<string>();
  readonly #triedDevices: TriedSource[] = [];
  readonly #named = new Set<PeerId>();
  readonly #found: NameplateCandidate[] = [];
  readonly #firstAsked: Promise<void>;
  #wake: () => void = () => undefined;

  constructor(
    node: Libp2p,
    gate: Gate,
    relays: Relays,
    self: PeerId,
    nameplate: Nameplate,
    signal: AbortSignal,
  ) {
    this.#node = node;
    this.#gate = gate;
    this.#relays = relays;
    this.#self = self;
    this.#nameplate = nameplate;
    this.#over.signal.addEventListener('abort', () => this.#stop());
    signal.addEventListener('abort', () => this.#over.abort(), { signal: this.#over.signal });
    if (signal.aborted) this.#over.abort();
    this.#firstAsked = signal.aborted ? Promise.resolve() : this.#start();
  }

  /**
   * The devices found, as they are found, until the signal aborts; leaving the loop ends the search too. The same device
   * comes once for each way it was found by. To be read by one reader.
   */
  async *candidates(): AsyncGenerator<NameplateCandidate, void, undefined> {
    try {
      for (;;) {
        const candidate = this.#found.shift();
        if (candidate) yield candidate;
        else if (this.#over.signal.aborted) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#over.abort();
    }
  }

  /** All that have named no device so far; one that has not answered yet counts as not reached. */
  tried(): readonly TriedSource[] {
    const relays = this.#relays.known().flatMap(({ peerId, address }): TriedSource[] => {
      const outcome = this.#askedRelays.get(peerId) ?? 'unreachable';
      return outcome === 'found' ? [] : [{ kind: 'relay', address: address.toString(), outcome }];
    });
    return [...relays, ...this.#triedDevices];
  }

  /** Resolves once all relays that are connected and all devices known at the start have answered, or will not. */
  async asked(): Promise<void> {
    await this.#firstAsked;
  }

  readonly #onConnection = ({ detail }: CustomEvent<Connection>) => {
    void this.#meet(detail.remotePeer);
  };
  readonly #onDiscovery = ({ detail }: CustomEvent<{ readonly id: Libp2pPeerId }>) => {
    void this.#meet(detail.id);
  };

  async #start(): Promise<void> {
    this.#node.addEventListener('connection:open', this.#onConnection);
    this.#node.addEventListener('peer:discovery', this.#onDiscovery);
    const connected = this.#node.getConnections().map(({ remotePeer }) => this.#meet(remotePeer));
    const stored = await this.#node.peerStore.all();
    await Promise.all([...connected, ...stored.map(({ id }) => this.#meet(id))]);
  }

  #stop(): void {
    this.#node.removeEventListener('connection:open', this.#onConnection);
    this.#node.removeEventListener('peer:discovery', this.#onDiscovery);
    this.#wake();
  }

  /** A peer is there, or may be: asks it, once. */
  async #meet(peer: Libp2pPeerId): Promise<void> {
    const id = parsePeerId(peer.toString());
    if (!id || id === this.#self || this.#over.signal.aborted) return;
    if (this.#gate.isRemoved(id)) return;
    await (this.#gate.isRelay(id) ? this.#askRelay(id) : this.#askDevice(id));
  }

  async #askRelay(relay: PeerId): Promise<void> {
    const connection = this.#connectionTo(relay);
    const address = this.#relays.known().find(({ peerId }) => peerId === relay)?.address;
    const before = this.#askedRelays.get(relay);
    // One that was lost is asked again once it is back; the others have answered.
    if (!connection || !address || (before !== undefined && before !== 'unreachable')) return;
    if (this.#relaysBeingAsked.has(relay)) return;
    this.#relaysBeingAsked.add(relay);
    const answer = await askWhose(connection, this.#nameplate, this.#over.signal);
    this.#relaysBeingAsked.delete(relay);
    this.#askedRelays.set(relay, typeof answer === 'string' ? answer : 'found');
    if (typeof answer === 'string') return;
    const way = address.encapsulate(`/p2p-circuit/p2p/${answer.peerId}`);
    this.#add({ peerId: answer.peerId, addresses: [way.bytes], via: 'relay' });
  }

  async #askDevice(peer: PeerId): Promise<void> {
    if (this.#askedDevices.has(peer) || this.#askedDevices.size >= DEVICES_ASKED_MAX) return;
    this.#askedDevices.add(peer);
    // At once, before anything is waited for: the library dials whatever is discovered, to see if it is a relay.
    this.#gate.setAsked(peer, true);
    try {
      await this.#askAllowed(peer);
    } finally {
      this.#gate.setAsked(peer, false);
    }
  }

  async #askAllowed(peer: PeerId): Promise<void> {
    const open = this.#connectionTo(peer);
    const addresses = await this.#addressesOf(peer, open);
    const address = open?.remoteAddr ?? addresses[0];
    if (!address) {
      // Asked once it is known where it is.
      this.#askedDevices.delete(peer);
      return;
    }
    const connection = open ?? (await this.#dial(addresses));
    const answer = connection
      ? await askWhose(connection, this.#nameplate, this.#over.signal)
      : 'unreachable';
    // Closed before it is named: whoever connects to it then has a connection of their own.
    if (!open && !this.#gate.isWayToInviter(peer)) await connection?.close().catch(ignored);
    const isNamed = typeof answer !== 'string';
    // A device answers for itself alone.
    if (isNamed && answer.peerId === peer) {
      this.#add({ peerId: peer, addresses: addresses.map(({ bytes }) => bytes), via: 'lan' });
    } else {
      const outcome = isNamed ? 'unknown-nameplate' : answer;
      this.#triedDevices.push({ kind: 'lan', address: address.toString(), outcome });
    }
  }

  #connectionTo(peer: PeerId): Connection | undefined {
    return this.#node
      .getConnections(peerIdFromString(peer))
      .find((connection) => connection.status === 'open' && pathOf(connection) !== 'relay');
  }

  async #addressesOf(peer: PeerId, open: Connection | undefined): Promise<Multiaddr[]> {
    const stored = await this.#node.peerStore.get(peerIdFromString(peer)).catch(ignored);
    // The port of a connection that the other side has made leads nowhere.
    const dialled = open?.direction === 'outbound' ? [open.remoteAddr] : [];
    const all = [...dialled, ...(stored?.addresses ?? []).map(({ multiaddr }) => multiaddr)]
      .filter((address) => !address.getComponents().some(({ name }) => name === 'p2p-circuit'))
      .map((address) => (peerIn(address) === peer ? address : address.encapsulate(`/p2p/${peer}`)));
    return all.filter((address, index) => all.findIndex((one) => one.equals(address)) === index);
  }

  async #dial(addresses: Multiaddr[]): Promise<Connection | undefined> {
    // Once more, as the first may have been joined to one of the library's own that was refused before the search; it is
    // then refused as well, or never settled (libp2p 3.3.11).
    for (let attempt = 0; attempt < 2 && !this.#over.signal.aborted; attempt++) {
      const timeout = AbortSignal.timeout(DEVICE_DIAL_TIMEOUT_MS);
      const signal = AbortSignal.any([this.#over.signal, timeout]);
      const connection = await this.#node.dial(addresses, { signal }).catch(ignored);
      if (connection) return connection;
    }
    return undefined;
  }

  #add(candidate: NameplateCandidate): void {
    const { peerId } = candidate;
    if (peerId === this.#self || this.#over.signal.aborted) return;
    if (!this.#named.has(peerId) && this.#named.size >= NAMEPLATE_CANDIDATES_MAX) return;
    this.#named.add(peerId);
    this.#found.push(candidate);
    this.#wake();
  }
}
