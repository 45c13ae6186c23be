import type { Libp2p } from '@libp2p/interface';
import { WebRTC } from '@multiformats/multiaddr-matcher';
import { pEvent } from 'p-event';
import type { Clock, Random } from '../helpers/clock.ts';
import type { SigningKeys } from '../identity/keys.ts';
import type { PeerId } from '../mvds/types.ts';
import type { Session, Transport } from '../sync/ports.ts';
import { RESERVATION_WAIT_MS } from './constants.ts';
import { Diagnosis } from './diagnosis.ts';
import type { Found } from './diagnosis.ts';
import { openDirect } from './direct.ts';
import type { DirectOptions } from './direct-options.ts';
import type { Direct } from './direct.ts';
import { Gate } from './gate.ts';
import { Heartbeats } from './heartbeat.ts';
import { toListenError } from './listen.ts';
import { Members } from './members.ts';
import { multiaddrsOf, parseRelayAddress, peerIn } from './multiaddrs.ts';
import type { Nameplate } from './nameplate.ts';
import type { NameplateSearch } from './nameplate-search.ts';
import { createDeviceNode } from './node.ts';
import type { DeviceNode } from './node.ts';
import type { NodeMetrics } from './node-metrics.ts';
import { Notices } from './notices.ts';
import type { Notice, NoticeSource } from './notices.ts';
import { PairingProtocol } from './pairing.ts';
import type { PairingChannel } from './pairing.ts';
import { Relays } from './relays.ts';
import type { RelayState, RelayStatus } from './relays.ts';
import { Rendezvous } from './rendezvous.ts';
import type { ClaimedNameplate } from './rendezvous.ts';
import { Reservations } from './reservations.ts';
import { Sessions } from './sessions.ts';
import { Upgrades } from './upgrades.ts';
import type { UpnpOptions } from './upnp.ts';
import { debugLog } from '../log/debug-log.ts';

const ignored = debugLog('network:network');

export interface NetworkOptions {
  readonly keys: SigningKeys;
  /** Multiaddrs to listen on, beside the relays. */
  readonly listen: readonly string[];
  /** Whether `start` rejects with `ListenError` where one of them cannot be listened on. */
  readonly mustListen: boolean;
  /** Multiaddrs that end in /p2p/ and a PeerId. */
  readonly relays: readonly string[];
  readonly lan: boolean;
  /** Default: no direct connections by WebRTC. */
  readonly direct?: DirectOptions | undefined;
  /** Default: no router is asked for anything. */
  readonly upnp?: UpnpOptions | undefined;
  /** Told what libp2p does. Default: nobody is. */
  readonly nodeMetrics?: NodeMetrics | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly onRelayChange: () => void;
  /** Told in a sentence what does not work on this computer, and is done without. Default: nobody. */
  readonly onNotice?: (text: string) => void;
}

/** Everything that Reunion does over libp2p. */
export class Network implements Transport {
  readonly #node: Libp2p;
  readonly #gate: Gate;
  readonly #relays: Relays;
  readonly #heartbeats: Heartbeats;
  readonly #sessions: Sessions;
  readonly #members: Members;
  readonly #notices: Notices;
  readonly #rendezvous: Rendezvous;
  readonly #pairing: PairingProtocol;
  readonly #diagnosis: Diagnosis;
  readonly #direct: Direct | undefined;

  private constructor(
    node: DeviceNode,
    gate: Gate,
    direct: Direct | undefined,
    reservations: Reservations,
    options: NetworkOptions,
  ) {
    const { clock, random } = options;
    this.#node = node;
    this.#gate = gate;
    this.#direct = direct;
    this.#heartbeats = new Heartbeats(clock);
    this.#relays = new Relays(node, reservations, clock, random, () => {
      this.#members.retryAll();
      this.#notices.tellAll();
      options.onRelayChange();
    });
    const { peerId } = options.keys;
    this.#sessions = new Sessions(node, gate, peerId, this.#heartbeats, (session) =>
      this.#members.sessionEnded(session),
    );
    const upgrades = direct && new Upgrades(node, clock, random);
    this.#members = new Members(node, this.#relays, this.#sessions, upgrades, {
      clock,
      random,
    });
    this.#notices = new Notices(node, gate, clock, (peer) => this.#members.dial(peer));
    this.#rendezvous = new Rendezvous(node, gate, this.#relays, clock, options.keys.peerId);
    this.#diagnosis = new Diagnosis(node, clock, (peer) => this.#members.addressesOf(peer));
    this.#pairing = new PairingProtocol(node, gate, clock);
    this.addRelays(options.relays);
  }

  /** Not connected to anything until `start`. */
  static async create(options: NetworkOptions): Promise<Network> {
    const gate = new Gate();
    const direct = await openDirectIfPossible(options);
    const reservations = new Reservations();
    const node = await createDeviceNode({
      reservations,
      seed: options.keys.seed,
      listen: options.listen,
      mustListen: options.mustListen,
      lan: options.lan,
      direct,
      upnp: options.upnp,
      nodeMetrics: options.nodeMetrics,
      gate,
    });
    return new Network(node, gate, direct, reservations, options);
  }

  async start(): Promise<void> {
    await this.#heartbeats.start(this.#node, this.#gate);
    await this.#sessions.start();
    await this.#notices.start();
    await this.#rendezvous.start();
    await this.#diagnosis.start(this.#gate);
    await this.#pairing.start();
    try {
      await this.#node.start();
    } catch (error) {
      throw toListenError(error);
    }
    this.#relays.start();
    this.#members.retryAll();
    this.#notices.tellAll();
  }

  async stop(): Promise<void> {
    this.#relays.stop();
    this.#members.stop();
    this.#rendezvous.stop();
    this.#pairing.stop();
    await this.#node.stop();
    this.#direct?.release();
  }

  /** Open connections: with devices, relays, and whoever is about to be judged. */
  get connections(): number {
    return this.#node.getConnections().length;
  }

  want(keep: ReadonlySet<PeerId>, accept: ReadonlySet<PeerId> = new Set()): void {
    this.#gate.setMembers(new Set([...keep, ...accept]));
    this.#members.want(keep, accept);
  }

  retry(peerId: PeerId): void {
    this.#members.retry(peerId);
  }

  /** Something has changed for the better, as the network of this computer: tries whatever waits, at once. */
  retryAll(): void {
    if (this.#node.status !== 'started') return;
    this.#relays.retryAll();
    this.#members.retryAll();
  }

  /** Drops all connections, of which none is alive although nothing has told of that: the computer has slept. */
  dropConnections(): void {
    for (const connection of this.#node.getConnections()) {
      connection.abort(new Error('the computer has slept'));
    }
  }

  /** On a battery: waits longer between attempts, and leaves a relay for nothing that costs more to keep. */
  savePower(saves: boolean): void {
    this.#members.savePower(saves);
  }

  onSession(listener: (session: Session) => void): void {
    this.#sessions.onSession(listener);
  }

  /** How long a member takes to answer, milliseconds; undefined while that is not known. */
  roundTrip(peerId: PeerId): number | undefined {
    return this.#sessions.roundTrip(peerId);
  }

  relays(): readonly RelayStatus[] {
    return this.#relays.status();
  }

  /** Uses further relays; those already in use and those whose address names no PeerId are passed over. */
  addRelays(addresses: readonly string[]): void {
    this.#relays.add(addresses.map(parseRelayAddress).filter((address) => address !== undefined));
    this.#gate.setRelays(this.#relays.peerIds());
  }

  /** Uses a relay no longer; one that is not in use is passed over. */
  async removeRelay(address: string): Promise<void> {
    const relay = parseRelayAddress(address);
    const peerId = relay && peerIn(relay);
    if (peerId === undefined) return;
    const removed = this.#relays.remove(peerId);
    // Before it is hung up on, so that it is not let in again at once.
    this.#gate.setRelays(this.#relays.peerIds());
    await removed;
  }

  /** Where to look for a peer, as binary multiaddrs; what is none is passed over. */
  learnAddresses(peer: PeerId, addresses: readonly Uint8Array[]): void {
    this.#members.learn(peer, multiaddrsOf(addresses));
  }

  /**
   * Where other devices can reach this one, as binary multiaddrs. Waits a few seconds for a relay that is still being
   * connected to. Empty where there is no way in.
   */
  async reachableAt(): Promise<Uint8Array[]> {
    const deadline = AbortSignal.timeout(RESERVATION_WAIT_MS);
    while (this.#awaitsReservation() && !deadline.aborted) {
      await pEvent(this.#node, 'self:peer:update', { signal: deadline }).catch(ignored);
    }
    // Where a direct connection is arranged follows from where the device is reached through a relay.
    return this.#node
      .getMultiaddrs()
      .filter((address) => !WebRTC.matches(address))
      .map(({ bytes }) => bytes);
  }

  /**
   * Takes a nameplate of 4 digits that leads to this device, at all connected relays and on the local network; one taken
   * before is released. Strangers can ask for it while `acceptPairing` lets them in. Rejects with `NoNameplateError`.
   */
  async claimNameplate(random: Random): Promise<ClaimedNameplate> {
    return this.#rendezvous.claim(random);
  }

  /** Asks all relays and all devices on the local network, also those that appear until `signal` aborts. */
  findNameplate(nameplate: Nameplate, signal: AbortSignal): NameplateSearch {
    return this.#rendezvous.find(nameplate, signal);
  }

  /** While `handler` is set, devices that are no members may open the pairing protocol, and rendezvous, and nothing else. */
  acceptPairing(handler: ((pairing: PairingChannel) => void) | undefined): void {
    this.#pairing.accept(handler);
  }

  /** A person is being asked about a device that pairs: its connection stays meanwhile. */
  keepWaiting(peer: PeerId): void {
    this.#pairing.keepWaiting(peer);
  }

  /** How a member is reached, or what keeps it from being reached: see `Diagnosis.examine`. */
  async examine(peer: PeerId): Promise<Found> {
    return this.#diagnosis.examine(peer);
  }

  /** Where this device can be called at this moment, as text. */
  ownAddresses(): string[] {
    return this.#node.getMultiaddrs().map((address) => address.toString());
  }

  /** Tells devices that were removed what has become of them, as soon as they can be reached. */
  tell(source: NoticeSource): void {
    this.#notices.tell(source);
  }

  /** `listener` gets what members, and those of `from`, have to tell this device though it may not belong to them. */
  onNotice(listener: (peer: PeerId, notice: Notice) => Promise<Notice>): void {
    this.#notices.onNotice(listener);
  }

  acceptNotices(from: ReadonlySet<PeerId>): void {
    this.#gate.setNotifiers(from);
  }

  /** Opens the pairing protocol to an inviter. Rejects where none of the addresses leads to it. */
  async connectToInviter(peer: PeerId, addresses: readonly Uint8Array[]): Promise<PairingChannel> {
    return this.#pairing.connect(peer, addresses);
  }

  /** Ends what `connectToInviter` began; a connection to a device that became a member is kept. */
  async leaveInviter(peer: PeerId): Promise<void> {
    await this.#pairing.leave(peer);
  }

  #awaitsReservation(): boolean {
    const awaited: readonly RelayState[] = ['connecting', 'connected', 'limiting'];
    const expected = this.#relays.status().some(({ state }) => awaited.includes(state));
    const reserved = this.#node
      .getMultiaddrs()
      .some((address) => address.toString().includes('/p2p-circuit'));
    return expected && !reserved;
  }
}

async function openDirectIfPossible(options: NetworkOptions): Promise<Direct | undefined> {
  if (!options.direct) return undefined;
  try {
    return await openDirect(options.direct);
  } catch (error) {
    options.onNotice?.(`There are no direct connections: ${(error as Error).message}`);
    return undefined;
  }
}
