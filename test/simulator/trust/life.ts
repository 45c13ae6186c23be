import { ContentKeyring } from '../../../main/identity/content-keyring.ts';
import {
  addDevice,
  contentKeyGroup,
  conversationGroup,
  conversationNameGroup,
  createDeviceList,
  deviceListGroup,
  deviceListOf,
  fileGroup,
  listIdOfEntry,
  removeDevice,
} from '../../../main/identity/device-list.ts';
import type { DeviceListId } from '../../../main/identity/device-list.ts';
import { createContentKey } from '../../../main/identity/content-key.ts';
import { signKeyEntry } from '../../../main/identity/key-entry.ts';
import type { DeviceKeys } from '../../../main/identity/keys.ts';
import type { GroupId, PeerId } from '../../../main/mvds/types.ts';
import { keysOf } from '../../helpers/identities.ts';
import { entryMessage } from '../../helpers/made-messages.ts';
import { SimulatedNetwork } from '../orchestration/network.ts';
import { WorldClock, type After } from '../orchestration/world-clock.ts';
import { SeededRandom } from '../random.ts';
import { Schedule } from '../schedule.ts';
import { HonestDevice } from './honest-device.ts';
import { HostileMailbox } from './hostile-mailbox.ts';

const SECOND = 1_000;
/** When the list was made, on every clock. */
const BEGIN_MS = 1_700_000_000_000;
const TROUBLED_MS = 90 * SECOND;
/** Virtual time after the troubles within which all honest devices must hold the same: stalled links wait longest. */
const PEACE_MS = 3 * 60 * 60 * SECOND;
const LOOK_MS = 30 * SECOND;

/** Numbers of identities: the honest ones begin at 0. */
const THIEF = 20;
const GUEST = 21;
const MAILBOX = 22;

/** Bodies like people's, each of them made unique by a number. */
const BODIES = [
  'Milk, bread, and the thing for the sink',
  'Müsli nicht vergessen!',
  '明日の会議は三時から',
  'رقم الحجز في البريد',
  'https://example.org/a?b=c#d 👩‍👩‍👧',
  'x'.repeat(3_000),
] as const;

export interface TrustResult {
  /** What was wrong, in words; nothing in a good world. */
  readonly faults: readonly string[];
  /** What came about, to see that many worlds together saw everything. */
  readonly seen: ReadonlySet<string>;
}

/**
 * Lives through the world of a seed: honest devices, some of which meet only through a mailbox that tampers with what it
 * passes on; and a device that is removed at some time and whose key goes on signing.
 */
export async function trustLifeOf(seed: number): Promise<TrustResult> {
  const life = new TrustLife(seed);
  await life.begin();
  await life.endure();
  return life.judge();
}

class TrustLife {
  readonly #random: SeededRandom;
  readonly #schedule = new Schedule();
  readonly #network: SimulatedNetwork;
  readonly #honest: HonestDevice[] = [];
  readonly #thief: DeviceKeys = keysOf(THIEF);
  readonly #seen = new Set<string>();
  readonly #faults: string[] = [];
  readonly #seed: number;
  /** Devices that were put on the list by an inviter in dispute, and could not take it over. */
  readonly #turnedAway = new Set<PeerId>();
  #mailbox!: HostileMailbox;
  #listId!: DeviceListId;
  #beginning: readonly Uint8Array[] = [];
  /** Honest devices that meet the mailbox alone. */
  #alone: ReadonlySet<PeerId> = new Set();
  #written = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = new SeededRandom(seed);
    const after: After = (delayMs, run) => this.#after(delayMs, run);
    this.#network = new SimulatedNetwork({
      ...{ random: this.#random, after },
      now: () => this.#schedule.nowMs,
      canReach: (one, other) => this.#canReach(one, other),
      onFrame: () => undefined,
      heldBy: () => 0,
    });
  }

  async begin(): Promise<void> {
    const random = this.#random;
    const count = 2 + random.below(3);
    const keys = Array.from({ length: count }, (_, number) => keysOf(number));
    // The device that is removed later may have been the first of all.
    const [first = this.#thief] = random.chance(0.4) ? [this.#thief] : keys;
    const root = createDeviceList(first, { name: 'first', system: 'Linux', at: BEGIN_MS });
    const id = listIdOfEntry(root);
    if (!id) throw new Error('the creating entry is not valid');
    this.#listId = id;
    const entries = [root];
    const mailbox = keysOf(MAILBOX).peerId;
    const isLate = first !== this.#thief && random.chance(0.5);
    for (const { peerId } of [...keys, this.#thief, { peerId: mailbox }]) {
      if (peerId === first.peerId || (isLate && peerId === this.#thief.peerId)) continue;
      const role = peerId === mailbox ? 'mailbox' : 'device';
      const at = BEGIN_MS + entries.length;
      const device = {
        peerId,
        name: `device ${entries.length}`,
        system: 'Linux',
        role,
        at,
      } as const;
      entries.push(addDevice(first, id, entries, device));
    }
    this.#beginning = entries;
    for (const each of keys) this.#honest.push(this.#device(each));
    const groups = [deviceListGroup, contentKeyGroup, conversationNameGroup, conversationGroup];
    this.#mailbox = new HostileMailbox({
      peerId: mailbox,
      clock: this.#clock(mailbox),
      network: this.#network,
      seed: this.#seed,
      mischief: {
        drop: random.pick([0, 0.1, 0.5]),
        delay: random.pick([0, 0.2]),
        replay: random.pick([0, 0.2]),
        reorder: random.pick([0, 0.5]),
        alter: random.pick([0, 0.1, 0.5]),
        inject: random.pick([0, 0.2, 0.8]),
        lie: random.pick([0, 0.5, 1]),
        withheld: random.chance(0.7) ? contentKeyGroup(id) : undefined,
      },
      groups: [...groups, fileGroup].map((groupOf) => groupOf(id)),
    });
    for (const device of this.#honest) {
      await device.start();
      await device.adopt(entries);
    }
    await this.#mailbox.start(this.#honest.map(({ peerId }) => peerId));
    await this.#settle();
    // Everybody has a content key, the thief too.
    await this.#honest[0]?.write(this.#text());
    await this.#schedule.runUntil(5 * SECOND);
    this.#alone = new Set(
      this.#honest.slice(1).flatMap(({ peerId }) => (random.chance(0.5) ? [peerId] : [])),
    );
    if (this.#alone.size > 0) this.#seen.add('alone');
    this.#network.linksChanged();
    if (isLate) await this.#letThiefIn();
  }

  /** Where it comes late, it is given the keys of epochs that began without it, and a mailbox may keep that back. */
  async #letThiefIn(): Promise<void> {
    const [inviter] = this.#honest;
    if (!inviter) return;
    this.#mailbox.withhold();
    await inviter.add({ peerId: this.#thief.peerId, name: 'late', role: 'device' });
    this.#beginning = await inviter.keeper.entries();
    this.#seen.add('late');
    await this.#schedule.runUntil(6 * SECOND);
  }

  /** The troubled time, and what makes an end of it. */
  async endure(): Promise<void> {
    const random = this.#random;
    const sometime = (): number => random.between(7 * SECOND, TROUBLED_MS);
    const honest = [...this.#honest];
    for (let texts = 3 + random.below(12); texts > 0; texts -= 1) {
      this.#later(sometime(), () => random.pick(this.#honest).write(this.#text()));
    }
    const removedAt = sometime();
    const remover = random.pick(honest);
    this.#later(removedAt, async () => {
      this.#mailbox.withhold();
      await remover.remove(this.#thief.peerId);
      this.#seen.add('removed');
      await remover.write(this.#text());
    });
    for (let forgeries = random.below(6); forgeries > 0; forgeries -= 1) {
      const at = random.between(removedAt, TROUBLED_MS + 20 * SECOND);
      this.#later(at, () => this.#forge());
    }
    if (random.chance(0.4)) this.#later(sometime(), () => this.#letIn(random.pick(honest)));
    for (let cuts = random.below(4); cuts > 0; cuts -= 1) {
      this.#later(sometime(), async () => this.#network.disturb('cut'));
    }
    await this.#schedule.runUntil(TROUBLED_MS + 30 * SECOND);
    this.#alone = new Set();
    this.#network.linksChanged();
    await this.#schedule.runUntil(this.#schedule.nowMs + 60 * SECOND);
    await this.#tellEachOther();
    const until = this.#schedule.nowMs + PEACE_MS;
    while (this.#schedule.nowMs < until && (await this.#differences()).length > 0) {
      await this.#schedule.runUntil(this.#schedule.nowMs + LOOK_MS);
    }
  }

  async judge(): Promise<TrustResult> {
    const errors = this.#honest.flatMap(({ errors: all }) =>
      all.map((error) => `bug: ${String(error)}`),
    );
    const faults = [
      ...this.#faults,
      ...(await this.#differences()),
      ...(await this.#leaks()),
      ...errors,
    ];
    for (const device of this.#honest) await device.sync.stop();
    return { faults, seen: this.#seen };
  }

  /** How honest devices differ from what they should all be. */
  async #differences(): Promise<string[]> {
    const expected = this.#honest.map(({ peerId }) => peerId).sort();
    const texts = this.#honest.flatMap(({ written }) => written.map(({ body }) => body)).sort();
    const found: string[] = [];
    for (const device of this.#honest) {
      const name = this.#name(device.peerId);
      const { list } = device.keeper;
      const devices = [...(list?.members.values() ?? [])].filter(({ role }) => role === 'device');
      const members = devices
        .map(({ peerId }) => peerId)
        .filter((peer) => !this.#turnedAway.has(peer))
        .sort();
      if (JSON.stringify(members) !== JSON.stringify(expected)) {
        found.push(`${name} has the members ${members.map((peer) => this.#name(peer)).join(', ')}`);
      }
      const readable = await device.readable();
      const missing = texts.filter((text) => !readable.has(text));
      if (missing.length > 0) found.push(`${name} cannot read ${missing.length} texts`);
      if (readable.has('?')) found.push(`${name} holds what it cannot open`);
      for (const { peerId, state, toSend } of device.sync.peers()) {
        const isHonest = this.#honest.some((other) => other.peerId === peerId);
        if (isHonest && state.kind !== 'up-to-date') {
          found.push(`${name} of ${this.#name(peerId)}: ${state.kind}, ${toSend} to send`);
        }
      }
    }
    return found;
  }

  /** Texts that the removed device can open although their writers knew of its removal. */
  async #leaks(): Promise<string[]> {
    const entries = await this.#allStored(deviceListGroup(this.#listId));
    const log = await this.#allStored(contentKeyGroup(this.#listId));
    const list = deviceListOf(this.#listId, entries);
    if (!list) return ['there is no list'];
    const ring = new ContentKeyring(this.#thief, list, log);
    const guest = new ContentKeyring(keysOf(GUEST), list, log);
    return this.#honest.flatMap(({ peerId, written }) =>
      written
        .filter(({ knewRemoved }) => knewRemoved.has(this.#thief.peerId))
        .filter(({ epoch }) => epoch && (ring.get(epoch) ?? guest.get(epoch)))
        .map(
          ({ body }) => `the removed device reads of ${this.#name(peerId)}: ${body.slice(0, 20)}`,
        ),
    );
  }

  async #allStored(group: GroupId): Promise<Uint8Array[]> {
    const all = await Promise.all(this.#honest.map((device) => device.stored(group)));
    return all.flat().map(({ body }) => body);
  }

  /** The key of the removed device, and of a guest that it lets in, signs what it likes; the mailbox hands it round. */
  async #forge(): Promise<void> {
    const random = this.#random;
    const id = this.#listId;
    const at = BEGIN_MS + random.below(1_000_000);
    const known = this.#beginning.slice(0, 2 + random.below(this.#beginning.length));
    const isOnList = deviceListOf(id, known)?.members.has(this.#thief.peerId) === true;
    const past = isOnList ? known : this.#beginning;
    const victim = random.pick(this.#honest).peerId;
    const group = deviceListGroup(id);
    const guest = { peerId: keysOf(GUEST).peerId, name: 'guest', system: 'Linux', at };
    const adds = addDevice(this.#thief, id, past, guest);
    switch (random.below(4)) {
      case 0:
        this.#seen.add('forged removal');
        await this.#plantEntry(group, removeDevice(this.#thief, id, past, { peerId: victim, at }));
        return;
      case 1:
        this.#seen.add('forged addition');
        await this.#plantEntry(group, adds);
        return;
      case 2:
        this.#seen.add('removal by a guest');
        await this.#plantEntry(group, adds);
        await this.#plantEntry(
          group,
          removeDevice(keysOf(GUEST), id, [...past, adds], { peerId: victim, at }),
        );
        return;
      default: {
        this.#seen.add('forged epoch');
        const devices = this.#honest.map(({ peerId }) => peerId);
        const key = createContentKey((length) => random.bytes(length));
        const fields = { listId: id, key, generation: 1_000, devices, excluded: [], at };
        const entry = signKeyEntry(this.#thief, fields, (length) => random.bytes(length));
        await this.#plantEntry(contentKeyGroup(id), entry);
      }
    }
  }

  #plantEntry(group: GroupId, entry: Uint8Array): Promise<void> {
    return this.#mailbox.plant(entryMessage(group, entry));
  }

  /** A device lets another one in, as pairing does. */
  async #letIn(inviter: HonestDevice): Promise<void> {
    const keys = keysOf(this.#honest.length);
    // A device that was removed, as it seems to it, has no say: pairing tells its person so.
    if (inviter.keeper.list?.removed.has(inviter.peerId) === true) return;
    await inviter.add({ peerId: keys.peerId, name: 'newcomer', role: 'device' });
    const newcomer = this.#device(keys);
    const entries = await inviter.keeper.entries();
    // While it is in dispute whether the inviter was removed, the newcomer may have to believe that it was.
    const isIn = [inviter.peerId, keys.peerId].every((self) =>
      deviceListOf(this.#listId, entries, self)?.members.has(keys.peerId),
    );
    if (!isIn) {
      this.#turnedAway.add(keys.peerId);
      return;
    }
    await newcomer.start();
    await newcomer.adopt(entries);
    this.#honest.push(newcomer);
    this.#seen.add('let in');
  }

  /**
   * What the network does for a device that is told of its removal, and a person for two that removed each other: where one
   * refuses the other, both tell what they know; and whoever is asked says that the honest one stays.
   */
  async #tellEachOther(): Promise<void> {
    for (const one of this.#honest) {
      for (const other of this.#honest) {
        if (one.keeper.list?.removed.has(other.peerId) !== true) continue;
        this.#seen.add('told');
        await other.learn(await one.keeper.entries());
        await one.learn(await other.keeper.entries());
      }
    }
    await this.#schedule.runUntil(this.#schedule.nowMs + 30 * SECOND);
    for (const device of this.#honest) {
      for (const { kept, lost } of device.keeper.list?.disputes ?? []) {
        this.#seen.add('dispute');
        const [honest, thief] = kept === this.#thief.peerId ? [lost, kept] : [kept, lost];
        await device.settle(honest, thief);
      }
    }
    for (const one of this.#honest) {
      for (const other of this.#honest) {
        if (one.keeper.list?.removed.has(other.peerId) === true) {
          await one.learn(await other.keeper.entries());
        }
      }
    }
  }

  #device(keys: DeviceKeys): HonestDevice {
    const seed = this.#seed * 100 + this.#honest.length;
    return new HonestDevice(keys, this.#clock(keys.peerId), this.#network, seed);
  }

  #clock(peerId: PeerId): WorldClock {
    const after: After = (delayMs, run) => this.#after(delayMs, run);
    return new WorldClock(this.#schedule, after, peerId, BEGIN_MS + 60 * 60 * SECOND);
  }

  #text(): string {
    this.#written += 1;
    return `${this.#written} ${this.#random.pick(BODIES)}`;
  }

  #name(peer: PeerId): string {
    const number = [...Array(THIEF + 3).keys()].find((each) => keysOf(each).peerId === peer);
    return number === THIEF ? 'the thief' : `device ${number ?? peer}`;
  }

  #canReach(one: PeerId, other: PeerId): boolean {
    const mailbox = this.#mailbox.peerId;
    if (one === mailbox || other === mailbox) return true;
    return !this.#alone.has(one) && !this.#alone.has(other);
  }

  #later(delayMs: number, run: () => Promise<void>): void {
    this.#schedule.after(delayMs, async () => {
      try {
        await run();
      } catch (error) {
        this.#faults.push(`bug: ${String(error)}`);
      }
      await this.#settle();
    });
  }

  #after(delayMs: number, run: () => boolean): void {
    this.#schedule.after(delayMs, async () => {
      if (run()) await this.#settle();
    });
  }

  /** Nothing in this world waits for more than promises: when it is the turn of the event loop, all is done. */
  async #settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
