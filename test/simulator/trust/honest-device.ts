import { utf8 } from '../../../main/helpers/bytes.ts';
import { BodyAdmission } from '../../../main/device/admission/body-admission.ts';
import { DeviceAdmission } from '../../../main/device/admission/device-admission.ts';
import { Agreements } from '../../../main/device/agreements.ts';
import { ContentKeyKeeper } from '../../../main/device/content-key-keeper.ts';
import { DeviceListKeeper } from '../../../main/device/device-list-keeper.ts';
import { SealedBodies } from '../../../main/device/sealed-bodies.ts';
import { DeviceGroup } from '../../../main/group/device-group.ts';
import { coalesced } from '../../../main/helpers/coalesced.ts';
import type { DeviceList } from '../../../main/identity/device-list.ts';
import type { EpochId } from '../../../main/identity/content-key.ts';
import type { DeviceKeys } from '../../../main/identity/keys.ts';
import { epochOfBody } from '../../../main/identity/sealing.ts';
import { createMemorySyncStore, type MemorySyncStore } from '../../../main/mvds/memory-store.ts';
import type { GroupId, Message, MessageId, PeerId } from '../../../main/mvds/types.ts';
import { Orchestrator } from '../../../main/sync/orchestrator.ts';
import type { SimulatedNetwork } from '../orchestration/network.ts';
import type { WorldClock } from '../orchestration/world-clock.ts';
import { SeededRandom } from '../random.ts';

/** A text that a device wrote, and what it knew then. */
export interface WrittenText {
  readonly id: MessageId;
  readonly body: string;
  readonly epoch: EpochId | undefined;
  readonly knewRemoved: ReadonlySet<PeerId>;
}

/** A device that keeps to the rules: the real list, keys, admission and orchestration, over a store in memory. */
export class HonestDevice {
  readonly keys: DeviceKeys;
  readonly store: MemorySyncStore = createMemorySyncStore();
  readonly written: WrittenText[] = [];
  readonly errors: unknown[] = [];
  readonly keeper: DeviceListKeeper;
  readonly contentKeys: ContentKeyKeeper;
  readonly #group: DeviceGroup;
  readonly #bodies: SealedBodies;
  readonly #admission: DeviceAdmission;
  readonly #clock: WorldClock;
  readonly #network: SimulatedNetwork;
  readonly #random: SeededRandom;
  #sync: Orchestrator | undefined;
  #confirmed: DeviceList | undefined;

  constructor(keys: DeviceKeys, clock: WorldClock, network: SimulatedNetwork, seed: number) {
    this.keys = keys;
    this.#clock = clock;
    this.#network = network;
    this.#random = new SeededRandom(seed);
    const randomBytes = (length: number) => this.#random.bytes(length);
    const settings = new Map<string, unknown>();
    const settingStore = {
      get: async (key: string) => settings.get(key),
      set: async (key: string, value: unknown) => void settings.set(key, value),
    };
    const bodyAdmission = new BodyAdmission({
      open: (message) => this.#bodies.open(message),
      isNamed: (epoch) => this.contentKeys.names(epoch),
      onAdmitted: (epoch) => this.contentKeys.count(epoch),
      isMailbox: () => false,
      roleOf: (peer) => this.keeper.list?.members.get(peer)?.role,
      now: () => this.#now(),
    });
    this.#admission = new DeviceAdmission(bodyAdmission);
    this.#group = new DeviceGroup(keys.peerId);
    const { messages } = this.store;
    this.keeper = new DeviceListKeeper({
      ...{ keys, messages, group: this.#group, settings: settingStore },
      admission: this.#admission,
      onChange: () => undefined,
    });
    this.contentKeys = new ContentKeyKeeper({
      ...{ keys, messages, settings: settingStore, randomBytes },
      list: () => this.keeper.list,
      now: () => this.#now(),
      onError: (error) => this.errors.push(error),
      onStored: (entries) => this.#admission.followKeyLog(entries),
      append: this.append,
    });
    this.#bodies = new SealedBodies({
      ...{ self: keys.peerId, contentKeys: this.contentKeys, append: this.append, randomBytes },
      list: () => this.keeper.list,
    });
  }

  get peerId(): PeerId {
    return this.keys.peerId;
  }

  get sync(): Orchestrator {
    if (!this.#sync) throw new Error('not started');
    return this.#sync;
  }

  readonly append = (groupId: GroupId, timestamp: bigint, body: Uint8Array): Promise<Message> =>
    this.sync.append(groupId, timestamp, body);

  async start(): Promise<void> {
    const agreements = new Agreements({
      onAgreed: () => undefined,
      onAgreeing: (peer) => this.#agrees(peer),
    });
    this.#sync = await Orchestrator.open({
      store: this.store,
      storeId: Buffer.from(this.keys.seed.subarray(0, 16)).toString('hex'),
      transport: this.#network.attach(this.peerId),
      ...{ group: this.#group, clock: this.#clock, random: this.#random },
      admission: this.#admission,
      onDelivered: (messages) => {
        const { texts } = this.keeper.conversationGroups ?? {};
        if (messages.some(({ groupId }) => groupId !== texts)) this.#run(this.#readLogs());
      },
      onError: (error) => this.errors.push(error),
    });
    this.#sync.subscribe((peers) => agreements.follow(peers));
    await this.#sync.start();
  }

  /** Puts this device on a list of which the entries are given, or makes one. */
  async adopt(entries: readonly Uint8Array[]): Promise<void> {
    await this.keeper.adopt(this.append, entries);
    await this.contentKeys.load();
  }

  async add(device: {
    readonly peerId: PeerId;
    readonly name: string;
    readonly role: 'device' | 'mailbox';
  }): Promise<void> {
    const at = this.#now();
    await this.keeper.add(this.append, { ...device, system: 'Linux', at });
    await this.#readLogs();
  }

  async remove(peerId: PeerId): Promise<void> {
    await this.keeper.remove(this.append, { peerId, at: this.#now() });
    await this.contentKeys.refresh();
    await this.contentKeys.current();
  }

  async settle(kept: PeerId, lost: PeerId): Promise<void> {
    await this.keeper.settle(this.append, { kept, lost, at: this.#now() });
    await this.#readLogs();
  }

  async learn(entries: readonly Uint8Array[]): Promise<void> {
    await this.keeper.learn(this.append, entries);
    await this.#readLogs();
  }

  /** Writes a text, where it may: what removed devices there are for it is written down. */
  async write(body: string): Promise<void> {
    const { list, conversationGroups } = this.keeper;
    if (!list?.members.has(this.peerId) || !conversationGroups) return;
    const knewRemoved = new Set(list.removed.keys());
    const timestamp = BigInt(this.#now());
    const message = await this.#bodies.append(conversationGroups.texts, timestamp, () =>
      utf8(body),
    );
    const epoch = epochOfBody(message.body);
    this.written.push({ id: message.id, body, epoch, knewRemoved });
  }

  /** The texts that a person can read here. */
  async readable(): Promise<ReadonlySet<string>> {
    const { texts } = this.keeper.conversationGroups ?? {};
    const stored = await this.store.messages.arrivedAfter(0, Infinity);
    const bodies = stored
      .filter(({ groupId, delivered }) => groupId === texts && delivered)
      .map((message) => this.#bodies.open(message));
    return new Set(
      bodies.map((opened) =>
        opened.kind === 'opened' ? Buffer.from(opened.body).toString() : '?',
      ),
    );
  }

  async stored(groupId: GroupId): Promise<readonly Message[]> {
    const stored = await this.store.messages.arrivedAfter(0, Infinity);
    return stored.filter((message) => message.groupId === groupId);
  }

  /** Whole milliseconds, as of every clock but that of a simulated world. */
  #now(): number {
    return Math.round(this.#clock.now());
  }

  #agrees(peer: PeerId): void {
    const { list } = this.keeper;
    if (list?.members.get(peer)?.role !== 'device' || list === this.#confirmed) return;
    this.#confirmed = list;
    this.#run(this.keeper.confirm(this.append, this.#now()));
  }

  readonly #readLogs = coalesced(async () => {
    await this.keeper.refresh();
    await this.contentKeys.refresh();
    await this.contentKeys.tend();
    await this.sync.readmit();
  });

  #run(work: Promise<void>): void {
    work.catch((error: unknown) => this.errors.push(error));
  }
}
